"""A large installation in a moment: synthetic people, ties, conversations and messages, all of them marked `simulated`.

People and ties are made by PostgreSQL from numbers; messages come in by binary COPY. The one long conversation and the
supervisor's thousands are `real`, because nobody may look into the others.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from common import say

from visavis.conversations.types import Keep, Kind, Stream

CHUNK = 20_000


@dataclass(frozen=True)
class Size:
    """How much there is."""

    clients: int
    advisors: int
    ties: int
    messages: int
    long: int
    watched: int


PEOPLE = """
INSERT INTO person (id, kind, environment, name, external_ref, created_at)
SELECT md5($1 || n)::uuid, CASE WHEN $1 = 'client' THEN 'client' ELSE 'staff' END, 'simulated', 'Synthetic ' || n,
    CASE WHEN $1 = 'client' THEN 'synthetic-' || n END, now() - interval '1 year' FROM generate_series(1, $2) AS n
"""
STAFF = """
INSERT INTO staff (person_id, login, roles, branch_id, registration_code, topics, created_at)
SELECT md5('advisor' || n)::uuid, 'synthetic' || n, '{advisor}', (SELECT id FROM branch LIMIT 1),
    'S8' || lpad(n::text, 11, '0'), '{account,trading,fund}', now() FROM generate_series(1, $1) AS n
"""
TIES = """
INSERT INTO connection (id, client_id, staff_id, environment, state, tie, basis, assigned_at, established_at, record_id)
SELECT gen_random_uuid(), md5('client' || (1 + n % $2))::uuid, md5('advisor' || (1 + (n * 7 + n / $2) % $3))::uuid,
    'simulated', 'active', CASE WHEN n < $2 THEN 'own' ELSE 'served' END, 'book', now(), now(), gen_random_uuid()
FROM generate_series(0, $1 - 1) AS n ON CONFLICT DO NOTHING
"""
TALKS = """
INSERT INTO conversation (id, client_id, environment, state, partner, shared_no, last_at, last_text, created_at)
SELECT md5($1 || 'talk' || n)::uuid, md5('client' || n)::uuid, $1, 'closed', 'person', $3,
    now() - make_interval(secs => n), 'synthetic', now() - interval '1 day'
FROM generate_series($4::bigint, $4::bigint + $2 - 1) AS n
"""
MARKS = """
INSERT INTO receipt (shard_key, person_id, delivered_no, read_no)
SELECT id, client_id, shared_no, shared_no FROM conversation WHERE last_text = 'synthetic'
"""
PARTS = """
INSERT INTO participant (shard_key, person_id, role, joined_at)
SELECT id, md5('advisor' || (1 + row_number() OVER () % $1))::uuid, 'handler', now()
FROM conversation WHERE last_text = 'synthetic'
"""
# The measured advisor's own book: clients of the watched conversations, in which he takes part.
DESK = """
INSERT INTO connection (id, client_id, staff_id, environment, state, tie, basis, assigned_at, established_at, record_id)
SELECT gen_random_uuid(), client_id, $1, 'real', 'active', 'served', 'book', now(), now(), gen_random_uuid()
FROM conversation WHERE last_text = 'synthetic' AND environment = 'real' LIMIT $2 ON CONFLICT DO NOTHING
"""
HIS_PARTS = """
INSERT INTO participant (shard_key, person_id, role, joined_at)
SELECT c.id, $1, 'handler', now() FROM conversation AS c JOIN connection AS t ON t.client_id = c.client_id
WHERE c.last_text = 'synthetic' AND c.environment = 'real' AND t.staff_id = $1 ON CONFLICT DO NOTHING
"""
BOOK = 200
# A request for every conversation, over a year, and as many as a busy morning has in the last hours; all but every
# twentieth was accepted after a minute.
REQUESTS = """
INSERT INTO request (id, client_id, conversation_id, environment, topic, language, capability, branch_id, state,
    opened_at, waiting_since, client_seen_at, touched_at, advisor_id, accepted_at, answered_at, ended_at)
SELECT gen_random_uuid(), client_id, id, environment, (ARRAY['account', 'trading', 'fund', 'bond'])[1 + n % 4],
    'zh-CN', 'serve', (SELECT id FROM branch LIMIT 1), CASE WHEN n % 20 = 0 THEN 'abandoned' ELSE 'closed' END,
    at, at, at, at, CASE WHEN n % 20 > 0 THEN md5('advisor' || (1 + n % $1))::uuid END,
    CASE WHEN n % 20 > 0 THEN at + interval '1 minute' END, CASE WHEN n % 20 > 0 THEN at + interval '2 minutes' END,
    at + interval '20 minutes'
FROM (SELECT *, now() - CASE WHEN n <= $2 THEN n * interval '4 hours' / $2 ELSE n * interval '1 year' / $3 END AS at
      FROM (SELECT id, client_id, environment, row_number() OVER (ORDER BY id) AS n FROM conversation
            WHERE last_text = 'synthetic' AND environment = 'simulated') AS talk) AS asked
"""
CLAIMS = """
INSERT INTO claim (id, request_id, advisor_id, client_key, conversation_id, environment, capability, waited_s,
    at, record_id)
SELECT gen_random_uuid(), id, advisor_id, gen_random_uuid(), conversation_id, environment, capability, 60, accepted_at,
    gen_random_uuid() FROM request WHERE advisor_id IS NOT NULL AND environment = 'simulated'
"""
PRESENCE = """
INSERT INTO advisor_load (advisor_id, used, capacity, status, seen_at, pushable, changed_at)
SELECT md5('advisor' || n)::uuid, n % 4, 4, 'online', now(), true, now() FROM generate_series(1, $1) AS n
ON CONFLICT (advisor_id) DO UPDATE SET status = 'online', seen_at = now()
"""
MORNING = 200  # of so many clients one asks this morning
# A kept morning is moved to the present.
LATER = """
WITH late AS (SELECT now() - max(opened_at) AS by FROM request WHERE environment = 'simulated')
UPDATE request SET opened_at = opened_at + by, accepted_at = accepted_at + by, answered_at = answered_at + by,
    ended_at = ended_at + by
FROM late WHERE environment = 'simulated' AND opened_at > now() - by - interval '4 hours'
"""
LATER_CLAIMS = """
UPDATE claim SET at = request.accepted_at FROM request
WHERE request.id = claim.request_id AND request.environment = 'simulated'
    AND request.opened_at > now() - interval '4 hours' AND claim.at <> request.accepted_at
"""


Row = tuple[object, ...]
COLUMNS = (
    "shard_key",
    "stream",
    "no",
    "id",
    "kind",
    "sender_id",
    "at",
    "body",
    "state",
    "record_id",
)


def entries(
    talk: UUID, sender: UUID, first: int, count: int, at: datetime, ids: Iterator[int]
) -> list[Row]:
    """Rows of messages of one conversation."""
    made: list[Row] = []
    for number in range(first, first + count):
        key = UUID(int=(0xB << 124) | next(ids))
        made.append(
            (
                talk, int(Stream.SHARED), number, key, Kind.MESSAGE.value, sender, at + timedelta(milliseconds=number),
                f'{{"text":"合成消息{number}"}}', Keep.KEPT.value, key,
            )
        )  # fmt: skip
    return made


async def copy(connection: asyncpg.Connection, rows: list[Row]) -> None:
    """Add entries."""
    await connection.copy_records_to_table("entry", records=rows, columns=COLUMNS)


async def fill(dsn: str, size: Size, conversation: UUID, speaker: UUID) -> None:
    """Fill the database; `conversation` becomes the long one."""
    connection = await asyncpg.connect(dsn, command_timeout=3600)
    ids = itertools.count(1)
    say("people and ties")
    await connection.execute(PEOPLE, "client", size.clients)
    await connection.execute(PEOPLE, "advisor", size.advisors)
    await connection.execute(STAFF, size.advisors)
    await connection.execute(TIES, size.ties, size.clients, size.advisors)
    each = max(1, (size.messages - size.long) // size.clients)
    await connection.execute(TALKS, "simulated", size.clients - size.watched, each, 1)
    first = size.clients - size.watched + 1
    await connection.execute(TALKS, "real", size.watched, each, first)
    say("messages")
    start = await connection.fetchval(
        "SELECT shared_no FROM conversation WHERE id = $1", conversation
    )
    long_ago = datetime.now(UTC) - timedelta(days=30)
    for number in range(start + 1, start + 1 + size.long, CHUNK):
        count = min(CHUNK, start + 1 + size.long - number)
        await copy(connection, entries(conversation, speaker, number, count, long_ago, ids))
    await connection.execute(
        "UPDATE conversation SET shared_no = $2 WHERE id = $1", conversation, start + size.long
    )
    talks = await connection.fetch(
        "SELECT id, client_id FROM conversation WHERE last_text = 'synthetic'"
    )
    rows: list[Row] = []
    for talk in talks:
        rows += entries(talk["id"], talk["client_id"], 1, each, long_ago, ids)
        if len(rows) >= CHUNK:
            await copy(connection, rows)
            rows = []
    if rows:
        await copy(connection, rows)
    await connection.execute(MARKS)
    await connection.execute(PARTS, size.advisors)
    await connection.execute(DESK, speaker, BOOK)
    await connection.execute(HIS_PARTS, speaker)
    say("requests")
    await connection.execute(REQUESTS, size.advisors, size.clients // MORNING, size.clients)
    await connection.execute(CLAIMS)
    say("statistics")
    # As after a night: autovacuum would do it in the middle of a measurement instead.
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def morning(dsn: str, advisors: int) -> None:
    """Everybody is at work, and the last hours' requests are those of this moment."""
    connection = await asyncpg.connect(dsn, command_timeout=3600)
    await connection.execute(PRESENCE, advisors)
    await connection.execute(LATER)
    await connection.execute(LATER_CLAIMS)
    await connection.execute("VACUUM (ANALYZE) request, claim, advisor_load")
    await connection.close()
