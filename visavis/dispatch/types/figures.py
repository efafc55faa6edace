"""The live board in numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.dispatch.types.words import Status


@dataclass(frozen=True)
class Lane:
    """Who waits now in one lane: the client's own branch, and the topic."""

    branch_id: UUID | None
    topic: str
    waiting: int
    oldest: datetime


@dataclass(frozen=True)
class Totals:
    """What became of the requests opened in a window; `filled` were accepted within 30 minutes, times in seconds."""

    opened: int
    filled: int
    abandoned: int
    answered: int
    p50_s: float | None
    p95_s: float | None


@dataclass(frozen=True)
class Point:
    """One step of a series; `waiting` at its end."""

    at: datetime
    opened: int
    accepted: int
    abandoned: int
    waiting: int


@dataclass(frozen=True)
class Duty:
    """An advisor who serves now; `free` is 0 for one who takes own clients only."""

    staff_id: UUID
    branch_id: UUID | None
    topics: tuple[str, ...]
    status: Status
    used: int
    capacity: int
    free: int


@dataclass(frozen=True)
class Crew:
    """Advisors of one branch with the same topics who serve now: how many, and how many of them are free."""

    branch_id: UUID | None
    topics: tuple[str, ...]
    on_duty: int
    free: int


@dataclass(frozen=True)
class BoardFigures:
    """The live board of one world."""

    at: datetime
    lanes: tuple[Lane, ...]
    totals: Totals
    series: tuple[Point, ...]
    crews: tuple[Crew, ...]
