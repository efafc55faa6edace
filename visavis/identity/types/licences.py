"""Words for registrations and qualifications."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


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


VALID = "valid"


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
        return self.worth(at) == VALID

    def worth(self, at: date) -> str:
        """`valid` on the day `at`, or what is wrong with it: suspended, revoked, not_yet_valid, expired."""
        if self.status is not LicenceStatus.ACTIVE:
            return self.status.value
        if at < self.valid_from:
            return "not_yet_valid"
        return VALID if at <= self.valid_to else "expired"


@dataclass(frozen=True)
class LicenceDetails:
    """What administration writes about a licence."""

    type: LicenceType
    number: str
    valid_from: date
    valid_to: date
    source: str
