"""Reads a CSV of staff into details, row by row, without touching the database; also says what is wrong with a row.

Columns: login, name, name_en, roles, branch, code, employee_no, languages, topics, capacity, licences, environment.
Lists are separated by `;`. `branch` is a branch's code. A licence is `type:number:first day:last day`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from visavis.identity import csvrows
from visavis.identity.csvrows import Wrong
from visavis.identity.types import LicenceDetails, LicenceType, RowError, StaffDetails
from visavis.kernel.auth import STAFF, Environment, Role

REQUIRED = ("login", "name", "roles", "branch")
OPTIONAL = (
    "name_en", "code", "employee_no", "languages", "topics", "capacity", "licences", "environment"
)  # fmt: skip
MOST_ROWS = 20_000
SOURCE = "import"


@dataclass(frozen=True)
class Row:
    """One usable row of the file."""

    number: int
    details: StaffDetails
    licences: tuple[LicenceDetails, ...]


def read(data: bytes, branches: Mapping[str, UUID]) -> tuple[list[Row], list[RowError], int]:
    """The usable rows, what is wrong with the others, and how many rows there are."""
    rows, mistakes, count = csvrows.read(
        data, REQUIRED, OPTIONAL, MOST_ROWS, lambda cells: _row(cells, branches)
    )
    errors = [
        RowError(number, wrong.column, wrong.code, wrong.detail) for number, _, wrong in mistakes
    ]
    return [Row(number, *one) for number, one in rows], errors, count


def _row(
    plain: Mapping[str, str], branches: Mapping[str, UUID]
) -> tuple[StaffDetails, tuple[LicenceDetails, ...]]:
    for name in REQUIRED:
        if not plain.get(name):
            raise Wrong(name, "missing")
    if plain["branch"] not in branches:
        raise Wrong("branch", "unknown", plain["branch"])
    details = StaffDetails(
        login=plain["login"],
        name=plain["name"],
        name_en=plain.get("name_en", ""),
        roles=_roles(plain["roles"]),
        branch_id=branches[plain["branch"]],
        code=plain.get("code") or None,
        employee_no=plain.get("employee_no") or None,
        languages=tuple(_several(plain.get("languages", ""))) or ("zh-CN",),
        topics=tuple(_several(plain.get("topics", ""))),
        capacity=_capacity(plain.get("capacity", "")),
        environment=_environment(plain.get("environment", "")),
    )
    held = tuple(_licence(one) for one in _several(plain.get("licences", "")))
    return details, held


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.replace("；", ";").split(";") if one.strip()]


def _roles(cell: str) -> frozenset[Role]:
    try:
        roles = frozenset(Role(one) for one in _several(cell))
    except ValueError:
        raise Wrong("roles", "unknown", cell) from None
    if not roles <= STAFF:
        raise Wrong("roles", "unknown", cell)
    return roles


def _capacity(cell: str) -> int:
    if not cell:
        return 4
    if not cell.isascii() or not cell.isdigit():
        raise Wrong("capacity", "number", cell)
    return int(cell)


def _environment(cell: str) -> Environment:
    try:
        return Environment(cell or "real")
    except ValueError:
        raise Wrong("environment", "unknown", cell) from None


def _licence(cell: str) -> LicenceDetails:
    parts = [part.strip() for part in cell.split(":")]
    if len(parts) != 4:
        raise Wrong("licences", "form", cell)
    try:
        kind = LicenceType(parts[0])
        first, last = date.fromisoformat(parts[2]), date.fromisoformat(parts[3])
    except ValueError:
        raise Wrong("licences", "form", cell) from None
    if last < first or not parts[1]:
        raise Wrong("licences", "form", cell)
    return LicenceDetails(kind, parts[1], first, last, SOURCE)
