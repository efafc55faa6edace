"""What the message path touches: `conversation`, `entry`, `posted`, `entry_words`; and reading a stream back.

Everything here is set-based: one statement serves a batch of any size.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from visavis.conversations.store import packing
from visavis.conversations.types import (
    Attachment,
    Conversation,
    Entry,
    Keep,
    Kind,
    Partner,
    RetryKey,
    State,
    Stream,
    Tail,
)
from visavis.kernel.auth import Environment
from visavis.kernel.columns import column
from visavis.kernel.db import Row, Tx

END = 2**62
# Words of rows as their enumerations, looked up in a third of the time that a call takes.
ENVIRONMENTS: Mapping[str, Environment] = {one.value: one for one in Environment}
STATES: Mapping[str, State] = {one.value: one for one in State}
PARTNERS: Mapping[str, Partner] = {one.value: one for one in Partner}

# NO KEY: another context's row may still begin to refer to the conversation meanwhile.
# The row is read once it is locked, all else as it was when the statement began: `stood` is where the conversation was
# then, `known` the places of those retry keys that had been kept by then. Key by key (`OFFSET 0`): a plan made while
# the tables were small is kept while they grow, and might read them whole.
LOCK = """
SELECT c.*, EXISTS (SELECT FROM notice_acknowledgement AS n
                    WHERE n.client_id = c.client_id AND n.version = $2) AS noticed,
    (SELECT before.shared_no + before.internal_no FROM conversation AS before WHERE before.id = c.id) AS stood,
    (SELECT array_agg(asked.place)
     FROM unnest((SELECT $3::uuid[]), (SELECT $4::uuid[]), (SELECT $5::uuid[]))
         WITH ORDINALITY AS asked (shard_key, sender_id, client_key, place)
     CROSS JOIN LATERAL (
         SELECT FROM posted AS p WHERE p.shard_key = asked.shard_key AND p.sender_id = asked.sender_id
             AND p.client_key = asked.client_key OFFSET 0
     ) AS p) AS known
FROM conversation AS c WHERE c.id = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])
ORDER BY c.id FOR NO KEY UPDATE OF c
"""

SEEN = """
SELECT p.body_hash, e.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS asked (shard_key, sender_id, client_key)
CROSS JOIN LATERAL (
    SELECT p.* FROM posted AS p WHERE p.shard_key = asked.shard_key AND p.sender_id = asked.sender_id
        AND p.client_key = asked.client_key OFFSET 0
) AS p
CROSS JOIN LATERAL (
    SELECT e.* FROM entry AS e WHERE e.shard_key = p.shard_key AND e.stream = p.stream AND e.no = p.no OFFSET 0
) AS e
"""

TARGETS = """
SELECT e.*, EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.stream = 0
                    AND r.of_id = e.id AND r.kind = 'recall') AS recalled
FROM entry AS e JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
WHERE e.stream = 0
"""

FILES = """
SELECT a.shard_key, a.id, a.uploader_id, a.name, a.type, a.size, a.width, a.height, a.says
FROM attachment AS a JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, id) USING (shard_key, id)
WHERE a.dropped_at IS NULL
"""

USE_FILES = """
UPDATE attachment AS a SET entry_id = used.entry_id
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS used (shard_key, id, entry_id)
WHERE a.shard_key = used.shard_key AND a.id = used.id AND a.entry_id IS NULL
"""

# One exchange for a batch: entries, their retry keys, a note of what waits for its words, the conversations' ends.
KEEP = """
WITH fresh AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::uuid[], string_to_array($2, ',')::smallint[], string_to_array($3, ',')::bigint[],
        $4::uuid[], string_to_array($5, ','), $6::uuid[],
        string_to_array($7, ',')::timestamptz[], string_to_array($8, E'\\x1f')::jsonb[], string_to_array($9, ','),
        string_to_array($10, ',', '~')::uuid[], $11::uuid[], $12::uuid[],
        string_to_array($13, E'\\x1f', 'null')::jsonb[], string_to_array($14, ',', '~')::bytea[]
    ) AS r (shard_key, stream, no, id, kind, sender_id, at, body, state, of_id, client_key, record_id, verdict,
            body_hash)
), kept AS (
    INSERT INTO entry (shard_key, stream, no, id, kind, sender_id, at, body, state, of_id, client_key, record_id,
                       verdict)
    SELECT shard_key, stream, no, id, kind, sender_id, at, body, state, of_id, client_key, record_id, verdict FROM fresh
), keyed AS (
    INSERT INTO posted (shard_key, sender_id, client_key, body_hash, stream, no)
    SELECT shard_key, sender_id, client_key, body_hash, stream, no FROM fresh WHERE body_hash IS NOT NULL
), noted AS (
    INSERT INTO later_words (id, spans) SELECT $15::uuid, $16::jsonb WHERE $15 IS NOT NULL
)
UPDATE conversation AS c SET shared_no = n.shared_no::bigint, internal_no = n.internal_no::bigint,
    last_at = n.last_at::timestamptz, last_text = n.last_text::jsonb #>> '{}', last_sender = n.last_sender::uuid,
    waiting_since = n.waiting_since::timestamptz
FROM unnest(string_to_array($17, ','), string_to_array($18, ','), string_to_array($19, ','), string_to_array($20, ','),
    string_to_array($21, E'\\x1f'), string_to_array($22, ',', '~'), string_to_array($23, ',', '~'))
    AS n (id, shared_no, internal_no, last_at, last_text, last_sender, waiting_since)
WHERE c.id = n.id::uuid
"""

PAGE = "SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no > $3 ORDER BY e.no LIMIT $4"
PAGE_BACK = """
SELECT * FROM (SELECT e.* FROM entry AS e WHERE e.shard_key = $1 AND e.stream = $2 AND e.no < $3
               ORDER BY e.no DESC LIMIT $4) AS page ORDER BY no
"""


def conversation_of(row: Row) -> Conversation:
    """The conversation in a row."""
    return Conversation(
        row["id"], row["client_id"], ENVIRONMENTS[row["environment"]], STATES[row["state"]],
        PARTNERS[row["partner"]], row["handler_id"], row["topic"], row["language"], row["context"],
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


async def lock(
    tx: Tx, ids: Sequence[UUID], version: str, keys: Sequence[RetryKey] = ()
) -> tuple[dict[UUID, tuple[Conversation, bool]], set[RetryKey]]:
    """These conversations, locked in id order, each with whether its client knows the notice of this version; and those
    of the retry keys under which something may have been kept. All others are new, for as long as the lock is held.
    """
    asked = list(zip(*keys, strict=True)) or [(), (), ()]
    rows = await tx.fetch(LOCK, column(ids), version, *asked)
    found = {row["id"]: (conversation_of(row), row["noticed"]) for row in rows}
    # Whoever was waited for has kept something meanwhile, under a key perhaps that is asked for here.
    moved = {row["id"] for row in rows if row["stood"] != row["shared_no"] + row["internal_no"]}
    kept = {key for key in keys if key[0] in moved} if moved else set()
    kept.update(keys[place - 1] for row in rows[:1] for place in row["known"] or ())
    return found, kept


async def seen(tx: Tx, keys: Sequence[RetryKey]) -> dict[RetryKey, tuple[bytes, Entry]]:
    """What was kept under these keys: the fingerprint of the body, and the entry."""
    if not keys:
        return {}
    rows = await tx.fetch(SEEN, *map(list, zip(*keys, strict=True)))
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
) -> dict[tuple[UUID, UUID], tuple[UUID, Attachment, str]]:
    """Uploaded files by (conversation, id), each with its uploader and what was read in it."""
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
            row["says"],
        )
        for row in rows
    }


async def keep(
    tx: Tx,
    entries: Sequence[tuple[Entry, bytes]],
    used: Sequence[tuple[UUID, UUID, UUID]],
    tails: Sequence[Tail],
    wordless: packing.Spans,
) -> None:
    """Keep a batch: entries with fingerprints, files taken into use, the conversations' ends, what waits for its words.

    An entry with an empty fingerprint gets no retry key of its own.
    """
    if used:
        await tx.execute(USE_FILES, *map(list, zip(*used, strict=True)))
    await tx.execute(
        KEEP, *packing.entries(entries), *packing.later(wordless), *packing.ends(tails)
    )


async def page(
    tx: Tx, conversation_id: UUID, stream: Stream, after: int, limit: int, before: int | None = None
) -> list[Entry]:
    """At most `limit` entries in number order: those above `after`, or, with `before`, the last ones below it."""
    if before is not None:
        rows = await tx.fetch(PAGE_BACK, conversation_id, int(stream), before, limit)
    else:
        rows = await tx.fetch(PAGE, conversation_id, int(stream), after, limit)
    return [entry_of(row) for row in rows]
