"""What suitability keeps as evidence, for the audit of completeness."""

from visavis.archive.types import Origin

DOCUMENTS = """
SELECT record_id, format('%s/%s', kind, version) AS thread, format('%s/%s', kind, version) AS key,
    jsonb_build_object('content', content) AS says
FROM suitability_document
"""

CATEGORIES = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, 'conversion', id, 'state', state, 'basis', basis) AS says
FROM investor_category
"""

MATCHES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, 'decision', id, 'product', product_id, 'version', product_version,
        'path', path, 'allowed', allowed, 'reason', coalesce(reason, ''), 'actor', actor_id, 'versions', versions)
        AS says
FROM match_decision
"""

REQUESTS = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, '@env', environment) AS says
FROM client_request
"""

ORIGINS = (
    Origin(
        "suitability_document",
        frozenset({"suitability.document"}),
        "{document}/{version}",
        DOCUMENTS,
    ),
    Origin("investor_category", frozenset({"investor_category"}), "{conversion}", CATEGORIES),
    Origin("match_decision", frozenset({"match"}), "{@record}", MATCHES),
    Origin("client_request", frozenset({"client_request"}), "{@object}", REQUESTS),
)
