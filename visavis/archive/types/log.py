"""The words of the log: batches and their checkpoints, how it is doing, and what speaks against a proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from visavis.kernel.errors import Refusal


@dataclass(frozen=True)
class Batch:
    """Leaves of the log from `first` up to, but without, `size`; root and checkpoint once they are published."""

    first: int
    size: int
    root: bytes | None = None
    checkpoint: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class Mark:
    """Records up to the number `last` have their places, or are among the `missing`: their transactions had not ended
    yet, or were rolled back. Each with the transaction by which it was missed for the second time, 0 before.
    """

    last: int
    missing: Mapping[int, int]


@dataclass(frozen=True)
class Halt:
    """Why the log signs nothing: `reason` is a word for programs, `place` the file or leaf it was seen at."""

    reason: str
    place: str
    at: datetime


@dataclass(frozen=True)
class Stamp:
    """An outside authority's word (RFC 3161) that the checkpoint with this text existed at that time."""

    size: int
    text: str
    taken_at: datetime
    response: bytes


@dataclass(frozen=True)
class Standing:
    """How the log is doing: `size` leaves are published, `waiting` records (10,000 at most) have no place yet.

    `oldest_waiting_us` is when the oldest record that no checkpoint covers was sealed (microseconds UTC),
    with a place or without; capture health is measured by it.
    """

    size: int
    sequenced: int
    waiting: int
    oldest_waiting_us: int | None
    published_at: datetime | None
    halt: Halt | None


class NotLogged(Refusal):
    """The record is kept, but no checkpoint covers it yet; it takes seconds."""

    code = "record_not_logged"
    status = 409


class LogFaulty(Refusal):
    """The log's files do not prove the record; the incident is logged."""

    code = "log_faulty"
    status = 500
