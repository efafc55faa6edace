"""Words of the personnel feed: what the firm's HR system says about somebody, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from visavis.identity.types.licences import LicenceStatus, LicenceType
from visavis.kernel.errors import Refusal


class HrKind(StrEnum):
    """What may happen to a member of staff."""

    LEAVE = "leave"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    TRANSFER = "transfer"
    LICENCE = "licence"


class HrOutcome(StrEnum):
    """What became of a piece of news; `scheduled` waits for its day, `failed` could not be done on it."""

    APPLIED = "applied"
    SCHEDULED = "scheduled"
    REPEATED = "repeated"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class HrLicence:
    """A registration as the feed knows it; one with the same type and number is changed, another one is added."""

    type: LicenceType
    number: str
    valid_from: date
    valid_to: date
    status: LicenceStatus = LicenceStatus.ACTIVE


@dataclass(frozen=True)
class HrEvent:
    """One piece of news; `id` is the HR system's and good once, `effective_on` the first local day on which it counts.

    `branch` (its code) belongs to a transfer, `licence` to a change of registration.
    """

    id: str
    kind: HrKind
    employee_no: str
    effective_on: date | None = None
    reason: str = ""
    branch: str = ""
    licence: HrLicence | None = None


@dataclass(frozen=True)
class HrAnswer:
    """What became of one piece of news; `error` is a refusal's code with its `params`, or that of a cell.

    `row` counts a file's rows, `column` and `detail` say what is wrong in one.
    """

    id: str
    outcome: HrOutcome
    row: int = 0
    column: str = ""
    error: str = ""
    detail: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class HrEntry:
    """One line of the feed's history."""

    id: str
    kind: HrKind
    employee_no: str
    staff_id: UUID | None
    effective_on: date
    source: str
    outcome: HrOutcome
    error: str
    received_at: datetime
    applied_at: datetime | None


class FeedRefused(Refusal):
    """The call of the HR system carries no valid signature, or no secret is set."""

    code = "feed_refused"
    status = 401


class FeedConflict(Refusal):
    """The same id came with another content before."""

    code = "feed_conflict"
    status = 409


class UnknownEmployee(Refusal):
    """Nobody has this employee number."""

    code = "unknown_employee"
    status = 404


class UnknownBranch(Refusal):
    """No branch has this code."""

    code = "unknown_branch"
    status = 404
