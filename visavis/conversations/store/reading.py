"""Lists, marks and search: `receipt`, `entry_words`, and conversations as their people see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.store.stream import conversation_of, entry_of
from visavis.conversations.types import Entry, Listed, Receipt
from visavis.kernel.db import Row, Tx

MARK = """
INSERT INTO receipt AS r (shard_key, person_id, delivered_no, read_no, read_at)
SELECT shard_key, person_id, delivered_no, read_no, CASE WHEN read_no > 0 THEN $5::timestamptz END
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) AS m (shard_key, person_id, delivered_no, read_no)
ORDER BY shard_key, person_id
ON CONFLICT (shard_key, person_id) DO UPDATE SET delivered_no = greatest(r.delivered_no, excluded.delivered_no),
    read_no = greatest(r.read_no, excluded.read_no),
    read_at = CASE WHEN excluded.read_no > r.read_no THEN excluded.read_at ELSE r.read_at END
WHERE excluded.delivered_no > r.delivered_no OR excluded.read_no > r.read_no
RETURNING shard_key, person_id, delivered_no, read_no, read_at
"""

# What a list shows of each conversation; the count of unread messages stops at 100, and looks at the last 500 entries
# alone: whoever has said thousands of things himself and read nothing must not make everybody wait. What was recalled
# is there no more to be read.
LISTED = """
SELECT c.*, coalesce(r.read_no, 0) AS read_no,
    (SELECT count(*) FROM (SELECT FROM entry AS e WHERE e.shard_key = c.id AND e.stream = 0
        AND e.no > greatest(r.read_no, c.shared_no - 500) AND e.sender_id <> $1 AND e.kind = 'message'
        AND NOT EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.of_id = e.id AND r.stream = 0
                        AND r.kind = 'recall') LIMIT 100) AS new
    ) AS unread
FROM conversation AS c LEFT JOIN receipt AS r ON r.shard_key = c.id AND r.person_id = $1
"""
OF_CLIENT = (
    LISTED
    + """
WHERE c.client_id = $1 AND ($2::text IS NULL OR c.state = $2)
    AND ($3::timestamptz IS NULL OR (c.last_at, c.id) < ($3, $4::uuid))
ORDER BY c.last_at DESC, c.id DESC LIMIT $5
"""
)
# What was set aside until a moment that has come stands where that moment puts it.
OF_STAFF = (
    LISTED.replace("SELECT c.*,", "SELECT c.*, place.at AS place_at, a.until,", 1)
    + """
JOIN participant AS p ON p.shard_key = c.id AND p.person_id = $1 AND p.left_at IS NULL
LEFT JOIN aside AS a ON a.shard_key = c.id AND a.person_id = $1
CROSS JOIN LATERAL (SELECT greatest(c.last_at, CASE WHEN a.until <= $7 THEN a.until END) AS at) AS place
WHERE ($2::text IS NULL OR c.state = $2)
    AND ($3::timestamptz IS NULL OR (place.at, c.id) < ($3, $4::uuid)) AND c.client_id = ANY($6)
ORDER BY place.at DESC, c.id DESC LIMIT $5
"""
)

# What is found is shown as it reads now: the newest edit stands for the message, a recalled one is not found.
FOUND = """
SELECT e.*, edit.body AS edited FROM entry_words AS w
JOIN conversation AS c ON c.id = w.shard_key
JOIN entry AS e ON e.shard_key = w.shard_key AND e.id = w.entry_id AND e.stream = ANY($3)
LEFT JOIN LATERAL (SELECT x.body FROM entry AS x WHERE x.shard_key = e.shard_key AND x.of_id = e.id
                   AND x.stream = 0 AND x.kind = 'edit' ORDER BY x.no DESC LIMIT 1) AS edit ON true
WHERE w.words @@ $1::text::tsquery AND coalesce(edit.body, e.body)::text ILIKE ALL ($6::text[])
    AND (e.state = 'kept' OR $5) AND ($5 OR NOT EXISTS (
        SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.of_id = e.id AND r.stream = 0
        AND r.kind = 'recall'))
"""
FOUND_AMONG = FOUND + " AND w.shard_key = ANY($2) ORDER BY w.at DESC LIMIT $4"
FOUND_ANYWHERE = FOUND + " AND c.environment = $2 ORDER BY w.at DESC LIMIT $4"

# An index holds such lines alone: however much was said since, and read by nobody, they are found at once.
UNREAD_BREACH = """
SELECT e.* FROM conversation AS c LEFT JOIN receipt AS r ON r.shard_key = c.id AND r.person_id = c.client_id
CROSS JOIN LATERAL (
    SELECT e.* FROM entry AS e WHERE e.shard_key = c.id AND e.stream = 0
        AND e.no > coalesce(r.read_no, 0) AND e.kind = 'system' AND e.body ->> 'code' = 'breach'
    ORDER BY e.no DESC LIMIT 1
) AS e
WHERE c.client_id = $1 AND c.shared_no > coalesce(r.read_no, 0) ORDER BY e.at DESC LIMIT 1
"""


async def mark(
    tx: Tx, marks: Mapping[tuple[UUID, UUID], tuple[int, int]], at: datetime
) -> dict[tuple[UUID, UUID], tuple[Receipt, datetime | None]]:
    """Raise marks (delivered, read) by (conversation, person); those that rose, with the moment of reading."""
    rows = await tx.fetch(
        MARK, [key[0] for key in marks], [key[1] for key in marks],
        [max(one) for one in marks.values()], [one[1] for one in marks.values()], at,
    )  # fmt: skip
    return {
        (row["shard_key"], row["person_id"]): (
            Receipt(row["person_id"], row["delivered_no"], row["read_no"]), row["read_at"],
        )
        for row in rows
    }  # fmt: skip


async def receipts(tx: Tx, conversation_id: UUID) -> list[Receipt]:
    """Everybody's marks in a conversation."""
    rows = await tx.fetch(
        "SELECT person_id, delivered_no, read_no FROM receipt WHERE shard_key = $1", conversation_id
    )
    return [Receipt(row["person_id"], row["delivered_no"], row["read_no"]) for row in rows]


def listed_of(row: Row) -> Listed:
    """A line of a client's list."""
    return Listed(conversation_of(row), row["unread"], row["last_at"])


async def of_client(
    tx: Tx, client_id: UUID, state: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Listed]:
    """A client's conversations, newest first."""
    at, last = before or (None, None)
    return [listed_of(row) for row in await tx.fetch(OF_CLIENT, client_id, state, at, last, limit)]


async def of_staff(
    tx: Tx,
    staff_id: UUID,
    clients: Sequence[UUID],
    state: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
    now: datetime,
) -> list[Listed]:
    """The conversations with these clients in which the member of staff takes part, newest first."""
    at, last = before or (None, None)
    rows = await tx.fetch(OF_STAFF, staff_id, state, at, last, limit, list(clients), now)
    return [
        Listed(conversation_of(row), row["unread"], row["place_at"], row["until"]) for row in rows
    ]


async def unread_breach(tx: Tx, client_id: UUID) -> Entry | None:
    """The newest notice of a breach that the client has not read, in any conversation."""
    row = await tx.fetchrow(UNREAD_BREACH, client_id)
    return entry_of(row) if row else None


async def found_among(
    tx: Tx,
    query: str,
    parts: Sequence[str],
    conversation_ids: Sequence[UUID],
    streams: Sequence[int],
    limit: int,
) -> list[Entry]:
    """Entries of these conversations that hold the words and each of the parts, newest first, as they read now."""
    rows = await tx.fetch(FOUND_AMONG, query, conversation_ids, streams, limit, False, parts)
    return _as_they_read(rows)


async def found_anywhere(
    tx: Tx, query: str, parts: Sequence[str], environment: str, limit: int
) -> list[Entry]:
    """Entries of an environment that hold words and parts, held, blocked and recalled ones included, newest first."""
    rows = await tx.fetch(FOUND_ANYWHERE, query, environment, [0, 1], limit, True, parts)
    return _as_they_read(rows)


def _as_they_read(rows: Sequence[Row]) -> list[Entry]:
    found: dict[UUID, Entry] = {}
    for row in rows:
        plain = {**row, "body": row["edited"] or row["body"]}
        found.setdefault(row["id"], entry_of(plain))
    return list(found.values())


async def visible_to_staff(tx: Tx, staff_id: UUID, clients: Sequence[UUID]) -> list[UUID]:
    """The conversations with these clients in which the member of staff takes part."""
    rows = await tx.fetch(
        "SELECT c.id FROM conversation AS c JOIN participant AS p ON p.shard_key = c.id AND p.left_at IS NULL"
        " WHERE p.person_id = $1 AND c.client_id = ANY($2)",
        staff_id, list(clients),
    )  # fmt: skip
    return [row["id"] for row in rows]


async def visible_to_client(tx: Tx, client_id: UUID) -> list[UUID]:
    """The client's own conversations."""
    rows = await tx.fetch("SELECT id FROM conversation WHERE client_id = $1", client_id)
    return [row["id"] for row in rows]


async def entry(
    tx: Tx, entry_id: UUID, conversation_ids: Sequence[UUID], streams: Sequence[int]
) -> Entry | None:
    """A kept entry of one of these conversations."""
    row = await tx.fetchrow(
        "SELECT * FROM entry WHERE id = $1 AND shard_key = ANY($2) AND stream = ANY($3) AND state = 'kept' LIMIT 1",
        entry_id, conversation_ids, streams,
    )  # fmt: skip
    return entry_of(row) if row else None
