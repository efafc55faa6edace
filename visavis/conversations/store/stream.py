"""What the message path touches: `conversation`, `entry`, `posted`, `entry_words`; and reading a stream back.

Everything here is set-based: one statement serves a batch of any size.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.types import (
    Attachment,
    Conversation,
    Entry,
    Keep,
    Kind,
    Partner,
    State,
    Stream,
    Tail,
)
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

END = 2**62
# Stands between the words of a text on their way into a text vector.
SEPARATOR = "\x1f"

# NO KEY: another context's row may still begin to refer to the conversation meanwhile.
LOCK = """
SELECT c.*, EXISTS (SELECT FROM notice_acknowledgement AS n
                    WHERE n.client_id = c.client_id AND n.version = $2) AS noticed
FROM conversation AS c WHERE c.id = ANY($1) ORDER BY c.id FOR NO KEY UPDATE OF c
"""

SEEN = """
SELECT p.body_hash, e.* FROM posted AS p
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS asked (shard_key, sender_id, client_key)
    USING (shard_key, sender_id, client_key)
JOIN entry AS e ON e.shard_key = p.shard_key AND e.stream = p.stream AND e.no = p.no
"""

TARGETS = """
SELECT e.*, EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.stream = 0
                    AND r.of_id = e.id AND r.kind = 'recall') AS recalled
FROM entry AS e JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
WHERE e.stream = 0
"""

FILES = """
SELECT a.shard_key, a.id, a.uploader_id, a.name, a.type, a.size, a.width, a.height
FROM attachment AS a JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
"""

# One statement keeps a batch: entries, retry keys, words, files taken into use, and the conversations' new numbers.
KEEP = """
WITH entries AS (
    INSERT INTO entry (shard_key, stream, no, id, kind, sender_id, at, body, state, of_id, client_key, record_id,
                       verdict)
    SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[],
        $7::timestamptz[], $8::jsonb[], $9::text[], $10::uuid[], $11::uuid[], $12::uuid[], $13::jsonb[])
), keys AS (
    INSERT INTO posted AS p (shard_key, sender_id, client_key, body_hash, stream, no)
    SELECT * FROM unnest($1::uuid[], $6::uuid[], $11::uuid[], $14::bytea[], $2::smallint[], $3::bigint[])
        AS key (shard_key, sender_id, client_key, body_hash, stream, no)
    WHERE client_key IS NOT NULL AND body_hash <> ''
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

PAGE = "SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no > $3 ORDER BY e.no LIMIT $4"
PAGE_BACK = """
SELECT * FROM (SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no < $3
               ORDER BY e.no DESC LIMIT $4) AS page ORDER BY no
"""

Words = Mapping[tuple[UUID, UUID], tuple[datetime, Sequence[str]]]


def conversation_of(row: Row) -> Conversation:
    """The conversation in a row."""
    return Conversation(
        row["id"], row["client_id"], Environment(row["environment"]), State(row["state"]),
        Partner(row["partner"]), row["handler_id"], row["topic"], row["language"], row["context"],
        row["shared_no"], row["internal_no"], row["last_at"], row["last_text"], row["last_sender"],
        row["waiting_since"], row["created_at"], row["closed_at"], row["rating"],
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
    rows = await tx.fetch(
        SEEN, [one[0] for one in keys], [one[1] for one in keys], [one[2] for one in keys]
    )
    return {
        (row["shard_key"], row["sender_id"], row["client_key"]): (row["body_hash"], entry_of(row))
        for row in rows
    }


async def targets(
    tx: Tx, asked: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[Entry, bool]]:
    """Shared entries by (conversation, entry), each with whether it has been recalled."""
    if not asked:
        return {}
    rows = await tx.fetch(TARGETS, [one[0] for one in asked], [one[1] for one in asked])
    return {(row["shard_key"], row["id"]): (entry_of(row), row["recalled"]) for row in rows}


async def files(
    tx: Tx, asked: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[UUID, Attachment]]:
    """Uploaded files by (conversation, id), each with its uploader."""
    if not asked:
        return {}
    rows = await tx.fetch(FILES, [one[0] for one in asked], [one[1] for one in asked])
    return {
        (row["shard_key"], row["id"]): (
            row["uploader_id"],
            Attachment(
                row["id"],
                row["name"],
                row["type"],
                row["size"],
                row["width"] or 0,
                row["height"] or 0,
            ),
        )
        for row in rows
    }


async def keep(
    tx: Tx,
    entries: Sequence[tuple[Entry, bytes]],
    words: Words,
    used: Sequence[tuple[UUID, UUID, UUID]],
    tails: Sequence[Tail],
) -> None:
    """Keep a batch: entries with fingerprints, words by (conversation, entry), files, the conversations' ends.

    An entry with an empty fingerprint gets no retry key of its own.
    """
    each = [entry for entry, _ in entries]
    await tx.execute(
        KEEP,
        [e.conversation_id for e in each], [int(e.stream) for e in each], [e.no for e in each],
        [e.id for e in each], [e.kind.value for e in each], [e.sender_id for e in each], [e.at for e in each],
        [e.body for e in each], [e.state.value for e in each], [e.of_id for e in each],
        [e.client_key for e in each], [e.record_id for e in each], [e.verdict for e in each],
        [fingerprint for _, fingerprint in entries],
        [key[0] for key in words], [key[1] for key in words], [at for at, _ in words.values()],
        [SEPARATOR.join(found) for _, found in words.values()],
        [one[0] for one in used], [one[1] for one in used], [one[2] for one in used],
        [c.id for c in tails], [c.shared_no for c in tails], [c.internal_no for c in tails],
        [c.last_at for c in tails], [c.last_text for c in tails], [c.last_sender for c in tails],
        [c.waiting_since for c in tails],
    )  # fmt: skip


async def page(
    tx: Tx, conversation_id: UUID, stream: Stream, after: int, limit: int, before: int | None = None
) -> list[Entry]:
    """At most `limit` entries in number order: those above `after`, or, with `before`, the last ones below it."""
    if before is not None:
        rows = await tx.fetch(PAGE_BACK, conversation_id, int(stream), before, limit)
    else:
        rows = await tx.fetch(PAGE, conversation_id, int(stream), after, limit)
    return [entry_of(row) for row in rows]
