"""Decisions of the archive without I/O: who may see what about the record."""

from collections.abc import Sequence

from visavis.archive.types import Mark
from visavis.kernel.auth import Actor, Role

HOLES = 1_000_000  # more numbers than that are not missing, they have been tampered with


def may_count(actor: Actor) -> bool:
    """Whether the actor answers for the record, or runs the platform that keeps it."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER, Role.OPERATOR, Role.ADMINISTRATOR)


def may_read_entries(actor: Actor) -> bool:
    """Whether the actor may fetch the sealed records as they lie in the log."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER)


def moved(mark: Mark, found: Sequence[int], own: int, ended: int) -> Mark:
    """The mark after the records of these numbers, ascending, got their places in the transaction `own`.

    Numbers that were not there may still come: whoever took one had begun to write before the numbers after it were
    seen, so before the next transaction that gives places. Once all transactions before `ended` are over, those that
    were missed by an earlier one never come. Raises ValueError where too many are missing to be true.
    """
    last = max(mark.last, *found)
    if last - mark.last > len(found) + HOLES:
        raise ValueError(f"{last - mark.last} records before number {last} are missing")
    there = set(found)
    kept = {
        number: since or own
        for number, since in mark.missing.items()
        if number not in there and not 0 < since <= ended
    }
    return Mark(last, kept | dict.fromkeys(sorted({*range(mark.last + 1, last)} - there), 0))
