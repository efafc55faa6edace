"""What supervisors do: held messages, and every look (`supervised_view`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations.store.stream import conversation_of, entry_of
from visavis.conversations.types import Conversation, Entry, Said
from visavis.kernel import clock
from visavis.kernel.auth import ASSISTANT_ID, SYSTEM_ID, Environment
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id, oldest_at

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

# A held or blocked entry stands in the internal stream; what was said around it, in the shared one.
ONE = """
SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.id = $2 ORDER BY e.stream DESC LIMIT 1
"""
BEFORE = """
SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = 0 AND (e.at, e.id) < ($2, $3::uuid) AND e.id <> $3
ORDER BY e.no DESC LIMIT $4
"""
AFTER = """
SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = 0 AND (e.at, e.id) > ($2, $3::uuid) AND e.id <> $3
ORDER BY e.no LIMIT $4
"""

# What the firm's side said and clients saw; a released message was flagged before.
SAID = """
SELECT e.id, e.shard_key, e.sender_id, e.at, c.client_id, c.environment,
    concat(e.body ->> 'text', repeat(chr(65532), f.count), chr(10) || f.says) AS text,
    f.count IS NOT NULL AS files,
    coalesce(c.context ->> 'channel', 'widget') AS channel,
    e.verdict IS NOT NULL OR EXISTS (
        SELECT FROM entry AS h WHERE h.shard_key = e.shard_key AND h.id = e.id AND h.stream = 1) AS flagged
FROM entry AS e JOIN conversation AS c ON c.id = e.shard_key
LEFT JOIN LATERAL (
    SELECT nullif(count(*), 0)::int AS count, string_agg(nullif(a.says, ''), chr(10) ORDER BY a.id) AS says
    FROM attachment AS a, jsonb_array_elements(e.body -> 'attachments') AS named
    WHERE e.body ? 'attachments' AND a.shard_key = e.shard_key AND a.id = (named ->> 'id')::uuid
) AS f ON true
WHERE e.kind IN ('message', 'edit') AND e.at >= $1 AND e.at < $2
    AND (e.stream = 0 OR ($5 AND e.state IN ('held', 'blocked') AND NOT EXISTS (
        SELECT FROM entry AS v WHERE v.shard_key = e.shard_key AND v.id = e.id AND v.stream = 0)))
    AND c.last_at >= $1 AND e.id >= $4 AND e.sender_id <> c.client_id AND e.sender_id <> $3
ORDER BY e.id
"""
# A message that was held for so long is found by its id all the same.
HELD_AT_MOST = timedelta(days=2)
TEXTS = """
SELECT e.* FROM entry AS e JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
ORDER BY e.stream
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
    tx: Tx, viewer_id: UUID, conversation_id: UUID | None, purpose: str, record_id: UUID
) -> None:
    """Keep a look; what was looked for, which may be a client's words, its record alone says."""
    await tx.execute(
        "INSERT INTO supervised_view (id, viewer_id, conversation_id, purpose, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), viewer_id, conversation_id, purpose, clock.now(), record_id,
    )  # fmt: skip


async def around(
    tx: Tx, conversation_id: UUID, entry_id: UUID, before: int, after: int
) -> tuple[Entry, list[Entry], list[Entry]] | None:
    """One entry of either stream, with what both sides saw before and after it, in order."""
    row = await tx.fetchrow(ONE, conversation_id, entry_id)
    if row is None:
        return None
    entry = entry_of(row)
    earlier = await tx.fetch(BEFORE, conversation_id, entry.at, entry_id, before)
    later = await tx.fetch(AFTER, conversation_id, entry.at, entry_id, after)
    return entry, [entry_of(one) for one in reversed(earlier)], [entry_of(one) for one in later]


async def said(tx: Tx, first: datetime, end: datetime, stopped: bool = False) -> list[Said]:
    """What staff and the assistant said since `first` and before `end`, by id; with `stopped` also what nobody saw."""
    return [
        Said(
            row["id"], row["shard_key"], row["client_id"], row["sender_id"], Environment(row["environment"]),
            row["channel"], row["at"], row["text"], row["flagged"], row["files"],
        )
        for row in await tx.fetch(SAID, first, end, SYSTEM_ID, oldest_at(first - HELD_AT_MOST), stopped)
    ]  # fmt: skip


async def entries_by_id(
    tx: Tx, asked: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Entry]:
    """Entries by (conversation, entry), the held or blocked form where there is one."""
    rows = await tx.fetch(TEXTS, [one[0] for one in asked], [one[1] for one in asked])
    return {(row["shard_key"], row["id"]): entry_of(row) for row in rows}


async def staff_of(tx: Tx, client_id: UUID) -> set[UUID]:
    """Everybody but client and machine who ever took part in the client's conversations."""
    rows = await tx.fetch(
        "SELECT DISTINCT p.person_id FROM conversation AS c JOIN participant AS p ON p.shard_key = c.id"
        " WHERE c.client_id = $1 AND p.person_id <> ALL($2::uuid[])",
        client_id, [client_id, ASSISTANT_ID, SYSTEM_ID],
    )  # fmt: skip
    return {row["person_id"] for row in rows}


async def clients_of(tx: Tx, staff_id: UUID) -> set[UUID]:
    """The clients in whose conversations a member of staff ever took part."""
    rows = await tx.fetch(
        "SELECT DISTINCT c.client_id FROM participant AS p JOIN conversation AS c ON c.id = p.shard_key"
        " WHERE p.person_id = $1",
        staff_id,
    )
    return {row["client_id"] for row in rows}
