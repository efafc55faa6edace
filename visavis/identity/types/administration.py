"""Words for administration and the public look: details, filters, imports, verification; and the events."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from visavis.identity.types.people import Capability, PersonStatus
from visavis.kernel.auth import Environment, Role
from visavis.kernel.events import Event


@dataclass(frozen=True)
class StaffDetails:
    """What administration writes about a member of staff; in a change, None leaves a field as it is."""

    login: str | None = None
    name: str | None = None
    name_en: str | None = None
    roles: frozenset[Role] | None = None
    branch_id: UUID | None = None
    code: str | None = None
    employee_no: str | None = None
    languages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    capacity: int | None = None
    area: tuple[str, ...] | None = None
    environment: Environment = Environment.REAL


@dataclass(frozen=True)
class StaffFilter:
    """Which staff a list shows; None and empty do not filter. `expiring_days`: a licence ends within so many days."""

    q: str = ""
    role: Role | None = None
    branch_id: UUID | None = None
    status: PersonStatus | None = None
    locked: bool | None = None
    expiring_days: int | None = None


@dataclass(frozen=True)
class Invitation:
    """A single-use invitation; whoever holds the token sets the password."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class RowError:
    """What is wrong in an imported file; rows count from 1 below the heading, 0 is the heading itself."""

    row: int
    column: str
    code: str
    detail: str


@dataclass(frozen=True)
class ImportResult:
    """How an import ended: applied wholly, or not at all."""

    rows: int
    errors: tuple[RowError, ...]
    applied: bool


@dataclass(frozen=True)
class Verification:
    """What the public page says about a registration code; nothing but the code when it is not ours."""

    code: str
    found: bool
    person_id: UUID | None = None
    name: str = ""
    name_en: str = ""
    role: str = ""
    branch: str = ""
    branch_en: str = ""
    status: str = "unknown"
    valid_to: date | None = None
    left_on: date | None = None
    environment: Environment = Environment.REAL
    photo_url: str | None = None
    capabilities: tuple[Capability, ...] = ()


@dataclass(frozen=True)
class StaffLeft(Event):
    """A member of staff has left the firm; sessions are already gone."""

    staff_id: UUID


@dataclass(frozen=True)
class StaffSuspended(Event):
    """A member of staff may not act until further notice; sessions are already gone."""

    staff_id: UUID


@dataclass(frozen=True)
class LicenceChanged(Event):
    """A licence was added, suspended, revoked or extended."""

    staff_id: UUID


@dataclass(frozen=True)
class ClientRestricted(Event):
    """What is kept of a client is kept for the law's sake alone: no path may show him but compliance's."""

    client_id: UUID
