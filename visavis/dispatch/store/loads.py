"""Table `advisor_load`: presence, and capacity that a claim takes in the statement that checks it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from visavis.dispatch.types import Load, Status
from visavis.kernel.db import Row, Tx

SET = """
INSERT INTO advisor_load AS load (advisor_id, used, capacity, status, seen_at, changed_at)
VALUES ($1, 0, $3, $2, $4, $4)
ON CONFLICT (advisor_id) DO UPDATE SET status = $2, capacity = $3, seen_at = $4, changed_at = $4,
    missed_offers = CASE WHEN $2 IN ('online', 'busy') THEN 0 ELSE load.missed_offers END
RETURNING *
"""

SEEN = """
WITH before AS (
    SELECT * FROM advisor_load WHERE advisor_id = ANY($1) FOR UPDATE SKIP LOCKED
), seen AS (
    UPDATE advisor_load AS load SET seen_at = $2 FROM before WHERE load.advisor_id = before.advisor_id
)
SELECT * FROM before
"""
# H3 and H4 once more, in the one statement that takes the slot; whoever claims is there, so he has been seen.
TAKE = """
UPDATE advisor_load SET used = used + 1, seen_at = $2, missed_offers = 0, changed_at = $2
WHERE advisor_id = $1 AND used < capacity AND status IN ('online', 'busy')
"""

HERE = """
SELECT coalesce(array_agg(advisor_id), '{}') AS ids,
    coalesce(array_agg(status = 'online' AND used < capacity), '{}') AS free
FROM advisor_load WHERE status IN ('online', 'busy') AND (seen_at >= $1 OR pushable AND seen_at >= $2)
"""

OFFERED = """
UPDATE advisor_load AS load SET offers_today = CASE WHEN offers_day = $3 THEN offers_today ELSE 0 END + got.n,
    offers_day = $3
FROM unnest($1::uuid[], $2::int[]) AS got (id, n)
WHERE load.advisor_id = got.id AND EXISTS (SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $4)
"""

MISSED = """
UPDATE advisor_load AS load SET missed_offers = missed_offers + got.n,
    status = CASE WHEN missed_offers + got.n >= $3 AND status IN ('online', 'busy') THEN 'break' ELSE status END,
    changed_at = $4
FROM unnest($1::uuid[], $2::int[]) AS got (id, n)
WHERE load.advisor_id = got.id AND EXISTS (SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $5)
RETURNING load.advisor_id
"""

RECONCILE = """
UPDATE advisor_load AS load SET used = real.n, changed_at = $1
FROM (SELECT advisor_load.advisor_id, count(request.id)::int AS n FROM advisor_load
      LEFT JOIN request ON request.advisor_id = advisor_load.advisor_id AND request.state IN ('accepted', 'answered')
      GROUP BY advisor_load.advisor_id) AS real
WHERE load.advisor_id = real.advisor_id AND load.used <> real.n RETURNING load.advisor_id
"""


async def lock(tx: Tx, advisor_ids: Collection[UUID]) -> None:
    """Lock several loads in id order, so that two transactions never wait for each other."""
    await tx.fetch(
        "SELECT 1 FROM advisor_load WHERE advisor_id = ANY($1) ORDER BY advisor_id FOR UPDATE",
        list(advisor_ids),
    )


async def of(tx: Tx, advisor_ids: Collection[UUID]) -> dict[UUID, Load]:
    """The loads of these advisors; who never set a presence has none."""
    rows = await tx.fetch(
        "SELECT * FROM advisor_load WHERE advisor_id = ANY($1)", list(advisor_ids)
    )
    return {row["advisor_id"]: build(row) for row in rows}


async def taking(tx: Tx, since: datetime) -> list[Load]:
    """The loads of advisors who take requests and were heard of since then."""
    rows = await tx.fetch(
        "SELECT * FROM advisor_load WHERE status IN ('online', 'busy') AND seen_at >= $1", since
    )
    return [build(row) for row in rows]


async def here(tx: Tx, fresh: datetime, asleep: datetime) -> tuple[list[UUID], list[bool]]:
    """Who takes requests and was heard of since `fresh`, or `asleep` where a notice reaches him (H4); is he free?"""
    row = await tx.fetchrow(HERE, fresh, asleep)
    assert row is not None
    return row["ids"], row["free"]


async def put(tx: Tx, advisor_id: UUID, status: Status, capacity: int, now: datetime) -> Load:
    """Set the advisor's presence and capacity; taking again forgives missed offers."""
    row = await tx.fetchrow(SET, advisor_id, status.value, capacity, now)
    assert row is not None
    return build(row)


async def seen(tx: Tx, advisor_ids: Sequence[UUID], now: datetime) -> list[Load]:
    """The advisors' devices have been heard of; returns the loads as they were before.

    Waits for nobody: whose load is being changed at this moment is seen by the next sign of life.
    """
    return [build(row) for row in await tx.fetch(SEEN, advisor_ids, now)]


async def unseen(tx: Tx, advisor_id: UUID, seen_at: datetime) -> None:
    """The advisor's last socket is gone: from now on only a notice can reach him."""
    await tx.execute(
        "UPDATE advisor_load SET seen_at = least(seen_at, $2) WHERE advisor_id = $1",
        advisor_id,
        seen_at,
    )


async def set_pushable(tx: Tx, advisor_id: UUID, on: bool, capacity: int, now: datetime) -> None:
    """Whether a notice reaches the advisor's sleeping device."""
    await tx.execute(
        "INSERT INTO advisor_load (advisor_id, capacity, pushable, changed_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (advisor_id) DO UPDATE SET pushable = $3",
        advisor_id, capacity, on, now,
    )  # fmt: skip


async def take(tx: Tx, advisor_id: UUID, now: datetime) -> bool:
    """Take one slot if there is one; False when the advisor is full or takes nobody."""
    return await tx.execute(TAKE, advisor_id, now) == 1


async def give_back(tx: Tx, advisor_ids: Sequence[UUID], now: datetime) -> None:
    """Free one slot of each advisor named, twice for one named twice."""
    counts = {one: list(advisor_ids).count(one) for one in set(advisor_ids)}
    order = sorted(counts)
    await tx.execute(
        "UPDATE advisor_load SET used = greatest(used - got.n, 0), changed_at = $3"
        " FROM unnest($1::uuid[], $2::int[]) AS got (id, n) WHERE advisor_id = got.id",
        order, [counts[one] for one in order], now,
    )  # fmt: skip


async def transfer(tx: Tx, from_id: UUID, to_id: UUID, now: datetime) -> None:
    """A conversation went over by hand: its slot goes along, above the capacity if need be."""
    await lock(tx, {from_id, to_id})
    await give_back(tx, [from_id], now)
    await tx.execute(
        "UPDATE advisor_load SET used = used + 1, changed_at = $2 WHERE advisor_id = $1", to_id, now
    )


async def offered(tx: Tx, counts: dict[UUID, int], day: date, epoch: int) -> None:
    """Count today's offers for the fairness term."""
    order = sorted(counts)
    await tx.execute(OFFERED, order, [counts[one] for one in order], day, epoch)


async def missed(tx: Tx, counts: dict[UUID, int], limit: int, now: datetime, epoch: int) -> None:
    """Count offers that nobody answered; who misses `limit` in a row is on a break."""
    order = sorted(counts)
    await tx.fetch(MISSED, order, [counts[one] for one in order], limit, now, epoch)


async def reconcile(tx: Tx, now: datetime) -> list[UUID]:
    """Make `used` what the requests say; returns whose it was not."""
    await tx.fetch("SELECT 1 FROM advisor_load ORDER BY advisor_id FOR UPDATE")
    return [row["advisor_id"] for row in await tx.fetch(RECONCILE, now)]


async def on_duty(tx: Tx, since: datetime) -> list[UUID]:
    """Advisors who take requests and were heard of since then, or whom a notice reaches."""
    rows = await tx.fetch(
        "SELECT advisor_id FROM advisor_load WHERE status IN ('online', 'busy') AND (seen_at >= $1 OR pushable)"
        " ORDER BY advisor_id",
        since,
    )
    return [row["advisor_id"] for row in rows]


def build(row: Row) -> Load:
    """The load of a row."""
    return Load(
        row["advisor_id"], row["used"], row["capacity"], Status(row["status"]), row["seen_at"], row["pushable"],
        row["missed_offers"], row["offers_today"], row["offers_day"],
    )  # fmt: skip
