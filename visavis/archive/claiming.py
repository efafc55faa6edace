"""Places in the log: given to waiting records by the leader of an epoch, in one fenced transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from visavis.archive.store import sequence
from visavis.archive.types import Batch
from visavis.kernel import clock
from visavis.kernel.db import Database, Row

BATCH = 4_096  # sixteen full tiles

# Called between the writes with the name of the point; a test ends the process there.
Hook = Callable[[str], None]
# A batch with its records, which have their places but no files yet.
Claimed = tuple[Batch, list[Row]]


class Fenced(Exception):
    """Somebody else leads by now: whatever this one was doing is no longer its business."""


@dataclass(frozen=True)
class Term:
    """One leader's time: its epoch, and who watches it work."""

    epoch: int
    hook: Hook


async def claim(database: Database, term: Term) -> Claimed | None:
    """Give up to `BATCH` waiting records their places; None when none waits. Raises `Fenced`."""
    async with database.transaction() as tx:
        if not await sequence.any_waiting(tx):
            return None
        if not await sequence.holds(tx, term.epoch):
            raise Fenced
        rows = await sequence.assign(tx, await sequence.sequenced(tx), BATCH)
        batch = Batch(rows[0]["leaf_index"], rows[-1]["leaf_index"] + 1)
        await sequence.begin(tx, term.epoch, batch, clock.now())
        term.hook("assigned")
    term.hook("sequenced")
    return batch, rows


async def again(database: Database, batch: Batch) -> list[Row]:
    """The records of a batch whose places were given before."""
    async with database.transaction(readonly=True) as tx:
        return await sequence.leaves(tx, batch.first, batch.size)
