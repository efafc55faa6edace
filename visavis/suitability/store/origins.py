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

PROOFS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, 'file', id, 'sealed', encode(original_digest, 'hex')) AS says
FROM professional_proof
"""

MATCHES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, 'decision', id, 'product', product_id, 'version', product_version,
        'path', path, 'allowed', allowed, 'reason', coalesce(reason, ''), 'actor', actor_id, 'versions', versions)
        AS says
FROM match_decision
"""

# A request's newest record names its last step, or how it ended.
REQUESTS = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, '@env', environment, 'step', CASE state WHEN 'open' THEN
        jsonb_build_object('$in', (SELECT jsonb_agg(step ORDER BY number) FROM client_request_step AS s
            WHERE s.request_id = r.id AND s.step <> 'permitted')) ELSE to_jsonb(state) END) AS says
FROM client_request AS r
"""

STEPS = """
SELECT record_id, format('%s/%s', request_id, number) AS thread, format('%s/%s', request_id, number) AS key,
    evidence || jsonb_build_object('@object', request_id, 'number', number, 'step', step, 'by', actor_id,
        'named', (SELECT coalesce(jsonb_agg(one ORDER BY one COLLATE "C"), '[]')
            FROM jsonb_object_keys(evidence) AS one)) AS says
FROM client_request_step
"""

# A withdrawal is a record of its own, which names the assessment that it takes back.
ASSESSMENTS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, '@env', environment, 'state', state, 'answers', answers, 'score', score,
        'questionnaire', questionnaire_version, 'bands', bands_version, 'level', coalesce(level, 0),
        'lowest', lowest, 'alert', alert) AS says
FROM assessment
"""

ORIGINS = (
    Origin(
        "suitability_document",
        frozenset({"suitability.document"}),
        "{document}/{version}",
        DOCUMENTS,
    ),
    Origin("investor_category", frozenset({"investor_category"}), "{conversion}", CATEGORIES),
    Origin("professional_proof", frozenset({"professional_proof"}), "{@record}", PROOFS),
    Origin("match_decision", frozenset({"match"}), "{@record}", MATCHES),
    Origin("client_request", frozenset({"client_request"}), "{@object}", REQUESTS),
    Origin("client_request_step", frozenset({"client_request"}), "{@object}/{number}", STEPS),
    Origin("assessment", frozenset({"assessment"}), "{assessment}", ASSESSMENTS),
)
