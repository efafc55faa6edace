"""Comparing rows with records, without I/O: what a row says, what its thread of records says, where they differ."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from visavis.archive.types import Origin, Stored
from visavis.custody.types import Fault, Line, What

NEAR = 0.001

Thread = tuple[str, str]  # table, thread
Link = tuple[UUID, bytes | None, bytes]  # record, digest of the one before, digest


@dataclass
class Told:
    """What the records of one thread say, the later overriding the earlier; `opened` is False once shredded."""

    words: dict[str, Any] = field(default_factory=dict)
    records: list[Stored] = field(default_factory=list)
    opened: bool = True


def words_of(record: Stored) -> dict[str, Any]:
    """A record's words, clear and sealed, with those about it under names that begin with @."""
    return {
        **record.clear,
        **(record.body or {}),
        "@record": str(record.record_id),
        "@object": str(record.object_id),
        "@kind": record.kind,
        "@env": record.environment,
    }


def thread_of(origin: Origin, record: Stored, words: Mapping[str, Any]) -> str | None:
    """The thread of `origin` that the record belongs to, or None where it owes it nothing."""
    if record.kind not in origin.kinds:
        return None
    if origin.when and record.body is not None and not words.get(origin.when):
        return None
    try:
        return origin.thread.format_map(words)
    except KeyError:
        # Sealed words are gone with their key: what the clear part does not say cannot be claimed.
        return None


def gather(origins: Iterable[Origin], records: Iterable[Stored]) -> dict[Thread, Told]:
    """The threads that these records, in order, make for these origins."""
    found: dict[Thread, Told] = {}
    for record in records:
        words = words_of(record)
        for origin in origins:
            thread = thread_of(origin, record, words)
            if thread is not None:
                told = found.setdefault((origin.table, thread), Told())
                told.words.update(words)
                told.records.append(record)
                told.opened = told.opened and record.body is not None
    return found


def differing(says: Mapping[str, Any], words: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a row that its records do not bear out."""
    return tuple(sorted(name for name, value in says.items() if not _agree(value, words.get(name))))


def _agree(row: Any, record: Any) -> bool:
    if isinstance(row, Mapping) and row.keys() == {"$in"}:
        return record in row["$in"]
    if isinstance(row, Mapping) and row.keys() == {"$has"}:
        known = record if isinstance(record, Mapping) else {}
        return all(known.get(name) == value for name, value in row["$has"].items())
    if isinstance(row, Mapping) and row.keys() == {"$near"}:
        try:
            return abs(float(record) - float(row["$near"])) <= NEAR
        except (TypeError, ValueError):
            return False
    return bool(row == record)


def compare(origin: Origin, line: Line, told: Told) -> Fault | None:
    """What is wrong with a row whose thread is on record."""
    newest = told.records[-1]
    if newest.kind in origin.ends:
        return Fault(What.ROW_OUTLIVES, line.table, line.key, newest.record_id)
    if not told.opened:
        shredded = any(one.body is None and not one.fault for one in told.records)
        return (
            Fault(What.ROW_OUTLIVES, line.table, line.key, newest.record_id) if shredded else None
        )
    says = origin.derive(line.says) if origin.derive else line.says
    fields = differing(says, told.words)
    if line.record_id is not None and line.record_id not in {one.record_id for one in told.records}:
        fields = (*fields, "record_id")
    if fields:
        return Fault(What.ROW_CHANGED, line.table, line.key, newest.record_id, fields)
    return None


def missing(origin: Origin, told: Told) -> Fault | None:
    """A thread without a row; that of one that was ended is gone rightly, and that of a destroyed key."""
    newest = told.records[-1]
    if newest.kind in origin.ends or any(one.body is None for one in told.records):
        return None
    return Fault(What.ROW_MISSING, origin.table, str(newest.object_id), newest.record_id)


def link_of(record: Stored) -> Link:
    """What the chain needs of a record."""
    return record.record_id, record.previous, hashlib.sha256(record.envelope).digest()


def chain(object_id: UUID, links: Sequence[Link], head: bytes | None) -> list[Fault]:
    """What is wrong with an object's records: each carries the SHA-256 of the one before, the head that of the last."""
    about = str(object_id)
    digests = {digest for _, _, digest in links}
    used: set[bytes | None] = set()
    faults = []
    for record_id, previous, _ in links:
        if (previous is not None and previous not in digests) or previous in used:
            faults.append(Fault(What.CHAIN_BROKEN, "record", about, record_id))
        used.add(previous)
    if None not in used:
        faults.append(Fault(What.RECORD_MISSING, "record", about, None, ("first",)))
    if head is None or digests - used != {head}:
        faults.append(Fault(What.RECORD_MISSING, "record", about, None, ("last",)))
    return faults


def exchanged(changed: Sequence[tuple[Fault, Mapping[str, Any], Mapping[str, Any]]]) -> list[Fault]:
    """The faults of changed rows, given with what row and record say: two that say each other's words were swapped."""
    faults = []
    for one, says, words in changed:
        twin = next(
            (
                other
                for other, his_says, his_words in changed
                if other is not one and other.table == one.table
                and _names_agree(one.fields, says, his_words)
                and _names_agree(other.fields, his_says, words)
            ),
            None,
        )  # fmt: skip
        faults.append(
            Fault(
                What.ROW_SWAPPED,
                one.table,
                one.key,
                one.record_id,
                (*one.fields, f"with {twin.key}"),
            )
            if twin is not None
            else one
        )
    return faults


def _names_agree(fields: Sequence[str], says: Mapping[str, Any], words: Mapping[str, Any]) -> bool:
    return all(_agree(says.get(name), words.get(name)) for name in fields if name != "record_id")


def leaves(
    first: int, known: Mapping[int, tuple[UUID, bytes]], hashes: Sequence[bytes]
) -> list[Fault]:
    """What is wrong with records at the places from `first` on, given the log's leaf hashes there (RFC 6962 §2.1)."""
    faults = []
    for index, expected in enumerate(hashes, first):
        found = known.get(index)
        if found is None:
            faults.append(Fault(What.RECORD_MISSING, "log", f"leaf {index}"))
        elif found[1] != expected:
            faults.append(Fault(What.NOT_LOGGED, "log", f"leaf {index}", found[0]))
    return faults
