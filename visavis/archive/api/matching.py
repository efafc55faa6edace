"""Completeness of the database against the log: every leaf has its record, every record its leaf, to the byte."""

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from visavis.archive.seal import header_of
from visavis.archive.store import places, sequence
from visavis.archive.types import Damaged
from visavis.kernel.db import Row, Tx
from visavis.tlog.auditing import Audit
from visavis.tlog.faults import Fault, Level
from visavis.tlog.sources import Missing
from visavis.tlog.tiles import Malformed

STRIDE = 1_024


async def database_level(tx: Tx, audit: Audit) -> Level:
    """The level that a log alone cannot have: `checked` counts records that are, byte for byte, their leaf."""
    found = audit.checkpoint
    if found is None:
        return Level(
            "database", 0, Fault("checkpoint", "cannot be opened, nothing can be compared")
        )
    checked = 0
    try:
        for first, entries in _strides(audit.entries()):
            rows = await places.whole_leaves(tx, first, first + len(entries))
            fault = _first_fault(first, entries, rows)
            if fault:
                return Level("database", checked + (fault.leaf or first) - first, fault)
            checked += len(entries)
    except (Malformed, Missing) as error:
        return Level("database", checked, Fault("tile/entries", f"{error}", checked))
    marked = await sequence.newest_published(tx)
    beyond = await places.first_beyond(tx)
    # The files come before the mark in the database, so a log that grows meanwhile is never behind it.
    if marked and marked.size > found.size and marked.size > audit.size_by_now():
        what = f"holds {found.size} leaves, {marked.size} have been published"
        return Level("database", checked, Fault("checkpoint", what, found.size))
    if beyond is not None:
        fault = Fault(
            f"record {beyond['record_id']}", "has a place that no batch gave", beyond["leaf_index"]
        )
        return Level("database", checked, fault)
    for record_id in await places.unplaced(tx, 1):
        return Level(
            "database", checked, Fault(f"record {record_id}", "has no place and waits for none")
        )
    return Level("database", checked)


async def unplaced(tx: Tx, limit: int) -> list[UUID]:
    """Records that have no place in the log and wait for none, at most `limit`; there must be none."""
    return await places.unplaced(tx, limit)


def _strides(entries: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, list[bytes]]]:
    while some := list(islice(entries, STRIDE)):
        yield some[0][0], [entry for _, entry in some]


def _first_fault(first: int, entries: list[bytes], rows: list[Row]) -> Fault | None:
    by_place = {row["leaf_index"]: row for row in rows}
    for index, entry in enumerate(entries, first):
        row = by_place.get(index)
        if row is None:
            return Fault(
                f"record at leaf {index}", f"is missing; the leaf is {_named(entry)}", index
            )
        if bytes(row["envelope"]) != entry:
            return Fault(
                f"record {row['record_id']}", f"is not its leaf, which is {_named(entry)}", index
            )
        differing = _differing_column(row)
        if differing:
            return Fault(
                f"record {row['record_id']}",
                f"its column {differing} is not what was sealed",
                index,
            )
    return None


def _named(entry: bytes) -> str:
    try:
        return f"record {header_of(entry)[0]['id']}"
    except (Damaged, KeyError):
        return "no record of this platform"


def _differing_column(row: Row) -> str | None:
    """The first column that says something else than the sealed header."""
    try:
        header, _, _ = header_of(bytes(row["envelope"]))
    except Damaged:
        return None
    said = {
        "record_id": header.get("id"), "kind": header.get("kind"), "object_id": header.get("object"),
        "previous": header.get("prev"), "at_us": header.get("at"), "environment": header.get("env"),
    }  # fmt: skip
    kept = {**{name: str(row[name]) for name in said}, "previous": _hex(row["previous"])}
    return next((name for name in said if kept[name] != said[name]), None)


def _hex(digest: bytes | None) -> str | None:
    return bytes(digest).hex() if digest else None
