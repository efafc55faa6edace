"""Places in the log: given to waiting records by the leader of an epoch, in one fenced transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from visavis.archive import rules
from visavis.archive.log import Contradiction
from visavis.archive.store import places, sequence
from visavis.archive.types import Batch, Mark
from visavis.kernel import clock
from visavis.kernel.db import Database, Row, Tx

BATCH = 4_096  # sixteen full tiles

# Called between the writes with the name of the point; a test ends the process there.
Hook = Callable[[str], None]
# A record's place and its envelope.
Leaf = tuple[int, bytes]
# A batch with its records, which have their places but no files yet.
Claimed = tuple[Batch, list[Leaf]]


class Fenced(Exception):
    """Somebody else leads by now: whatever this one was doing is no longer its business."""


@dataclass(frozen=True)
class Term:
    """One leader's time: its epoch, and who watches it work."""

    epoch: int
    hook: Hook


async def claim(database: Database, term: Term) -> Claimed | None:
    """Give up to `BATCH` waiting records their places; None when none waits. Raises `Fenced`, `Contradiction`."""
    async with database.transaction() as tx:
        mark, ended = await places.mark(tx)
        if not await places.any_waiting(tx, mark):
            return None
        if not await sequence.holds(tx, term.epoch):
            raise Fenced
        rows = await _take(tx, mark, ended)
        first = await sequence.sequenced(tx)
        batch = Batch(first, first + len(rows))
        await places.give(tx, first, [row["record_id"] for row in rows])
        await sequence.begin(tx, term.epoch, batch, clock.now())
        term.hook("assigned")
    term.hook("sequenced")
    return batch, [(index, row["envelope"]) for index, row in enumerate(rows, first)]


async def _take(tx: Tx, mark: Mark, ended: int) -> list[Row]:
    """The next records, those that came late first; the mark moves past them."""
    own = await places.own_number(tx) if mark.missing else 0
    late = await places.late(tx, mark.missing, BATCH) if mark.missing else []
    rest = BATCH - len(late)
    fresh = await places.following(tx, mark.last, rest) if rest else []
    try:
        moved = rules.moved(
            mark, [row["number"] for row in (*late, *fresh)], own, ended if rest else 0
        )
    except ValueError as error:
        raise Contradiction("incomplete", str(error)) from None
    await places.keep_mark(tx, moved)
    return [*late, *fresh]


async def again(database: Database, batch: Batch) -> list[Leaf]:
    """The records of a batch whose places were given before."""
    async with database.transaction(readonly=True) as tx:
        rows = await places.leaves(tx, batch.first, batch.size)
    return [(row["leaf_index"], row["envelope"]) for row in rows]
