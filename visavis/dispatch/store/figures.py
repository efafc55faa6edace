"""Figures of dispatch as sets: the board's numbers, its lists and its series. Real and simulated worlds never mix."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.store.requests import build
from visavis.dispatch.types import Lane, Point, Request, Totals
from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

FILL_WITHIN = timedelta(minutes=30)

LANES = """
SELECT branch_id, topic, count(*)::int AS waiting, min(waiting_since) AS oldest FROM request
WHERE environment = $1 AND state IN ('waiting', 'held', 'offered', 'pooled') GROUP BY branch_id, topic
"""

# Whoever was asked since then was accepted since then. A window with both its ends is known to be narrow whatever its
# moments: the plan reads it by an index.
TOTALS = """
SELECT count(*)::int AS opened,
    count(*) FILTER (WHERE first.at <= request.opened_at + $3::interval)::int AS filled,
    count(*) FILTER (WHERE request.state = 'abandoned')::int AS abandoned,
    count(request.answered_at)::int AS answered,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM answered_at - opened_at), 0))
        FILTER (WHERE answered_at IS NOT NULL) AS p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM answered_at - opened_at), 0))
        FILTER (WHERE answered_at IS NOT NULL) AS p95
FROM request LEFT JOIN (SELECT request_id, min(at) AS at FROM claim WHERE at > $2 AND at <= $4 GROUP BY request_id)
    AS first ON first.request_id = request.id
WHERE request.environment = $1 AND request.opened_at > $2 AND request.opened_at <= $4
"""

# Every request that came, waited, went or was claimed in the window is found by an index and counted once per event;
# who waits at the end of a step is who has come by then, less who has left by then. Few were claimed in the window and
# asked before it: as an array they are looked up one by one, where the planner takes a set for many and reads all.
SERIES = """
WITH claimed AS MATERIALIZED (
    SELECT request_id, min(at) AS at FROM claim WHERE environment = $1 AND at > $2 AND at < $3 GROUP BY request_id
), fresh AS MATERIALIZED (
    SELECT id, opened_at, state, ended_at FROM request WHERE environment = $1 AND opened_at > $2 AND opened_at < $3
), older AS (
    SELECT id, opened_at, state, ended_at FROM request
    WHERE id = ANY (ARRAY(SELECT request_id FROM claimed EXCEPT SELECT id FROM fresh))
    UNION SELECT id, opened_at, state, ended_at FROM request
    WHERE environment = $1 AND opened_at <= $2 AND state IN ('waiting', 'held', 'offered', 'pooled')
    UNION SELECT id, opened_at, state, ended_at FROM request
    WHERE environment = $1 AND opened_at <= $2 AND ended_at > $2 AND ended_at < $3
), one AS (
    SELECT opened_at, state, ended_at, claimed.at AS claimed_at
    FROM fresh LEFT JOIN claimed ON claimed.request_id = fresh.id
    UNION ALL SELECT opened_at, state, ended_at, (SELECT min(at) FROM claim WHERE claim.request_id = older.id)
    FROM older
), event AS (
    SELECT opened_at AS at, 1 AS opened, 0 AS accepted, 0 AS abandoned, 1 AS waiting FROM one
    UNION ALL SELECT claimed_at, 0, 1, 0, 0 FROM one WHERE claimed_at IS NOT NULL
    UNION ALL SELECT ended_at, 0, 0, 1, 0 FROM one WHERE state = 'abandoned'
    UNION ALL SELECT greatest(opened_at, least(claimed_at, ended_at)), 0, 0, 0, -1 FROM one
        WHERE coalesce(claimed_at, ended_at) IS NOT NULL
), step AS (
    SELECT date_bin($4::interval, greatest(at, $2 - $4), $2) AS start, sum(opened) AS opened,
        sum(accepted) AS accepted, sum(abandoned) AS abandoned, sum(waiting) AS waiting
    FROM event WHERE at < $3 GROUP BY 1
), line AS (
    SELECT start, coalesce(opened, 0)::int AS opened, coalesce(accepted, 0)::int AS accepted,
        coalesce(abandoned, 0)::int AS abandoned, coalesce(sum(waiting) OVER (ORDER BY start), 0)::int AS waiting
    FROM generate_series($2::timestamptz - $4, $3::timestamptz - $4, $4) AS start LEFT JOIN step USING (start)
)
SELECT * FROM line WHERE start >= $2 ORDER BY start
"""

LISTED = """
SELECT * FROM request WHERE environment = $1
    AND (CASE $2 WHEN 'waiting' THEN state IN ('waiting', 'held', 'offered', 'pooled')
         WHEN 'abandoned' THEN state = 'abandoned' AND opened_at > $5
         WHEN 'accepted' THEN accepted_at IS NOT NULL AND opened_at > $5
         WHEN 'sleeping' THEN state IN ('scheduled', 'message_left')
         ELSE opened_at > $5 END)
    AND ($3::uuid IS NULL OR branch_id = $3) AND ($4::text IS NULL OR topic = $4)
ORDER BY CASE WHEN $2 IN ('waiting', 'sleeping') THEN waiting_since END, id DESC LIMIT $6
"""


async def lanes(tx: Tx, environment: Environment) -> list[Lane]:
    """How many wait now, by the client's branch and the topic."""
    rows = await tx.fetch(LANES, environment.value)
    return [Lane(row["branch_id"], row["topic"], row["waiting"], row["oldest"]) for row in rows]


async def totals(tx: Tx, environment: Environment, since: datetime, now: datetime) -> Totals:
    """What became of the requests opened since then; seconds, None without an answer."""
    row = await tx.fetchrow(TOTALS, environment.value, since, FILL_WITHIN, now)
    assert row is not None
    return Totals(
        row["opened"], row["filled"], row["abandoned"], row["answered"], row["p50"], row["p95"]
    )


async def series(
    tx: Tx, environment: Environment, first: datetime, last: datetime, step: timedelta
) -> list[Point]:
    """Opened, accepted, abandoned per step, and how many waited at its end."""
    rows = await tx.fetch(SERIES, environment.value, first, last, step)
    return [
        Point(row["start"], row["opened"], row["accepted"], row["abandoned"], row["waiting"])
        for row in rows
    ]


async def listed(
    tx: Tx, environment: Environment, kind: str, branch_id: UUID | None, topic: str | None, since: datetime,
    limit: int,
) -> Sequence[Request]:  # fmt: skip
    """The requests behind a number of the board: who waits the longest first, what is over the newest first."""
    rows = await tx.fetch(LISTED, environment.value, kind, branch_id, topic, since, limit)
    return [build(row) for row in rows]


async def of_conversation(tx: Tx, conversation_id: UUID) -> Sequence[Request]:
    """All requests of a conversation, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM request WHERE conversation_id = $1 ORDER BY opened_at, id", conversation_id
    )
    return [build(row) for row in rows]
