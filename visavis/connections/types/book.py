"""The firm's client-manager book, row by row."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from visavis.kernel.spreadsheet import RowError


@dataclass(frozen=True)
class BookRow:
    """One row of the firm's book: this client belongs to this employee since that day."""

    row: int
    client_no: str
    client_name: str
    employee_no: str
    assigned_on: date
    language: str
    client_name_en: str = ""
    branch: str = ""


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
