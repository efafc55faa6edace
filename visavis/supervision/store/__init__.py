"""The table of verdicts, and all SQL that touches it."""

from collections.abc import Sequence

from visavis.archive.types import Erasure, Origin
from visavis.kernel.db import Tx
from visavis.supervision.types import Alert

KEEP = """
INSERT INTO verdict (entry_id, conversation_id, action, policies, spans, pack_version, at, record_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::text[], $7::timestamptz[],
                     $8::uuid[])
"""


async def insert(tx: Tx, alerts: Sequence[Alert]) -> None:
    """Keep the verdicts of these entries, one each, in one statement."""
    verdicts = [one.verdict or {} for one in alerts]
    await tx.execute(
        KEEP,
        [one.id for one in alerts],
        [one.conversation_id for one in alerts],
        [verdict["action"] for verdict in verdicts],
        [verdict["policies"] for verdict in verdicts],
        [verdict["spans"] for verdict in verdicts],
        [verdict["pack_version"] for verdict in verdicts],
        [one.at for one in alerts],
        [one.record_id for one in alerts],
    )


VERDICTS = """
SELECT record_id, record_id::text AS thread, entry_id::text AS key,
    jsonb_build_object('@object', conversation_id, 'entry', entry_id,
        'verdict', jsonb_build_object('$has', jsonb_build_object(
        'action', action, 'policies', policies, 'spans', spans, 'pack_version', pack_version))) AS says
FROM verdict
"""
# What is in force, and who let it in. The last step has the newest word of each.
POLICIES = """
SELECT NULL::uuid AS record_id, id::text AS thread, format('%s %s', name, number) AS key,
    jsonb_build_object('@object', id, '@env', environment, 'document', name, 'version', number, 'source', source,
        'effective', effective, 'what', CASE state WHEN 'draft' THEN 'proposed' ELSE state END)
    || CASE WHEN state IN ('approved', 'refused') THEN jsonb_build_object('by', approver_id, 'note', decision_note)
        ELSE jsonb_build_object('note', note) END AS says
FROM policy_document
"""
JUDGED_KINDS = frozenset({"message", "edit", "note", "summary", "system", "transfer"})
ORIGINS = (
    Origin("verdict", JUDGED_KINDS, "{@record}", VERDICTS, when="verdict"),
    Origin("policy_document", frozenset({"policy"}), "{@object}", POLICIES),
)
ERASURES = (
    Erasure(
        "verdict",
        "DELETE FROM verdict WHERE conversation_id IN (SELECT id FROM conversation WHERE client_id = $1)",
    ),
)
