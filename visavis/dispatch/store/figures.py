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

TOTALS = """
SELECT count(*)::int AS opened,
    count(*) FILTER (WHERE first.at <= request.opened_at + $3::interval)::int AS filled,
    count(*) FILTER (WHERE request.state = 'abandoned')::int AS abandoned,
    count(request.answered_at)::int AS answered,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM request.answered_at - request.opened_at)) AS p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM request.answered_at - request.opened_at)) AS p95
FROM request LEFT JOIN (SELECT request_id, min(at) AS at FROM claim GROUP BY request_id) AS first
    ON first.request_id = request.id
WHERE request.environment = $1 AND request.opened_at > $2
"""

SERIES = """
WITH bucket AS (SELECT generate_series($2::timestamptz, $3::timestamptz - $4::interval, $4::interval) AS start),
one AS (
    SELECT request.id, request.opened_at, request.state, request.ended_at, min(claim.at) AS claimed_at
    FROM request LEFT JOIN claim ON claim.request_id = request.id
    WHERE request.environment = $1
        AND (request.opened_at > $2 OR request.state IN ('waiting', 'held', 'offered', 'pooled')
             OR request.ended_at > $2 OR claim.at > $2)
    GROUP BY request.id
)
SELECT bucket.start,
    count(*) FILTER (WHERE one.opened_at >= bucket.start AND one.opened_at < bucket.start + $4)::int AS opened,
    count(*) FILTER (WHERE one.claimed_at >= bucket.start AND one.claimed_at < bucket.start + $4)::int AS accepted,
    count(*) FILTER (WHERE one.state = 'abandoned' AND one.ended_at >= bucket.start
                     AND one.ended_at < bucket.start + $4)::int AS abandoned,
    count(*) FILTER (WHERE one.opened_at < bucket.start + $4
                     AND least(one.claimed_at, one.ended_at) IS NOT DISTINCT FROM NULL
                     OR one.opened_at < bucket.start + $4
                     AND least(one.claimed_at, one.ended_at) >= bucket.start + $4)::int AS waiting
FROM bucket LEFT JOIN one ON true GROUP BY bucket.start ORDER BY bucket.start
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


async def totals(tx: Tx, environment: Environment, since: datetime) -> Totals:
    """What became of the requests opened since then; seconds, None without an answer."""
    row = await tx.fetchrow(TOTALS, environment.value, since, FILL_WITHIN)
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
