"""The finding aid: every record is filed under its words, whatever order the commits came in."""

from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Stored
from visavis.custody.rules import finding as rules
from visavis.custody.store import finding as store
from visavis.kernel import clock
from visavis.kernel.db import Database, Tx
from visavis.kernel.giving_way import breathe, lately

# So many in one transaction, fewer beside messages, and so many between two turns of the loop.
PAGE, FEW, SLICE = 50, 16, 2
# Longer than any transaction may take: what commits late is found by looking so far back.
BACK_US = 3600 * 1_000_000


async def file_records(tx: Tx, after: UUID | None = None) -> UUID | None:
    """File up to 50 records that are in no file yet, in order, and return the last; None: everything is filed.

    Going on `after` the last one spares looking at what is filed already; what committed late may lie below it.
    """
    mark, now = await store.mark(tx), clock.now_us()
    ids = await store.unfiled(tx, after or _id_at(mark - BACK_US), FEW if lately() else PAGE)
    if not ids:
        if after is None:
            await store.move_mark(tx, max(mark, now))
        return None
    rows: list[store.Filed] = []
    for one in await archive.by_ids(tx, ids):
        rows.append(_row(one))
        if len(rows) % SLICE == 0:
            await breathe()
    await store.file(tx, rows)
    return ids[-1]


async def file_all(database: Database) -> None:
    """File all that is on record by now, page by page, each in a transaction of its own."""
    now = _id_at(clock.now_us() + 1000)
    # A row of pages goes on where the last one ended; one more from the beginning finds what committed late.
    for _ in range(2):
        last = await _page(database, None)
        while last is not None and last < now:
            last = await _page(database, last)


async def _page(database: Database, after: UUID | None) -> UUID | None:
    async with database.transaction() as tx:
        return await file_records(tx, after)


def _row(one: Stored) -> store.Filed:
    return (
        one.record_id, one.relationship_id or UUID(int=0), one.retention or "", one.kind, one.object_id,
        one.environment, one.at_us, rules.words_of(one.kind, one.body),
    )  # fmt: skip


def _id_at(us: int) -> UUID:
    """The smallest UUIDv7 of a moment."""
    return UUID(int=max(0, us // 1000) << 80)
