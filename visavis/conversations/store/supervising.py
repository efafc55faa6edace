"""What supervisors do: held messages, and every look (`supervised_view`)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.store.stream import conversation_of, entry_of
from visavis.conversations.types import Conversation, Entry
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id

# A held message waits until a verdict entry of its conversation names it.
HELD = """
SELECT e.* FROM entry AS e JOIN conversation AS c ON c.id = e.shard_key
WHERE e.state = 'held' AND e.stream = 1 AND c.environment = $1 AND ($2::uuid IS NULL OR e.id = $2) AND NOT EXISTS (
    SELECT FROM entry AS v WHERE v.shard_key = e.shard_key AND v.of_id = e.id AND v.stream = 1 AND v.kind = 'verdict')
ORDER BY e.at LIMIT $3
"""

# By the hour first: its index is rewritten once an hour, not with every message.
NEWEST = """
SELECT c.* FROM conversation AS c WHERE c.environment = $1
    AND ($2::timestamptz IS NULL OR (c.last_at, c.id) < ($2, $3::uuid))
    AND c.last_hour <= coalesce(date_trunc('hour', $2 AT TIME ZONE 'UTC'), 'infinity')
ORDER BY c.last_hour DESC, c.last_at DESC, c.id DESC LIMIT $4
"""
NEWEST_AMONG = """
SELECT c.* FROM conversation AS c WHERE c.environment = $1
    AND ($2::timestamptz IS NULL OR (c.last_at, c.id) < ($2, $3::uuid)) AND c.id = ANY($5)
ORDER BY c.last_at DESC, c.id DESC LIMIT $4
"""


async def held(tx: Tx, environment: str, limit: int) -> list[Entry]:
    """Messages that wait for a decision, oldest first."""
    return [entry_of(row) for row in await tx.fetch(HELD, environment, None, limit)]


async def waiting(tx: Tx, environment: str, entry_id: UUID) -> Entry | None:
    """One held message that waits for a decision."""
    row = await tx.fetchrow(HELD, environment, entry_id, 1)
    return entry_of(row) if row else None


async def ever_held(tx: Tx, environment: str, entry_id: UUID) -> bool:
    """Whether there is such a held message, decided or not."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM entry AS e JOIN conversation AS c ON c.id = e.shard_key"
            " WHERE e.state = 'held' AND c.environment = $1 AND e.id = $2)",
            environment,
            entry_id,
        )
    )


async def decisions(tx: Tx, conversation_id: UUID, entry_id: UUID) -> int:
    """How many decisions name this held message."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM entry WHERE shard_key = $1 AND stream = 1 AND kind = 'verdict' AND of_id = $2",
            conversation_id,
            entry_id,
        )
    )


async def newest(
    tx: Tx,
    environment: str,
    before: tuple[datetime, UUID] | None,
    among: Sequence[UUID] | None,
    limit: int,
) -> list[Conversation]:
    """Conversations of an environment, newest first; with `among` only those."""
    at, last = before or (None, None)
    if among is None:
        rows = await tx.fetch(NEWEST, environment, at, last, limit)
    else:
        rows = await tx.fetch(NEWEST_AMONG, environment, at, last, limit, list(among))
    return [conversation_of(row) for row in rows]


async def viewed(
    tx: Tx, viewer_id: UUID, conversation_id: UUID | None, query: str, purpose: str, record_id: UUID
) -> None:
    """Keep a look."""
    await tx.execute(
        "INSERT INTO supervised_view (id, viewer_id, conversation_id, query, purpose, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), viewer_id, conversation_id, query, purpose, clock.now(), record_id,
    )  # fmt: skip
