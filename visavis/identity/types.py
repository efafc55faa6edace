"""The words of identity: people, staff, licences, capabilities, sessions; its events and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.errors import Forbidden, NotSignedIn, Refusal
from visavis.kernel.events import Event


class Topic(StrEnum):
    """What a question is about; shared by every context above."""

    ACCOUNT = "account"
    TRADING = "trading"
    FUND = "fund"
    BOND = "bond"
    MARGIN = "margin"
    SUITABILITY = "suitability"
    FEES = "fees"
    IPO = "ipo"
    APP = "app"
    SECURITY = "security"
    COMPLAINT = "complaint"
    PLANNING = "planning"
    OTHER = "other"


class Capability(StrEnum):
    """What somebody may do now; derived from role, status and licences, never assigned by hand."""

    ADVISE = "advise"
    RELAY = "relay"
    SERVE = "serve"
    REFER = "refer"
    EDUCATE = "educate"


class Need(StrEnum):
    """What a request for a person asks of its advisor (LIC-01, LIC-04)."""

    SERVE = "serve"
    ADVISE = "advise"
    ADVISE_MARGIN = "advise_margin"
    ADVISE_FUND = "advise_fund"


class PersonKind(StrEnum):
    """What kind of party a person is."""

    CLIENT = "client"
    VISITOR = "visitor"
    STAFF = "staff"
    MACHINE = "machine"


class PersonStatus(StrEnum):
    """Whether a person may act; `restricted` keeps data for the law's sake alone (PIPL art 47)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    RESTRICTED = "restricted"


class LicenceType(StrEnum):
    """Kinds of registration and qualification."""

    ADVISORY = "advisory"
    SECURITIES = "securities"
    FUND = "fund"
    FUTURES = "futures"
    MARGIN = "margin"
    AGENT = "agent"


class LicenceStatus(StrEnum):
    """What the register says about a licence, apart from its dates."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Constraint(StrEnum):
    """Why somebody may not meet a need."""

    STATUS = "status"
    ROLE = "role"
    LICENCE = "licence"


@dataclass(frozen=True)
class Unmet:
    """The first constraint that failed; `detail` is `type:reason` for licences, the status or role otherwise."""

    constraint: Constraint
    detail: str


@dataclass(frozen=True)
class Branch:
    """A branch office of the firm."""

    id: UUID
    code: str
    name: str
    name_en: str
    region: str


@dataclass(frozen=True)
class Licence:
    """A registration or qualification; valid from the first to the last moment of its dates, local time."""

    id: UUID
    staff_id: UUID
    type: LicenceType
    number: str
    valid_from: date
    valid_to: date
    status: LicenceStatus
    source: str

    def valid(self, at: date) -> bool:
        """Whether it counts on the day `at`."""
        return self.status is LicenceStatus.ACTIVE and self.valid_from <= at <= self.valid_to


@dataclass(frozen=True)
class Person:
    """Anybody whom the platform knows."""

    id: UUID
    kind: PersonKind
    name: str
    name_en: str
    environment: Environment
    status: PersonStatus
    language: str
    external_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Staff(Person):
    """A member of staff with what decides about his work; `photo_url` is a path on the platform."""

    login: str
    employee_no: str | None = None
    roles: frozenset[Role]
    branch_id: UUID
    branch_name: str = ""
    branch_name_en: str = ""
    code: str | None = None
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    capacity: int = 4
    licences: tuple[Licence, ...] = ()
    photo_url: str | None = None
    locked_at: datetime | None = None
    left_at: datetime | None = None
    has_password: bool = False
    has_totp: bool = False


@dataclass(frozen=True)
class Session:
    """A signed-in session as its owner may see it; `context` holds what the broker's site has signed."""

    id: UUID
    actor: Actor
    expires_at: datetime
    context: Mapping[str, Any] = field(default_factory=dict)


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


class SignInFailed(NotSignedIn):
    """Unknown login, wrong password, wrong code, locked account: one answer for all (ASVS 5.0 V6.3.8)."""

    code = "sign_in_failed"


class StepExpired(NotSignedIn):
    """The time between two steps of signing in ran out, or the step was used already."""

    code = "step_expired"


class IdentityRefused(NotSignedIn):
    """A token of the broker's site was not accepted; `params["reason"]` is for the site's operator."""

    code = "identity_refused"


class OriginRefused(Forbidden):
    """The page's origin is not on the list."""

    code = "origin_refused"


class WeakPassword(Refusal):
    """The password is too short, too long, or contains the login."""

    code = "weak_password"
    status = 422


class Taken(Refusal):
    """Login, employee number or registration code belongs to somebody else; `params["field"]` says which."""

    code = "taken"
    status = 409


class LastAdministrator(Refusal):
    """The last active administrator can neither be locked, nor suspended, nor lose the role."""

    code = "last_administrator"
    status = 409


class HasLeft(Refusal):
    """Somebody who has left comes back only as a new member of staff."""

    code = "has_left"
    status = 409
