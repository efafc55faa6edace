"""Tables `conversation`, `participant`, `entry`, `posted`, `receipt` and `entry_words`: what the message path touches.

Everything here is set-based: one statement serves a batch of any size.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.conversations.rules import SEPARATOR
from visavis.conversations.types import (
    Conversation,
    Entry,
    Keep,
    Kind,
    Partner,
    Receipt,
    State,
    Stream,
    Tail,
)  # fmt: skip
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

COLUMNS = """c.id, c.client_id, c.environment, c.state, c.partner, c.handler_id, c.topic, c.language, c.context,
    c.shared_no, c.internal_no, c.last_at, c.last_text, c.last_sender, c.waiting_since, c.created_at, c.closed_at,
    c.rating"""

# NO KEY: another context's row may still begin to refer to the conversation meanwhile.
LOCK = f"""
SELECT {COLUMNS}, EXISTS (SELECT FROM notice_acknowledgement AS n
                          WHERE n.client_id = c.client_id AND n.version = $2) AS noticed
FROM conversation AS c WHERE c.id = ANY($1) ORDER BY c.id FOR NO KEY UPDATE OF c
"""

ENTRY = """e.shard_key, e.stream, e.no, e.id, e.kind, e.sender_id, e.at, e.body, e.state, e.of_id, e.client_key,
    e.record_id, e.verdict"""

SEEN = f"""
SELECT p.body_hash, {ENTRY} FROM posted AS p
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS asked (shard_key, sender_id, client_key)
    USING (shard_key, sender_id, client_key)
JOIN entry AS e ON e.shard_key = p.shard_key AND e.stream = p.stream AND e.no = p.no
"""

TARGETS = f"""
SELECT {ENTRY}, EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.stream = 0
                        AND r.of_id = e.id AND r.kind = 'recall') AS recalled
FROM entry AS e JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
WHERE e.stream = 0
"""

# One statement keeps a batch: entries, retry keys, words, files taken into use, and the conversations' new numbers.
KEEP = """
WITH entries AS (
    INSERT INTO entry (shard_key, stream, no, id, kind, sender_id, at, body, state, of_id, client_key, record_id,
                       verdict)
    SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[],
        $7::timestamptz[], $8::jsonb[], $9::text[], $10::uuid[], $11::uuid[], $12::uuid[], $13::jsonb[])
), keys AS (
    INSERT INTO posted (shard_key, sender_id, client_key, body_hash, stream, no)
    SELECT * FROM unnest($1::uuid[], $6::uuid[], $11::uuid[], $14::bytea[], $2::smallint[], $3::bigint[])
        AS key (shard_key, sender_id, client_key, body_hash, stream, no)
    WHERE client_key IS NOT NULL
), words AS (
    INSERT INTO entry_words (shard_key, entry_id, at, words)
    SELECT shard_key, entry_id, at, array_to_tsvector(string_to_array(words, E'\\x1f'))
    FROM unnest($15::uuid[], $16::uuid[], $17::timestamptz[], $18::text[]) AS word (shard_key, entry_id, at, words)
    ON CONFLICT (shard_key, entry_id) DO UPDATE SET words = excluded.words
), files AS (
    UPDATE attachment AS a SET entry_id = used.entry_id
    FROM unnest($19::uuid[], $20::uuid[], $21::uuid[]) AS used (shard_key, id, entry_id)
    WHERE a.shard_key = used.shard_key AND a.id = used.id AND a.entry_id IS NULL
)
UPDATE conversation AS c SET shared_no = n.shared_no, internal_no = n.internal_no, last_at = n.last_at,
    last_text = n.last_text, last_sender = n.last_sender, waiting_since = n.waiting_since
FROM unnest($22::uuid[], $23::bigint[], $24::bigint[], $25::timestamptz[], $26::text[], $27::uuid[],
    $28::timestamptz[]) AS n (id, shared_no, internal_no, last_at, last_text, last_sender, waiting_since)
WHERE c.id = n.id
"""

PAGE = f"""
SELECT {ENTRY} FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no > $3 AND e.no < $4
ORDER BY e.no LIMIT $5
"""
PAGE_BACK = f"""
SELECT * FROM (SELECT {ENTRY} FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no < $3
               ORDER BY e.no DESC LIMIT $4) AS page ORDER BY no
"""

MARK = """
INSERT INTO receipt AS r (shard_key, person_id, delivered_no, read_no, read_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shard_key, person_id) DO UPDATE SET delivered_no = greatest(r.delivered_no, excluded.delivered_no),
    read_no = greatest(r.read_no, excluded.read_no),
    read_at = CASE WHEN excluded.read_no > r.read_no THEN excluded.read_at ELSE r.read_at END
WHERE excluded.delivered_no > r.delivered_no OR excluded.read_no > r.read_no
RETURNING delivered_no, read_no
"""


def conversation_of(row: Row) -> Conversation:
    """The conversation in a row."""
    return Conversation(
        row["id"], row["client_id"], Environment(row["environment"]), State(row["state"]), Partner(row["partner"]),
        row["handler_id"], row["topic"], row["language"], row["context"], row["shared_no"], row["internal_no"],
        row["last_at"], row["last_text"], row["last_sender"], row["waiting_since"], row["created_at"],
        row["closed_at"], row["rating"],
    )  # fmt: skip


def entry_of(row: Row) -> Entry:
    """The entry in a row."""
    return Entry(
        row["id"], row["shard_key"], Stream(row["stream"]), row["no"], Kind(row["kind"]), row["sender_id"],
        row["at"], row["body"], Keep(row["state"]), row["record_id"], row["client_key"], row["of_id"],
        row["verdict"],
    )  # fmt: skip


async def lock(tx: Tx, ids: Sequence[UUID], version: str) -> dict[UUID, tuple[Conversation, bool]]:
    """These conversations, locked in id order, each with whether its client knows the notice of this version."""
    rows = await tx.fetch(LOCK, ids, version)
    return {row["id"]: (conversation_of(row), row["noticed"]) for row in rows}


async def seen(
    tx: Tx, keys: Sequence[tuple[UUID, UUID, UUID]]
) -> dict[tuple[UUID, UUID, UUID], tuple[bytes, Entry]]:
    """What was kept under (conversation, sender, client key): the fingerprint of the body, and the entry."""
    if not keys:
        return {}
    rows = await tx.fetch(SEEN, *map(list, zip(*keys, strict=True)))
    found: dict[tuple[UUID, UUID, UUID], tuple[bytes, Entry]] = {}
    for row in rows:
        key = (row["shard_key"], row["sender_id"], row["client_key"])
        found[key] = (row["body_hash"], entry_of(row))
    return found


async def targets(
    tx: Tx, asked: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[Entry, bool]]:
    """Shared entries by (conversation, entry), each with whether it has been recalled."""
    if not asked:
        return {}
    rows = await tx.fetch(TARGETS, [one[0] for one in asked], [one[1] for one in asked])
    return {(row["shard_key"], row["id"]): (entry_of(row), row["recalled"]) for row in rows}


async def keep(
    tx: Tx,
    entries: Sequence[tuple[Entry, bytes]],
    words: Mapping[tuple[UUID, UUID], tuple[datetime, Sequence[str]]],
    files: Sequence[tuple[UUID, UUID, UUID]],
    tails: Sequence[Tail],
) -> None:
    """Keep a batch: entries with fingerprints, words by (conversation, entry), files, the conversations' ends."""
    each = [entry for entry, _ in entries]
    await tx.execute(
        KEEP,
        [e.conversation_id for e in each], [int(e.stream) for e in each], [e.no for e in each],
        [e.id for e in each], [e.kind.value for e in each], [e.sender_id for e in each], [e.at for e in each],
        [e.body for e in each], [e.state.value for e in each], [e.of_id for e in each],
        [e.client_key for e in each], [e.record_id for e in each], [e.verdict for e in each],
        [fingerprint for _, fingerprint in entries],
        [key[0] for key in words], [key[1] for key in words], [at for at, _ in words.values()],
        [SEPARATOR.join(each) for _, each in words.values()],
        [one[0] for one in files], [one[1] for one in files], [one[2] for one in files],
        [c.id for c in tails], [c.shared_no for c in tails], [c.internal_no for c in tails],
        [c.last_at for c in tails], [c.last_text for c in tails], [c.last_sender for c in tails],
        [c.waiting_since for c in tails],
    )  # fmt: skip


async def page(
    tx: Tx, conversation_id: UUID, stream: Stream, after: int, limit: int, before: int | None = None
) -> list[Entry]:
    """At most `limit` entries in number order: those above `after`, or the last ones below `before`."""
    if before is not None and after == 0:
        rows = await tx.fetch(PAGE_BACK, conversation_id, int(stream), before, limit)
    else:
        rows = await tx.fetch(PAGE, conversation_id, int(stream), after, before or 2**62, limit)
    return [entry_of(row) for row in rows]


async def conversations(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Conversation]:
    """These conversations, unlocked; unknown ids are left out."""
    rows = await tx.fetch(f"SELECT {COLUMNS} FROM conversation AS c WHERE c.id = ANY($1)", ids)
    return {row["id"]: conversation_of(row) for row in rows}


async def open_of(tx: Tx, client_id: UUID) -> Conversation | None:
    """The client's open conversation."""
    sql = f"SELECT {COLUMNS} FROM conversation AS c WHERE c.client_id = $1 AND c.state = 'open'"
    row = await tx.fetchrow(sql, client_id)
    return conversation_of(row) if row else None


async def handled_by(tx: Tx, staff_id: UUID) -> list[Conversation]:
    """The open conversations of a handler, newest first."""
    sql = f"""SELECT {COLUMNS} FROM conversation AS c
              WHERE c.handler_id = $1 AND c.state = 'open' ORDER BY c.last_at DESC"""
    return [conversation_of(row) for row in await tx.fetch(sql, staff_id)]


async def insert(tx: Tx, one: Conversation) -> bool:
    """Add an open conversation; false where the client already has one."""
    return bool(await tx.execute(
        """INSERT INTO conversation (id, client_id, environment, partner, topic, language, context, last_at, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
           ON CONFLICT (client_id) WHERE state = 'open' DO NOTHING""",
        one.id, one.client_id, one.environment.value, one.partner.value, one.topic, one.language, one.context,
        one.created_at,
    ))  # fmt: skip


async def change(tx: Tx, conversation_id: UUID, **columns: Any) -> None:
    """Set columns of a conversation other than its numbers."""
    names = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await tx.execute(
        f"UPDATE conversation SET {names} WHERE id = $1", conversation_id, *columns.values()
    )


async def join(tx: Tx, conversation_id: UUID, person_id: UUID, role: str, at: datetime) -> None:
    """Let a person see the conversation from now on."""
    await tx.execute(
        """INSERT INTO participant (shard_key, person_id, role, joined_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (shard_key, person_id) DO UPDATE SET left_at = NULL, role = excluded.role,
               joined_at = CASE WHEN participant.left_at IS NULL THEN participant.joined_at ELSE excluded.joined_at END""",
        conversation_id, person_id, role, at,
    )  # fmt: skip


async def part(tx: Tx, conversation_ids: Sequence[UUID], person_id: UUID, at: datetime) -> None:
    """End a person's sight of these conversations."""
    await tx.execute(
        "UPDATE participant SET left_at = $3 WHERE shard_key = ANY($1) AND person_id = $2 AND left_at IS NULL",
        conversation_ids, person_id, at,
    )  # fmt: skip


async def participating(tx: Tx, conversation_ids: Sequence[UUID], person_id: UUID) -> set[UUID]:
    """Which of these conversations the person takes part in now."""
    rows = await tx.fetch(
        "SELECT shard_key FROM participant WHERE shard_key = ANY($1) AND person_id = $2 AND left_at IS NULL",
        conversation_ids, person_id,
    )  # fmt: skip
    return {row["shard_key"] for row in rows}


async def mark(
    tx: Tx, conversation_id: UUID, person_id: UUID, delivered: int, read: int, at: datetime
) -> tuple[int, int] | None:
    """Raise a person's marks; the marks afterwards, or None where nothing rose."""
    row = await tx.fetchrow(
        MARK, conversation_id, person_id, max(delivered, read), read, at if read else None
    )
    return (row["delivered_no"], row["read_no"]) if row else None


async def receipts(tx: Tx, conversation_ids: Sequence[UUID]) -> dict[UUID, list[Receipt]]:
    """Everybody's marks, by conversation."""
    rows = await tx.fetch(
        "SELECT shard_key, person_id, delivered_no, read_no FROM receipt WHERE shard_key = ANY($1)",
        conversation_ids,
    )
    found: dict[UUID, list[Receipt]] = {one: [] for one in conversation_ids}
    for row in rows:
        found[row["shard_key"]].append(
            Receipt(row["person_id"], row["delivered_no"], row["read_no"])
        )
    return found


async def noticed_at(tx: Tx, client_id: UUID, version: str) -> datetime | None:
    """When the client acknowledged this version of the notice."""
    sql = "SELECT at FROM notice_acknowledgement WHERE client_id = $1 AND version = $2"
    at: datetime | None = await tx.fetchval(sql, client_id, version)
    return at


async def notice(tx: Tx, client_id: UUID, version: str, at: datetime, record_id: UUID) -> datetime:
    """Keep the acknowledgement."""
    await tx.execute(
        "INSERT INTO notice_acknowledgement (client_id, version, at, record_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (client_id, version) DO NOTHING",
        client_id, version, at, record_id,
    )  # fmt: skip
    return at
