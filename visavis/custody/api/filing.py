"""The finding aid: every record is filed under its words, whatever order the commits came in."""

from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Stored
from visavis.custody.rules import finding as rules
from visavis.custody.store import finding as store
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.giving_way import breathe

# So many in one transaction, and so many between two turns of the loop.
PAGE, SLICE = 200, 10
# Longer than any transaction may take: what commits late is found by looking so far back.
BACK_US = 3600 * 1_000_000


async def file_records(tx: Tx) -> int:
    """File up to 200 records that are in no file yet; returns how many that were. 0: everything is filed."""
    mark, now = await store.mark(tx), clock.now_us()
    ids = await store.unfiled(tx, _id_at(mark - BACK_US), PAGE)
    if not ids:
        await store.move_mark(tx, max(mark, now))
        return 0
    rows: list[store.Filed] = []
    for one in await archive.by_ids(tx, ids):
        rows.append(_row(one))
        if len(rows) % SLICE == 0:
            await breathe()
    await store.file(tx, rows)
    return len(ids)


def _row(one: Stored) -> store.Filed:
    return (
        one.record_id, one.relationship_id or UUID(int=0), one.retention or "", one.kind, one.object_id,
        one.environment, one.at_us, rules.words_of(one.kind, one.body),
    )  # fmt: skip


def _id_at(us: int) -> UUID:
    """The smallest UUIDv7 of a moment."""
    return UUID(int=max(0, us // 1000) << 80)
