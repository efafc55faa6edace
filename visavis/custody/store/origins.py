"""What custody keeps as evidence itself, for the audit of completeness."""

from visavis.archive.types import Erasure, Holding, Origin

AUDITS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'records', records, 'lines', lines, 'faults', fault_count) AS says
FROM audit_run WHERE state = 'done'
"""

LOOKS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('viewer', viewer_id, 'what', what, 'purpose', purpose,
        'about', about, 'grant', grant_id) AS says
FROM archive_look
"""

GRANTS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'examiner', examiner_id, 'purpose', purpose, 'clients', to_jsonb(client_ids),
        'from', from_us::text, 'until', until_us::text, 'revoked', revoked_at IS NOT NULL,
        'starts', (extract(epoch FROM starts_at) * 1000000)::bigint::text,
        'ends', (extract(epoch FROM ends_at) * 1000000)::bigint::text) AS says
FROM examiner_grant
"""

EXPORTS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'format', format, 'client', client_id, 'purpose', purpose,
        'from', from_us::text, 'until', until_us::text) AS says
FROM export_job
"""

HOLDS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'reason', reason, 'basis', basis,
        'released', released_at IS NOT NULL) AS says
FROM legal_hold
"""

DESTRUCTIONS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'state', state, 'reason', reason) AS says
FROM destruction
"""

COPIES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'format', format, 'sha256', encode(digest, 'hex'),
        'bytes', bytes) AS says
FROM client_copy
"""

ORIGINS = (
    Origin("audit_run", frozenset({"audit"}), "{@record}", AUDITS),
    Origin("archive_look", frozenset({"archive_look"}), "{@record}", LOOKS),
    Origin("examiner_grant", frozenset({"grant.given", "grant.revoked"}), "{@object}", GRANTS),
    Origin("export_job", frozenset({"export.asked", "export.done"}), "{@object}", EXPORTS),
    Origin("client_copy", frozenset({"client_copy"}), "{@record}", COPIES),
    Origin("legal_hold", frozenset({"hold.placed", "hold.released"}), "{@object}", HOLDS),
    Origin(
        "destruction",
        frozenset({"destruction.asked", "destruction.decided", "destruction.done"}),
        "{@object}",
        DESTRUCTIONS,
    ),
)

ERASURES = (Erasure("client_copy", "DELETE FROM client_copy WHERE client_id = $1"),)
HOLDINGS = (
    Holding("copies", "observed", "SELECT format, bytes, at FROM client_copy WHERE client_id = $1 ORDER BY at"),
)  # fmt: skip
