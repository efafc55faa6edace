"""Risk levels, kinds, versions with effective dates, imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from visavis.kernel.events import Event
from visavis.kernel.spreadsheet import RowError

NO_RECORD = UUID(int=0)


class ProductRiskLevel(IntEnum):
    """R1 (low) to R5 (high); CSRC order 130 art 16 asks for at least five levels in the association's guidance."""

    R1 = 1
    R2 = 2
    R3 = 3
    R4 = 4
    R5 = 5


class ProductKind(StrEnum):
    """What kind of product it is; a client's assessment names the kinds he is open to."""

    MONEY = "money"
    BOND = "bond"
    MIXED = "mixed"
    EQUITY = "equity"
    STRUCTURED = "structured"
    PRIVATE = "private"
    SERVICE = "service"


class Goal(StrEnum):
    """What an investment is for."""

    PRESERVE = "preserve"
    INCOME = "income"
    GROWTH = "growth"
    SPECULATION = "speculation"


class VersionState(StrEnum):
    """How far a version has come; only an approved one is ever in force."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True)
class ProductDetails:
    """What a version says; money in whole yuan, `term_months` 0 means that it can be left at any time.

    `names`, `summaries` and `risk_points` are by language (zh-CN, en). The dates are the first and the last local day
    on which it is in force.
    """

    names: Mapping[str, str]
    kind: ProductKind
    risk: ProductRiskLevel
    term_months: int
    goals: frozenset[Goal]
    min_amount: int
    professional_only: bool
    summaries: Mapping[str, str]
    risk_points: Mapping[str, tuple[str, ...]]
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True)
class ProductVersion:
    """One version of a product; `code` is the firm's own number of the product."""

    product_id: UUID
    code: str
    version: int
    state: VersionState
    details: ProductDetails
    author_id: UUID
    approver_id: UUID | None
    note: str
    created_at: datetime
    decided_at: datetime | None
    record_id: UUID = NO_RECORD


@dataclass(frozen=True)
class ListRow:
    """A usable row of a product list; `row` counts from 1 at the heading."""

    row: int
    code: str
    details: ProductDetails


@dataclass(frozen=True)
class ListResult:
    """How an import ended: all rows proposed, or nothing changed."""

    rows: int
    created: int
    revised: int
    unchanged: int
    errors: tuple[RowError, ...]
    applied: bool
    import_id: UUID | None = None


@dataclass(frozen=True)
class ProductChanged(Event):
    """Another version of the product is in force from now on, or none is."""

    product_id: UUID
