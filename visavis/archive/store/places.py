"""Tables `log_place` and `log_mark`: which leaf a record is, and up to where records have been given their places."""

from collections.abc import Collection, Sequence
from uuid import UUID

from visavis.archive.types import Mark
from visavis.kernel.db import Row, Tx

MOST = 10_000  # of waiting records, counted

MARK = """
SELECT last, missing, since, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS ended FROM log_mark
"""

KEEP_MARK = """
INSERT INTO log_mark (last, missing, since) VALUES ($1, $2, $3)
ON CONFLICT (one) DO UPDATE SET last = $1, missing = $2, since = $3
"""

NEXT = "SELECT number, record_id, envelope FROM record WHERE number > $1 ORDER BY number LIMIT $2"

# That a number is above 0 says to the planner that it is one of the index.
LATE = """
SELECT number, record_id, envelope FROM record
WHERE number > 0 AND number = ANY($1::bigint[]) ORDER BY number LIMIT $2
"""

WAITING = """
SELECT count(*) AS waiting, min(at_us) AS oldest_us FROM (
    (SELECT at_us FROM record WHERE number > $1 ORDER BY number LIMIT $3)
    UNION ALL
    (SELECT at_us FROM record WHERE number > 0 AND number = ANY($2::bigint[]) LIMIT $3)
) AS waiting
"""

UNPLACED = """
SELECT record_id FROM record
WHERE (number IS NULL OR (number <= $1 AND number <> ALL($2::bigint[])))
    AND NOT EXISTS (SELECT FROM log_place AS place WHERE place.record_id = record.record_id)
ORDER BY record_id LIMIT $3
"""


async def mark(tx: Tx) -> tuple[Mark, int]:
    """Up to where places have been given, and a transaction before which all others had ended by now."""
    row = await tx.fetchrow(MARK)
    if row is None:
        return Mark(0, {}), 0
    return Mark(row["last"], dict(zip(row["missing"], row["since"], strict=True))), row["ended"]


async def keep_mark(tx: Tx, one: Mark) -> None:
    """Places have been given up to here."""
    await tx.execute(KEEP_MARK, one.last, list(one.missing), list(one.missing.values()))


async def own_number(tx: Tx) -> int:
    """The number of this transaction; every one that had begun to write before it has a lower one."""
    return int(await tx.fetchval("SELECT pg_current_xact_id()::text::bigint"))


async def any_waiting(tx: Tx, since: Mark) -> bool:
    """Whether a record has no place yet."""
    found = await tx.fetch(NEXT, since.last, 1)
    return bool(found or (since.missing and await late(tx, since.missing, 1)))


async def following(tx: Tx, last: int, limit: int) -> list[Row]:
    """Records beyond that number, in order: number, id and envelope."""
    return await tx.fetch(NEXT, last, limit)


async def late(tx: Tx, missing: Collection[int], limit: int) -> list[Row]:
    """Those of the missing numbers that are there by now, in order: number, id and envelope."""
    return await tx.fetch(LATE, list(missing), limit)


async def waiting(tx: Tx) -> tuple[int, int | None]:
    """How many records have no place yet, some 10,000 at most, and when the oldest of them was sealed."""
    since, _ = await mark(tx)
    row = await tx.fetchrow(WAITING, since.last, list(since.missing), MOST)
    assert row is not None
    return min(row["waiting"], MOST), row["oldest_us"]


async def give(tx: Tx, first: int, ids: Sequence[UUID]) -> None:
    """These records are the leaves from `first` on."""
    await tx.connection.copy_records_to_table(
        "log_place", columns=("leaf_index", "record_id"), records=enumerate(ids, first)
    )


async def leaves(tx: Tx, first: int, size: int) -> list[Row]:
    """The records with the places from `first` up to `size`, in order: place and envelope."""
    return await tx.fetch(
        "SELECT leaf_index, envelope FROM log_place JOIN record USING (record_id)"
        " WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index",
        first, size,
    )  # fmt: skip


async def whole_leaves(tx: Tx, first: int, size: int) -> list[Row]:
    """The same, whole rows."""
    return await tx.fetch(
        "SELECT record_id, kind, object_id, previous, at_us, environment, envelope, leaf_index"
        " FROM log_place JOIN record USING (record_id)"
        " WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index",
        first, size,
    )  # fmt: skip


async def first_beyond(tx: Tx) -> Row | None:
    """A record whose place is beyond every batch; there must be none."""
    return await tx.fetchrow(
        "SELECT record_id, leaf_index FROM log_place"
        " WHERE leaf_index >= (SELECT coalesce(max(size), 0) FROM log_batch)"
        " ORDER BY leaf_index LIMIT 1"
    )


async def unplaced(tx: Tx, limit: int) -> list[UUID]:
    """Records that have no place and that no sequencer will come to; there must be none."""
    since, _ = await mark(tx)
    # However many records there are: the pool's limit is meant for requests.
    rows = await tx.connection.fetch(UNPLACED, since.last, list(since.missing), limit, timeout=3600)
    return [row["record_id"] for row in rows]


async def place_of(tx: Tx, record_id: UUID) -> Row | None:
    """A record's place in the log (None where it has none yet) and its envelope."""
    return await tx.fetchrow(
        "SELECT leaf_index, envelope FROM record LEFT JOIN log_place USING (record_id)"
        " WHERE record_id = $1",
        record_id,
    )
