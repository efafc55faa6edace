"""Table `queued_greeting`: greetings that wait for a moment at which the client may be contacted."""

from collections.abc import Sequence
from uuid import UUID

from visavis.archive.types import Erasure, Origin
from visavis.channels.types import QueuedGreeting
from visavis.conversations.types import Plan
from visavis.kernel.db import Row, Tx

PUT = """
INSERT INTO queued_greeting (id, client_id, staff_id, template, version, send_at, state, reason, params, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET send_at = excluded.send_at, state = excluded.state, reason = excluded.reason,
    params = excluded.params, record_id = excluded.record_id
"""


async def put(tx: Tx, one: QueuedGreeting, record_id: UUID) -> None:
    """Keep it as it is now."""
    await tx.execute(
        PUT, one.id, one.client_id, one.staff_id, one.template, one.version, one.send_at, one.state.value,
        one.reason, one.params, record_id,
    )  # fmt: skip


async def locked(tx: Tx, greeting_id: UUID) -> QueuedGreeting | None:
    """One of them, until the end of the transaction nobody else's to change."""
    row = await tx.fetchrow("SELECT * FROM queued_greeting WHERE id = $1 FOR UPDATE", greeting_id)
    return _one(row) if row else None


async def of_staff(tx: Tx, staff_id: UUID) -> list[QueuedGreeting]:
    """What waits or was refused of one member of staff, the next first."""
    rows = await tx.fetch(
        "SELECT * FROM queued_greeting WHERE staff_id = $1 AND state IN ('waiting', 'refused')"
        " ORDER BY send_at, id",
        staff_id,
    )
    return [_one(row) for row in rows]


async def waiting(tx: Tx, whose: Sequence[tuple[UUID | None, UUID | None]]) -> list[QueuedGreeting]:
    """What waits of (a member of staff, for a client), under lock; None: whoever it is."""
    rows = await tx.fetch(
        "SELECT * FROM queued_greeting AS g WHERE g.state = 'waiting' AND EXISTS ("
        "SELECT FROM unnest($1::uuid[], $2::uuid[]) AS one (staff, client)"
        " WHERE (one.staff IS NULL OR one.staff = g.staff_id) AND (one.client IS NULL OR one.client = g.client_id))"
        " ORDER BY g.id FOR UPDATE",
        [staff for staff, _ in whose], [client for _, client in whose],
    )  # fmt: skip
    return [_one(row) for row in rows]


def _one(row: Row) -> QueuedGreeting:
    return QueuedGreeting(
        row["id"], row["client_id"], row["staff_id"], row["template"], row["version"], row["send_at"],
        Plan(row["state"]), row["reason"], row["params"],
    )  # fmt: skip


QUEUED = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'staff', staff_id, 'template', template,
        'version', version::text, 'state', state, 'reason', reason,
        'send_at', (extract(epoch FROM send_at) * 1000000)::bigint::text) AS says
FROM queued_greeting
"""
ORIGIN = Origin("queued_greeting", frozenset({"queued_greeting"}), "{@object}", QUEUED)
ERASURE = Erasure("queued_greeting", "DELETE FROM queued_greeting WHERE client_id = $1")
