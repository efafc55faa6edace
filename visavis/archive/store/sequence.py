"""Tables `lease`, `log_batch`, `log_halt` and `log_timestamp`: what the log's one leader has begun and finished."""

from datetime import datetime
from uuid import UUID

from visavis.archive.store import places
from visavis.archive.types import Batch, Halt, Standing
from visavis.kernel.db import Row, Tx

# A new holder raises the epoch: whatever the old one still writes finds its epoch gone. A lease that claims more than
# any lease lasts was taken by a clock that was ahead: nobody waits for its end.
LEAD = """
INSERT INTO lease (name, holder, epoch, until) VALUES ('sequencer', $1, 1, $2)
ON CONFLICT (name) DO UPDATE SET holder = $1, until = $2,
    epoch = CASE WHEN lease.holder = $1 THEN lease.epoch ELSE lease.epoch + 1 END
WHERE lease.holder = $1 OR lease.until <= $3 OR lease.until > $3 + interval '1 minute'
RETURNING epoch
"""

# The first record of the oldest batch that no checkpoint covers yet: it has its place, and is not in the log.
UNPUBLISHED = """
SELECT at_us FROM record WHERE record_id = (
    SELECT record_id FROM log_place WHERE leaf_index = (SELECT min(first) FROM log_batch WHERE checkpoint IS NULL))
"""

BATCH = "SELECT first, size, epoch, root, checkpoint, published_at FROM log_batch"


async def lead(tx: Tx, holder: UUID, until: datetime, now: datetime) -> int | None:
    """Take or renew the lease; the epoch, or None while somebody else holds it."""
    epoch: int | None = await tx.fetchval(LEAD, holder, until, now)
    return epoch


async def holds(tx: Tx, epoch: int) -> bool:
    """Whether this epoch still leads; if so, no other one begins before this transaction has ended."""
    found = await tx.fetchval(
        "SELECT 1 FROM lease WHERE name = 'sequencer' AND epoch = $1 FOR SHARE", epoch
    )
    return found is not None


async def resign(tx: Tx, holder: UUID, now: datetime) -> None:
    """Give the lease up, so that a standby need not wait for its end."""
    await tx.execute(
        "UPDATE lease SET until = $2 WHERE name = 'sequencer' AND holder = $1", holder, now
    )


async def sequenced(tx: Tx) -> int:
    """How many records have a place in the log."""
    return int(await tx.fetchval("SELECT coalesce(max(size), 0) FROM log_batch"))


async def begin(tx: Tx, epoch: int, batch: Batch, now: datetime) -> None:
    """Remember that these places were given together; the leader of `epoch` writes them now."""
    await tx.execute(
        "INSERT INTO log_batch (first, size, epoch, sequenced_at) VALUES ($1, $2, $3, $4)",
        batch.first, batch.size, epoch, now,
    )  # fmt: skip


async def unfinished(tx: Tx) -> list[Batch]:
    """The batches without a checkpoint, in order."""
    rows = await tx.fetch(f"{BATCH} WHERE checkpoint IS NULL ORDER BY first")
    return [_batch(row) for row in rows]


async def newest_published(tx: Tx) -> Batch | None:
    """The last batch that has a checkpoint."""
    row = await tx.fetchrow(f"{BATCH} WHERE checkpoint IS NOT NULL ORDER BY first DESC LIMIT 1")
    return _batch(row) if row else None


async def published(tx: Tx, limit: int) -> list[Batch]:
    """The newest batches that have a checkpoint, newest first."""
    rows = await tx.fetch(
        f"{BATCH} WHERE checkpoint IS NOT NULL ORDER BY first DESC LIMIT $1", limit
    )
    return [_batch(row) for row in rows]


async def publish(tx: Tx, batch: Batch, root: bytes, checkpoint: str, now: datetime) -> None:
    """The batch is durable under this checkpoint; it bears no earlier moment than the one before."""
    await tx.execute(
        "UPDATE log_batch SET root = $2, checkpoint = $3, published_at = greatest($4, ("
        " SELECT published_at FROM log_batch WHERE checkpoint IS NOT NULL ORDER BY first DESC LIMIT 1))"
        " WHERE first = $1 AND checkpoint IS NULL",
        batch.first, root, checkpoint, now,
    )  # fmt: skip


async def halt(tx: Tx, reason: str, place: str, now: datetime) -> None:
    """Remember why the log signs nothing; the first reason stands until it is lifted."""
    await tx.execute(
        "INSERT INTO log_halt (reason, place, halted_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (one) DO UPDATE SET reason = $1, place = $2",
        reason, place, now,
    )  # fmt: skip


async def lift(tx: Tx) -> None:
    """The log signs again."""
    await tx.execute("DELETE FROM log_halt")


async def standing(tx: Tx) -> Standing:
    """How the log is doing."""
    waiting, unplaced_us = await places.waiting(tx)
    unpublished_us = await tx.fetchval(UNPUBLISHED)
    oldest = [one for one in (unplaced_us, unpublished_us) if one is not None]
    newest = await newest_published(tx)
    halted = await tx.fetchrow("SELECT reason, place, halted_at FROM log_halt")
    return Standing(
        size=newest.size if newest else 0,
        sequenced=await sequenced(tx),
        waiting=waiting,
        oldest_waiting_us=min(oldest, default=None),
        published_at=newest.published_at if newest else None,
        halt=Halt(halted["reason"], halted["place"], halted["halted_at"]) if halted else None,
    )


def _batch(row: Row) -> Batch:
    return Batch(row["first"], row["size"], row["root"], row["checkpoint"], row["published_at"])


async def unstamped(tx: Tx, since: datetime) -> Batch | None:
    """The newest published batch, unless one was stamped after `since` or it is stamped itself."""
    row = await tx.fetchrow(
        f"{BATCH} WHERE checkpoint IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM log_timestamp WHERE taken_at > $1)"
        " ORDER BY first DESC LIMIT 1",
        since,
    )
    return _batch(row) if row else None


async def keep_stamp(tx: Tx, batch: Batch, response: bytes, now: datetime) -> None:
    """Keep the timestamp of a checkpoint."""
    await tx.execute(
        "INSERT INTO log_timestamp (size, root, taken_at, response) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (size) DO NOTHING",
        batch.size, batch.root, now, response,
    )  # fmt: skip


async def stamps(tx: Tx) -> list[Row]:
    """All timestamps, one a day, newest first: size, root, time and response."""
    return await tx.fetch("SELECT * FROM log_timestamp ORDER BY size DESC")
