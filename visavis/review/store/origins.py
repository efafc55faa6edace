"""What review keeps as evidence, for the audit of completeness; and what goes with a client's keys."""

from visavis.archive.types import Erasure, Origin

ITEMS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'kind', kind, 'entry', entry_id, 'conversation', conversation_id,
        'severity', severity) AS says
FROM review_item
"""
VERDICTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', item_id, 'step', step, 'reviewer', reviewer_id, 'grade', grade, 'note', note) AS says
FROM review_verdict
"""
CASES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', case_id, 'what', what, 'by', by_id, 'words', words) AS says
FROM review_case_step
"""
TICKETS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', ticket_id, 'what', what, 'by', by_id, 'words', words) AS says
FROM ticket_step
"""
BROADCASTS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'words', words) AS says
FROM broadcast
"""
BREACHES = """
SELECT record_id, id::text AS thread, id::text AS key, jsonb_build_object('@object', id, 'state', state) AS says
FROM breach
"""

ORIGINS = (
    Origin("review_item", frozenset({"review.item"}), "{@object}", ITEMS),
    Origin("review_verdict", frozenset({"review.verdict"}), "{@record}", VERDICTS),
    Origin("review_case_step", frozenset({"review.case"}), "{@record}", CASES),
    Origin("ticket_step", frozenset({"ticket"}), "{@record}", TICKETS),
    Origin("breach", frozenset({"breach"}), "{@object}", BREACHES),
    Origin("broadcast", frozenset({"broadcast"}), "{@object}", BROADCASTS),
)
ERASURES = (
    Erasure("ticket", "DELETE FROM ticket WHERE client_id = $1"),
    Erasure("review_case_step", "DELETE FROM review_case_step WHERE client_id = $1"),
    # Of a case that was about him alone a number stays.
    Erasure(
        "review_case",
        "UPDATE review_case SET title = left(id::text, 8) WHERE id IN (SELECT case_id FROM review_case_item AS held"
        " JOIN review_item AS item ON item.id = held.item_id GROUP BY case_id HAVING bool_and(client_id = $1))",
    ),
    Erasure("advice", "DELETE FROM advice WHERE client_id = $1"),
    Erasure("review_item", "DELETE FROM review_item WHERE client_id = $1"),
    Erasure("breach_person", "DELETE FROM breach_person WHERE client_id = $1"),
    Erasure("broadcast_recipient", "DELETE FROM broadcast_recipient WHERE client_id = $1"),
)
