"""The comparison of every table of origin with the record, both ways; with the log; and of the numberings.

One snapshot, read in pages: memory does not grow with the archive. Behind the door (`api/auditing.py`).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Numbering, Origin, Stored
from visavis.custody.rules import auditing as rules
from visavis.custody.store import auditing as store
from visavis.custody.types import Fault, Line, What
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.tlog.tiles import Tile

PAGE = 500
WIDTH = 256
HASH = 32


@dataclass
class Findings:
    """What a comparison has seen so far; the first thousand faults are kept, all are counted."""

    records: int = 0
    lines: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)
    open: UUID | None = None  # the object whose records go on in the next page
    changed: list[tuple[Fault, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def add(self, *faults: Fault) -> None:
        """Count faults, and keep them as long as there is room."""
        self.count += len(faults)
        self.faults += faults[: max(0, store.KEPT - len(self.faults))]


async def compare(tx: Tx, origins: Sequence[Origin], numberings: Sequence[Numbering]) -> Findings:
    """Compare everything; the transaction must be fresh, and what it holds is read once."""
    found = Findings(lines=await store.stage(tx, origins))
    await _records(tx, origins, found)
    found.faults[:0] = rules.exchanged(found.changed)
    total, unmet = await store.unmet(tx)
    found.add(*(Fault(What.ROW_ADDED, one.table, one.key, one.record_id) for one in unmet))
    found.count += total - len(unmet)
    found.add(
        *(
            Fault(What.RECORD_MISSING, "record", str(one), None, ("all",))
            for one in await archive.headless(tx)
        )
    )
    for numbering in numberings:
        for key, number, what in await store.numbers(tx, numbering):
            kind = What.NUMBER_MISSING if what == "missing" else What.NUMBER_BEYOND
            found.add(Fault(kind, numbering.table, f"{key}/{number}"))
    await _log(tx, found)
    return found


async def _records(tx: Tx, origins: Sequence[Origin], found: Findings) -> None:
    """Every record, object by object: its chain, and the rows that its threads owe."""
    by_table = {one.table: one for one in origins}
    after = (UUID(int=0), UUID(int=0))
    carried: list[Stored] = []
    links: list[rules.Link] = []
    while True:
        page = await archive.by_object(tx, after, PAGE)
        found.records += len(page)
        for one in page:
            if one.fault:
                place = str(one.record_id)
                found.add(Fault(What.RECORD_DAMAGED, "record", place, one.record_id, (one.fault,)))
        last = page[-1].object_id if page else None
        whole = [one for one in (*carried, *page) if one.object_id != last]
        await _threads(tx, by_table, rules.gather(origins, whole), found)
        links = await _chains(tx, links, page, last, found)
        # What an object has said so far is kept until its last record has been read; of most kinds nothing is owed.
        carried = [
            one for one in (*carried, *page) if one.object_id == last and _owing(origins, one)
        ]
        if last is None:
            return
        after = (page[-1].object_id, page[-1].record_id)


def _owing(origins: Sequence[Origin], record: Stored) -> bool:
    return any(record.kind in origin.kinds for origin in origins)


async def _chains(
    tx: Tx, carried: list[rules.Link], page: Sequence[Stored], last: UUID | None, found: Findings
) -> list[rules.Link]:
    """Check the chains of objects that are complete now; returns the links of the one that goes on."""
    groups: dict[UUID, list[rules.Link]] = {}
    for one in page:
        groups.setdefault(one.object_id, []).append(rules.link_of(one))
    if found.open is not None:
        groups[found.open] = [*carried, *groups.get(found.open, ())]
    rest = groups.pop(last, []) if last is not None else []
    heads = await archive.heads(tx, groups.keys())
    for object_id, links in groups.items():
        found.add(*rules.chain(object_id, links, heads.get(object_id)))
    found.open = last
    return rest


async def _threads(
    tx: Tx, origins: dict[str, Origin], told: dict[rules.Thread, rules.Told], found: Findings
) -> None:
    """Hold the rows of these threads against their records."""
    lines: dict[rules.Thread, list[Line]] = {}
    for one in await store.lines(tx, {thread for _, thread in told}) if told else ():
        lines.setdefault((one.table, one.thread), []).append(one)
    met = []
    for thread, said in told.items():
        rows = lines.get(thread, ())
        met += [one.number for one in rows]
        faults = [fault for one in rows if (fault := _hold(origins, one, said, found))]
        if not rows and (gone := rules.missing(origins[thread[0]], said)):
            faults.append(gone)
        found.add(*faults)
    await store.met(tx, met)


def _hold(
    origins: dict[str, Origin], line: Line, told: rules.Told, found: Findings
) -> Fault | None:
    """One row against its thread; a changed one is put aside, since its words may have been swapped with another's."""
    fault = rules.compare(origins[line.table], line, told)
    if fault is None or fault.what is not What.ROW_CHANGED or len(found.changed) >= store.KEPT:
        return fault
    found.count += 1
    found.changed.append((fault, dict(line.says), told.words))
    return None


async def _log(tx: Tx, found: Findings) -> None:
    """Every record's bytes against the leaf hashes of the published log; none has been passed over."""
    for one in await archive.unplaced(tx, store.KEPT):
        found.add(Fault(What.NOT_LOGGED, "record", str(one), one))
    size = (await archive.standing(tx)).size
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        content = _hashes(first // WIDTH, width)
        if content is None:
            found.add(Fault(What.NOT_LOGGED, "log", f"leaves {first} to {first + width - 1}"))
            continue
        hashes = [content[at : at + HASH] for at in range(0, width * HASH, HASH)]
        found.add(*rules.leaves(first, await store.leaves(tx, first, first + width), hashes))


def _hashes(index: int, width: int) -> bytes | None:
    """The leaf hashes of a tile; a partial one may have been overtaken by the full one meanwhile."""
    for tile in (Tile(0, index, width), Tile(0, index)):
        with suppress(NotFound):
            content = archive.log_file(tile.path)
            return content if len(content) >= width * HASH else None
    return None
