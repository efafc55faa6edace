"""Messages for later: `scheduled_message`."""

from uuid import UUID

from visavis.conversations.types import Plan, Scheduled
from visavis.kernel.db import Row, Tx

OPEN = (Plan.WAITING.value, Plan.REFUSED.value)

PUT = """
INSERT INTO scheduled_message (id, shard_key, client_id, staff_id, body, send_at, state, reason, params,
    record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, send_at = excluded.send_at, state = excluded.state,
    reason = excluded.reason, params = excluded.params, record_id = excluded.record_id
"""


async def put(tx: Tx, one: Scheduled, record_id: UUID) -> None:
    """Keep it as it is now."""
    await tx.execute(
        PUT, one.id, one.conversation_id, one.client_id, one.staff_id, one.body, one.send_at, one.state.value,
        one.reason, one.params, record_id,
    )  # fmt: skip


async def locked(tx: Tx, message_id: UUID) -> Scheduled | None:
    """One message, until the end of the transaction nobody else's to change."""
    row = await tx.fetchrow("SELECT * FROM scheduled_message WHERE id = $1 FOR UPDATE", message_id)
    return _one(row) if row else None


async def of_staff(tx: Tx, staff_id: UUID, conversation_id: UUID | None) -> list[Scheduled]:
    """What waits or was refused of one author, the next first; in one conversation or in all."""
    rows = await tx.fetch(
        "SELECT * FROM scheduled_message WHERE staff_id = $1 AND state = ANY($2::text[])"
        " AND ($3::uuid IS NULL OR shard_key = $3) ORDER BY send_at, id",
        staff_id, list(OPEN), conversation_id,
    )  # fmt: skip
    return [_one(row) for row in rows]


async def waiting(tx: Tx, staff_id: UUID, client_id: UUID | None) -> list[Scheduled]:
    """What waits of one author, for one client or all, under lock."""
    rows = await tx.fetch(
        "SELECT * FROM scheduled_message WHERE staff_id = $1 AND state = 'waiting'"
        " AND ($2::uuid IS NULL OR client_id = $2) ORDER BY id FOR UPDATE",
        staff_id, client_id,
    )  # fmt: skip
    return [_one(row) for row in rows]


async def showing(
    tx: Tx, client_id: UUID | None, product_id: UUID | None
) -> list[tuple[Scheduled, UUID]]:
    """What waits and shows products, each with one of them, under lock; of this client, of this product, or all."""
    rows = await tx.fetch(
        "SELECT s.*, (card ->> 'product')::uuid AS product_id FROM scheduled_message AS s"
        " CROSS JOIN LATERAL jsonb_array_elements(s.body -> 'cards') AS card"
        " WHERE s.state = 'waiting' AND card ->> 'kind' = 'product' AND ($1::uuid IS NULL OR s.client_id = $1)"
        " AND ($2::uuid IS NULL OR card ->> 'product' = $2::text) ORDER BY s.id FOR UPDATE OF s",
        client_id, product_id,
    )  # fmt: skip
    return [(_one(row), row["product_id"]) for row in rows]


async def count(tx: Tx, staff_id: UUID) -> int:
    """How many of the author's messages wait."""
    found: int = await tx.fetchval(
        "SELECT count(*) FROM scheduled_message WHERE staff_id = $1 AND state = 'waiting'", staff_id
    )
    return found


def _one(row: Row) -> Scheduled:
    return Scheduled(
        row["id"], row["shard_key"], row["client_id"], row["staff_id"], row["body"], row["send_at"],
        Plan(row["state"]), row["reason"], row["params"],
    )  # fmt: skip
