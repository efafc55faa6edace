"""The enumerations of dispatch, and which states belong together."""

from enum import IntEnum, StrEnum

from visavis.identity.types import Topic

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
    AREA = "area"
    LANGUAGE = "language"
    EXCLUDED = "excluded"
    ASKED = "asked"
    PRESENCE = "presence"
    OWN_CLIENTS_ONLY = "own_clients_only"
    CAPACITY = "capacity"
    LIVE_OFFER = "live_offer"


LIVE_STATES = frozenset({State.WAITING, State.HELD, State.OFFERED, State.POOLED})
HANDLED = frozenset({State.ACCEPTED, State.ANSWERED})
OVER = frozenset({State.CLOSED, State.ABANDONED, State.CANCELLED})
