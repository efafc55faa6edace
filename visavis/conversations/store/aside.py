"""What somebody has set aside in his own list: `aside`."""

from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Tx

PUT = """
INSERT INTO aside (shard_key, person_id, until) VALUES ($1, $2, $3)
ON CONFLICT (shard_key, person_id) DO UPDATE SET until = excluded.until
"""


async def put(tx: Tx, conversation_id: UUID, person_id: UUID, until: datetime) -> None:
    """Set a conversation aside in one person's list; a later word replaces the earlier."""
    await tx.execute(PUT, conversation_id, person_id, until)


async def until(tx: Tx, conversation_id: UUID, person_id: UUID) -> datetime | None:
    """Until when the person has set it aside, past moments included."""
    sql = "SELECT until FROM aside WHERE shard_key = $1 AND person_id = $2"
    at: datetime | None = await tx.fetchval(sql, conversation_id, person_id)
    return at


async def drop(tx: Tx, conversation_id: UUID, person_id: UUID) -> bool:
    """Forget it; whether there was something to forget."""
    sql = "DELETE FROM aside WHERE shard_key = $1 AND person_id = $2"
    return await tx.execute(sql, conversation_id, person_id) == 1


async def drop_pending(tx: Tx, conversation_id: UUID, now: datetime) -> list[UUID]:
    """Forget whoever has it aside until later than `now`; who they were."""
    rows = await tx.fetch(
        "DELETE FROM aside WHERE shard_key = $1 AND until > $2 RETURNING person_id",
        conversation_id, now,
    )  # fmt: skip
    return [row["person_id"] for row in rows]
