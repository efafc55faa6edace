"""What connections are: states, ties, grounds, and what the door takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from visavis.kernel.auth import Actor, Environment


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
    TRANSFER = "transfer"


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


class Ask(msgspec.Struct, frozen=True):
    """May `actor` speak now in the conversation of `client_id`? `first`: no word of the client waits for this one."""

    actor: Actor
    client_id: UUID
    conversation_id: UUID
    first: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where a pair stands: the connection's state, the client's last turn towards this person, her unanswered word."""

    state: State
    turned_at: datetime | None = None
    waiting_since: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """A message, or `count` of one side in a row, that was delivered between a client and a member of staff."""

    client_id: UUID
    staff_id: UUID
    by_client: bool
    at: datetime
    count: int = 1


@dataclass(frozen=True)
class Limits:
    """Limits on proactive contact: touches per period, local hours of rest of the firm and of the client (CONN-04)."""

    cap: int
    period_days: int
    quiet_from: str
    quiet_to: str
    zone: str
    own: tuple[str, str] | None = None


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
