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
class SignInAttempt:
    """A sign-in that was let in to be checked; `account_id` is None where the login is nobody's."""

    login: str
    address: str
    account_id: UUID | None
    password_hash: str


@dataclass(frozen=True)
class Step:
    """What comes next in signing in: `totp`, or `enrol` with what an authenticator application needs.

    `demo_code` is the present code, told in demo installations alone, where everything is fictional.
    """

    step: str
    challenge: str
    otpauth: str | None = None
    secret: str | None = None
    qr: str | None = None
    demo_code: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """Somebody is signed in; new recovery codes are shown this once."""

    token: str
    actor: Actor
    expires_at: datetime
    recovery_codes: tuple[str, ...] = ()
    recovery_left: int | None = None


@dataclass(frozen=True)
class Issuer:
    """Who may vouch for a client: one key and one algorithm per key id; `key` is public, or sealed when symmetric."""

    issuer: str
    key_id: str
    algorithm: str
    environment: Environment
    active: bool = True
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Vouched:
    """What a checked identity token says: a client's stable number, and what was signed about the page."""

    issuer: str
    token_id: str
    ref: str
    name: str
    language: str
    environment: Environment
    expires_at: datetime
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Firm:
    """The firm by its two names."""

    name: str
    name_en: str


@dataclass(frozen=True)
class Me:
    """The signed-in person as he sees himself."""

    id: UUID
    name: str
    name_en: str
    kind: PersonKind
    roles: tuple[Role, ...]
    environment: Environment
    language: str
    firm: Firm
    demo: bool
    branch: Branch | None = None
    code: str | None = None
    photo: str | None = None
    capacity: int | None = None
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capabilities: tuple[Capability, ...] = ()


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
    environment: Environment = Environment.REAL


@dataclass(frozen=True)
class LicenceDetails:
    """What administration writes about a licence."""

    type: LicenceType
    number: str
    valid_from: date
    valid_to: date
    source: str


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


class ProviderRefused(NotSignedIn):
    """The firm's OpenID Connect provider could not be asked, or what it said does not hold; `params["reason"]`."""

    code = "provider_refused"


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
