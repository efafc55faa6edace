"""The words of connections: states, ties, reasons, events and refusals."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from visavis.kernel.auth import Actor, Environment
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event


class State(StrEnum):
    """Where a connection stands; `proposed` is assigned in the firm's book and never in contact."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DISSOLVED = "dissolved"


class Tie(StrEnum):
    """How the two belong together: by the firm's book, or met through a request."""

    OWN = "own"
    SERVED = "served"


class Basis(StrEnum):
    """On what ground a connection exists (CONN-01: every establishing carries its basis)."""

    BOOK = "book"
    FIRST_CONTACT = "first_contact"
    ACCEPTANCE = "acceptance"
    SUCCESSION = "succession"
    CLIENT_CHOICE = "client_choice"
    ADMINISTRATION = "administration"


class Reason(StrEnum):
    """Why a connection ended or rests (CONN-01: every dissolving carries a reason code)."""

    STAFF_LEFT = "staff_left"
    STAFF_SUSPENDED = "staff_suspended"
    CHANGED_POST = "changed_post"
    CLIENT_DECLINED = "client_declined"
    REASSIGNED = "reassigned"
    COMPLAINT = "complaint"
    COMPLIANCE = "compliance"
    ERROR = "error"


@dataclass(frozen=True)
class Connection:
    """One relation of a client with a member of staff; `reason` is a `Reason` once it rests or has ended."""

    id: UUID
    client_id: UUID
    staff_id: UUID
    environment: Environment
    state: State
    tie: Tie
    basis: str
    assigned_at: datetime
    established_at: datetime | None
    established_by: UUID | None
    dissolved_at: datetime | None
    dissolved_by: UUID | None
    reason: str | None
    successor_of: UUID | None
    last_client_at: datetime | None
    last_staff_at: datetime | None
    contacts: int
    record_id: UUID

    @property
    def met(self) -> bool:
        """Whether the two were ever in contact."""
        return self.contacts > 0

    @property
    def last_contact_at(self) -> datetime | None:
        """The last message of either side."""
        return max(
            (at for at in (self.last_client_at, self.last_staff_at) if at is not None), default=None
        )


@dataclass(frozen=True)
class Ask:
    """May `actor` speak now in the conversation of `client_id`?"""

    actor: Actor
    client_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class Contact:
    """A message that was delivered between a client and a member of staff."""

    client_id: UUID
    staff_id: UUID
    by_client: bool
    at: datetime


@dataclass(frozen=True)
class Limits:
    """The firm's limits on proactive contact: touches per period, and local hours of rest (CONN-04)."""

    cap: int
    period_days: int
    quiet_from: str
    quiet_to: str
    zone: str


@dataclass(frozen=True)
class PersonCard:
    """What a client may know of a member of staff; `usual_reply_s` is a median of observed replies in seconds."""

    id: UUID
    name: str
    name_en: str
    role: str
    code: str | None
    firm: str
    firm_en: str
    branch: str
    branch_en: str
    photo: str | None
    verify_url: str | None
    usual_reply_s: int | None
    active: bool


@dataclass(frozen=True)
class BookRow:
    """One row of the firm's book: this client belongs to this employee since that day."""

    row: int
    client_no: str
    client_name: str
    employee_no: str
    assigned_on: date
    language: str


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row of an imported book; `row` counts from 1, the heading line included.

    `value` is what was found, made harmless for spreadsheets; `first` is the row that a duplicate repeats.
    """

    row: int
    column: str
    code: str
    value: str = ""
    first: int = 0


@dataclass(frozen=True)
class BookResult:
    """What an import did or, in a dry run, would do; nothing is applied while there are errors."""

    rows: int
    created: int
    moved: int
    unchanged: int
    errors: tuple[RowError, ...]
    applied: bool
    import_id: UUID | None = None


@dataclass(frozen=True)
class ConnectionProposed(Event):
    """The firm has assigned a client to a member of staff; they have not met."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID


@dataclass(frozen=True)
class ConnectionEstablished(Event):
    """The two may talk from now on."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID


@dataclass(frozen=True)
class ConnectionDissolved(Event):
    """The two may not talk any more; a successor, where there is one, is already proposed."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID
    successor_id: UUID | None = None


class NotConnected(Refusal):
    """There is no connection between this member of staff and this client, or it is not established."""

    code = "not_connected"
    status = 403


class ConnectionEnded(Refusal):
    """The firm has dissolved the connection."""

    code = "connection_dissolved"
    status = 403


class ConnectionResting(Refusal):
    """The firm has suspended the connection."""

    code = "connection_suspended"
    status = 403


class LicenceExpired(Refusal):
    """The sender's registration does not stand at this moment (条例 2020 art 23; LIC-01)."""

    code = "licence_expired"
    status = 403


class CapabilityMissing(Refusal):
    """The sender's role may not serve clients at all (LIC-02: partner staff only refer)."""

    code = "capability_missing"
    status = 403


class StaffSuspended(Refusal):
    """The sender is suspended or has left the firm."""

    code = "staff_suspended"
    status = 403


class ClientRestricted(Refusal):
    """The client may not write at the moment."""

    code = "client_restricted"
    status = 403


class WrongEnvironment(Refusal):
    """Sender and client belong to different worlds (real, simulated, test)."""

    code = "wrong_environment"
    status = 403


class TouchCapReached(Refusal):
    """Too many proactive contacts lately; `allowed_at` is in ms."""

    code = "touch_cap_reached"
    status = 429


class QuietHours(Refusal):
    """No proactive contact at this hour; `allowed_at` is in ms."""

    code = "quiet_hours"
    status = 409


class AlreadyDissolved(Refusal):
    """The connection has ended before."""

    code = "already_dissolved"
    status = 409


class NoSuchSuccessor(Refusal):
    """The chosen successor cannot serve this client; `reason` says why."""

    code = "no_such_successor"
    status = 409


class UnreadableBook(Refusal):
    """The file as a whole cannot be used; `reason` says why."""

    code = "book_unreadable"
    status = 422
