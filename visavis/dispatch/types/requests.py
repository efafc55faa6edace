"""Requests, what their client sees of them, and the hours in which somebody serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from visavis.connections.types import PersonCard
from visavis.conversations.types import Entry
from visavis.dispatch.types.words import Choice, Stage, State, Status
from visavis.kernel.auth import Environment


@dataclass(frozen=True)
class Request:
    """A client's request for a person; the clock of the first response runs from `opened_at`."""

    id: UUID
    client_id: UUID
    conversation_id: UUID
    environment: Environment
    topic: str
    language: str
    capability: str
    context: Mapping[str, Any]
    summary: str
    own_advisor_id: UUID | None
    branch_id: UUID | None
    wait_for: str
    state: State
    stage: Stage
    excluded: tuple[UUID, ...]
    version: int
    due_at: datetime | None
    opened_at: datetime
    waiting_since: datetime
    client_seen_at: datetime
    touched_at: datetime
    # The client need not stay: a left message or a booked time is never given up.
    patient: bool = False
    advisor_id: UUID | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    slot_at: datetime | None = None
    # When somebody excluded may be asked again; who is excluded and not named here is so for good.
    back_at: Mapping[UUID, datetime] = field(default_factory=dict)
    # Since when nobody could be asked although somebody waits.
    stranded_at: datetime | None = None


@dataclass(frozen=True)
class Estimate:
    """The median of the last hour's waits for this capability in seconds (None: unknown), and how many there were."""

    seconds: int | None
    count: int


@dataclass(frozen=True)
class Queue:
    """A request as its client sees it: its place in the line of its capability, and what may be chosen.

    `stranded`: nobody who may serve it is free; it goes on being offered, and other ways are shown.
    """

    position: int | None
    estimate: Estimate
    choices: tuple[Choice, ...]
    slots: bool
    stranded: bool = False


@dataclass(frozen=True)
class Opening:
    """A span of opening hours on a weekday (0 Monday), local time; one that closes at 00:00 lasts until midnight."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class CalendarDay:
    """A day that differs from its weekday: whether the exchange trades and the firm works."""

    day: date
    trading: bool
    working: bool
    note: str = ""


@dataclass(frozen=True)
class Opened:
    """Whether somebody serves at this hour, and when that begins again."""

    now: bool
    next_at: datetime | None


@dataclass(frozen=True)
class Slot:
    """A time that a client may book, and how many bookings it still takes."""

    starts_at: datetime
    free: int


@dataclass(frozen=True)
class Card:
    """Who serves a client: the public card, and whether he is here."""

    person: PersonCard
    presence: Status


@dataclass(frozen=True)
class Home:
    """The client's first page; times are UTC, `before` is whom the own advisor has succeeded.

    `handover`: the firm plans to let somebody else serve him. `breach`: the notice of a breach that he has not read.
    """

    advisor: Card | None
    before: Card | None
    connection_id: UUID | None
    connection_state: str
    since: datetime | None
    noticed_at: datetime | None
    conversation_id: UUID | None
    request: Request | None
    opened: Opened
    slots: tuple[Slot, ...]
    handover: bool = False
    breach: Entry | None = None
