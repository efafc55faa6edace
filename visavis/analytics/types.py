"""The words of analytics: facts, lanes of the board, rows of the funnel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from visavis.dispatch.types import BoardFigures, Duty, Request
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal


class Kind(StrEnum):
    """What a fact counts; `number` is seconds for accepted and answered, stars for rated, else 0."""

    OPENED = "request.opened"
    ACCEPTED = "request.accepted"
    ANSWERED = "request.answered"
    RELEASED = "request.released"
    ABANDONED = "request.abandoned"
    MESSAGE_LEFT = "request.message_left"
    SLOT_BOOKED = "request.slot_booked"
    ESTABLISHED = "connection.established"
    DISSOLVED = "connection.dissolved"
    CLIENT_SPOKE = "client.spoke"
    STAFF_SPOKE = "staff.spoke"
    RATED = "conversation.rated"


class By(StrEnum):
    """What the funnel is split by."""

    BRANCH = "branch"
    ADVISOR = "advisor"


@dataclass(frozen=True)
class Fact:
    """One thing that counts; kept once per event, however often the event is delivered."""

    event_id: UUID
    kind: Kind
    at: datetime
    environment: Environment
    branch_id: UUID | None = None
    staff_id: UUID | None = None
    client_id: UUID | None = None
    topic: str = ""
    number: float = 0.0


@dataclass(frozen=True)
class BoardLane:
    """One lane of the board: who waits, and who of that branch is free for the topic."""

    branch_id: UUID | None
    topic: str
    waiting: int
    oldest: datetime | None
    free: int


@dataclass(frozen=True)
class Board:
    """The live board: dispatch's figures, the lanes with their free advisors, and names of branches."""

    figures: BoardFigures
    lanes: tuple[BoardLane, ...]
    branches: dict[UUID, tuple[str, str]]
    environment: Environment
    free_by_branch: dict[UUID | None, int]


@dataclass(frozen=True)
class BoardList:
    """What is behind a number of the board: requests or advisors, never a client's name."""

    requests: tuple[Request, ...]
    duty: tuple[Duty, ...]
    names: dict[UUID, tuple[str, str]]
    branches: dict[UUID, tuple[str, str]]


@dataclass(frozen=True)
class FunnelRow:
    """How far clients have come, of one branch or one advisor; definitions in `api.funnel`."""

    id: UUID | None
    name: str
    name_en: str
    assigned: int = 0
    never_met: int = 0
    connected: int = 0
    activated: int = 0
    active: int = 0
    dormant: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Funnel:
    """The connection funnel: the whole, its parts, and after how many silent days a connection is dormant."""

    total: FunnelRow
    rows: tuple[FunnelRow, ...]
    by: By
    dormant_days: int
    environment: Environment


class NoRehearsal(Refusal):
    """This installation serves real clients: simulated people do not play here."""

    code = "no_rehearsal"
    status = 409
