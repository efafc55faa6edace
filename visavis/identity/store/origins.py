"""What identity keeps as evidence, for the audit of completeness: reports, licences, the HR system's news."""

from visavis.archive.types import Erasure, Origin

REPORTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'code', code, 'text', text) AS says
FROM public_report
"""

LICENCES = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', staff_id, 'type', type, 'number', number, 'source', source,
        'valid_from', valid_from, 'valid_to', valid_to, 'status',
        CASE WHEN status = 'active' THEN '{"$in": ["active", null]}' ELSE to_jsonb(status) END) AS says
FROM licence
"""

NEWS = """
SELECT record_id, record_id::text AS thread, id AS key,
    jsonb_build_object('@object', staff_id, 'event', id, 'kind', kind, 'effective_on', effective_on,
        'source', source) AS says
FROM hr_event
"""

ORIGINS = (
    Origin("hr_event", frozenset({"hr_event"}), "{@record}", NEWS),
    Origin("public_report", frozenset({"public_report"}), "{@record}", REPORTS),
    Origin("licence", frozenset({"licence_added", "licence_changed"}), "{licence}", LICENCES),
)

# What stays of a client is a number: the record's pseudonym, without name and without the broker's reference.
ERASURES = (
    Erasure("login_session", "DELETE FROM login_session WHERE person_id = $1"),
    Erasure("one_time_token", "DELETE FROM one_time_token WHERE person_id = $1"),
    Erasure(
        "person",
        "UPDATE person SET name = '', name_en = '', external_ref = NULL, language = 'zh-CN' WHERE id = $1",
    ),
)
