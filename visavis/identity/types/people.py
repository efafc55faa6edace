"""Words for people: kinds, standing, capabilities, needs, licences, staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from visavis.identity.types.licences import Licence
from visavis.kernel.auth import Environment, Role


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


@dataclass(frozen=True)
class Branch:
    """A branch office of the firm."""

    id: UUID
    code: str
    name: str
    name_en: str
    region: str


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

    def called(self, language: str) -> str:
        """The name as this language writes it, as far as that is known."""
        return (self.name_en if language == "en" else "") or self.name


class NewClient(NamedTuple):
    """A client of the broker as the book or the broker's site names him."""

    ref: str
    name: str
    language: str
    name_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Staff(Person):
    """A member of staff with what decides about his work; `photo_url` is a path on the platform.

    `area` are the branches (codes) and regions of his contract, `reach` the branches that these are; None: every one.
    """

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
    password_set_at: datetime | None = None
    has_totp: bool = False
    area: tuple[str, ...] = ()
    reach: frozenset[UUID] | None = None


class Post(NamedTuple):
    """Where a member of staff sits and what about he serves clients."""

    staff_id: UUID
    branch_id: UUID | None
    topics: tuple[str, ...]
