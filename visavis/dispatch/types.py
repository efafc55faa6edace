"""The words of dispatch: requests, offers, claims, decisions, presence; its events and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from visavis.connections.types import PersonCard
from visavis.identity.types import Topic
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event

RequestTopic = Topic


class State(StrEnum):
    """Where a request stands; `message_left` sleeps until the next opening, `scheduled` until its slot."""

    WAITING = "waiting"
    HELD = "held"
    OFFERED = "offered"
    POOLED = "pooled"
    SCHEDULED = "scheduled"
    MESSAGE_LEFT = "message_left"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    CLOSED = "closed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


class Stage(IntEnum):
    """How far a request has come on the ladder."""

    OWN = 0
    OFFER = 1
    POOL = 2
    NIGHT = 3


class Mode(StrEnum):
    """What a decision did."""

    OWN = "own"
    HOLD = "hold"
    OFFER = "offer"
    POOL = "pool"
    GRAB = "grab"
    NONE = "none"


class OfferState(StrEnum):
    """How an offer stands or ended; `taken` means that somebody else was faster."""

    LIVE = "live"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """What an advisor says of himself: `busy` takes own clients only, `break` and `off` take nobody."""

    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    OFF = "off"


class Choice(StrEnum):
    """What a waiting client may say: wait (for the own advisor), leave a message, take another one now, stop."""

    WAIT = "wait"
    MESSAGE = "message"
    ANOTHER = "another"
    CANCEL = "cancel"


class DeclineReason(StrEnum):
    """Why an advisor passes an offer on; none of them is a fault."""

    BUSY = "busy"
    TOPIC = "topic"
    CONFLICT = "conflict"
    BREAK = "break"
    OTHER = "other"


class Constraint(StrEnum):
    """A hard constraint, checked when offering and again inside the claim's transaction."""

    ENVIRONMENT = "environment"
    STATUS = "status"
    ROLE = "role"
    LICENCE = "licence"
    LANGUAGE = "language"
    EXCLUDED = "excluded"
    ASKED = "asked"
    PRESENCE = "presence"
    OWN_CLIENTS_ONLY = "own_clients_only"
    CAPACITY = "capacity"
    LIVE_OFFER = "live_offer"


LIVE_STATES = frozenset({State.WAITING, State.HELD, State.OFFERED, State.POOLED})
CLAIMABLE = frozenset({State.OFFERED, State.POOLED})
HANDLED = frozenset({State.ACCEPTED, State.ANSWERED})
OVER = frozenset({State.CLOSED, State.ABANDONED, State.CANCELLED})


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


@dataclass(frozen=True)
class Offer:
    """An offer of one request to one advisor; `why` is a list of codes with parameters."""

    id: UUID
    request_id: UUID
    advisor_id: UUID
    decision_id: UUID
    rank: int
    of: int
    state: OfferState
    why: tuple[Mapping[str, Any], ...]
    reason: str | None
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Load:
    """An advisor's presence and capacity; `used` counts the requests that he has accepted and not closed."""

    advisor_id: UUID
    used: int
    capacity: int
    status: Status
    seen_at: datetime | None
    pushable: bool
    missed_offers: int
    offers_today: int
    offers_day: date | None


@dataclass(frozen=True)
class Presence:
    """What others may know of an advisor's presence; `away` says that only a notice reaches his sleeping device."""

    person_id: UUID
    status: Status
    capacity: int
    used: int
    away: bool = False


@dataclass(frozen=True)
class Candidate:
    """One advisor as a decision saw him: a score with its parts, or the constraint that failed."""

    staff_id: UUID
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    refused: Constraint | None = None
    detail: str = ""


@dataclass(frozen=True)
class Decision:
    """Why this advisor: kept when it was made, read as it is, never recomputed."""

    id: UUID
    request_id: UUID
    stage: Stage
    mode: Mode
    policy_version: str
    chosen: tuple[UUID, ...]
    candidates: tuple[Candidate, ...]
    at: datetime


@dataclass(frozen=True)
class Explained:
    """A decision with the names that its reader may know; `topic` and what follows are filled in lists."""

    decision: Decision
    names: Mapping[UUID, str]
    topic: str = ""
    capability: str = ""
    state: str = ""


@dataclass(frozen=True)
class Estimate:
    """The median of the last hour's waits for this capability in seconds (None: unknown), and how many there were."""

    seconds: int | None
    count: int


@dataclass(frozen=True)
class Queue:
    """A request as its client sees it: the place in the line of its capability, and what may be chosen."""

    position: int | None
    estimate: Estimate
    choices: tuple[Choice, ...]
    slots: bool


@dataclass(frozen=True)
class Claimed:
    """The one answer to an accept or a grab, however often it is sent."""

    request_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class Opening:
    """A span of opening hours on a weekday (0 Monday), local time."""

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
class OfferView:
    """An offer or a pooled request as an advisor may see it: the client's name only where he is his own."""

    id: UUID
    request_id: UUID
    conversation_id: UUID
    topic: str
    language: str
    capability: str
    environment: Environment
    waiting_since: datetime
    why: tuple[Mapping[str, Any], ...]
    client_id: UUID | None
    client_name: str
    excerpt: str
    rank: int
    of: int
    issued_at: datetime
    expires_at: datetime | None
    state: OfferState
    pooled: bool = False
    ended_by: UUID | None = None


@dataclass(frozen=True)
class Slot:
    """A time that a client may book, and how many bookings it still takes."""

    starts_at: datetime
    free: int


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
class BoardFigures:
    """The live board of one world."""

    at: datetime
    lanes: tuple[Lane, ...]
    totals: Totals
    series: tuple[Point, ...]
    duty: tuple[Duty, ...]


@dataclass(frozen=True)
class Card:
    """Who serves a client: the public card, and whether he is here."""

    person: PersonCard
    presence: Status


@dataclass(frozen=True)
class Home:
    """The client's first page; times are UTC, `before` is whom the own advisor has succeeded."""

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


@dataclass(frozen=True)
class Colleague:
    """Somebody who could take a conversation over, or why not."""

    staff_id: UUID
    name: str
    name_en: str
    branch_name: str
    branch_name_en: str
    presence: Presence
    free: int
    refused: Constraint | None


@dataclass(frozen=True)
class RequestOpened(Event):
    """A client asks for a person."""

    request_id: UUID
    client_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class OfferMade(Event):
    """An advisor was offered a request."""

    offer_id: UUID
    request_id: UUID
    advisor_id: UUID


@dataclass(frozen=True)
class RequestAccepted(Event):
    """An advisor has claimed a request, by accepting an offer or by grabbing; `waited_s` since the client asked."""

    request_id: UUID
    advisor_id: UUID
    waited_s: float


@dataclass(frozen=True)
class RequestAnswered(Event):
    """The advisor's first word; `seconds` since the client asked."""

    request_id: UUID
    advisor_id: UUID
    seconds: float


@dataclass(frozen=True)
class RequestReleased(Event):
    """An accepted request moved on: silence, disconnect, or its advisor may no longer serve it."""

    request_id: UUID
    advisor_id: UUID
    reason: str


@dataclass(frozen=True)
class RequestAbandoned(Event):
    """The client went away before anybody accepted."""

    request_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class MessageLeft(Event):
    """The request sleeps until the next opening, when it comes back by itself."""

    request_id: UUID
    client_id: UUID
    own_advisor_id: UUID | None


@dataclass(frozen=True)
class SlotBooked(Event):
    """The client booked a time; the request comes back then."""

    request_id: UUID
    client_id: UUID
    own_advisor_id: UUID | None


@dataclass(frozen=True)
class RequestClosed(Event):
    """The request has ended after an answer, or was cancelled by the client."""

    request_id: UUID
    client_id: UUID


class AlreadyTaken(Refusal):
    """Somebody else was faster."""

    code = "already_taken"
    status = 409


class OfferOver(Refusal):
    """The offer has expired or was withdrawn."""

    code = "offer_over"
    status = 409


class NotEligible(Refusal):
    """A hard constraint failed at the moment of the claim; `params["constraint"]` names it."""

    code = "not_eligible"
    status = 409


class RequestOver(Refusal):
    """The request is no longer waiting, so that nothing can be chosen."""

    code = "request_over"
    status = 409


class SlotTaken(Refusal):
    """This time cannot be booked (any more)."""

    code = "slot_taken"
    status = 409


class KeyReused(Refusal):
    """The same client_key came with another request."""

    code = "client_key_reused"
    status = 409


class NotServing(Refusal):
    """Only staff who serve clients have a presence."""

    code = "not_serving"
    status = 403


class NoPersonForVisitors(Refusal):
    """A visitor who is not signed in gets education only."""

    code = "sign_in_for_person"
    status = 403
