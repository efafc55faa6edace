"""Reads a CSV of staff into details, row by row, without touching the database; also says what is wrong with a row.

Columns: login, name, name_en, roles, branch, code, employee_no, languages, topics, capacity, licences, environment.
Lists are separated by `;`. `branch` is a branch's code. A licence is `type:number:first day:last day`. The file is in
UTF-8, with or without a mark, or in GB 18030.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from visavis.identity.types import LicenceDetails, LicenceType, RowError, StaffDetails
from visavis.kernel.auth import STAFF, Environment, Role
from visavis.kernel.spreadsheet import text_of

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


class Wrong(Exception):
    """A cell that cannot be used."""

    def __init__(self, column: str, code: str, detail: str = "") -> None:
        self.column, self.code, self.detail = column, code, detail
        super().__init__(column)


def read(data: bytes, branches: Mapping[str, UUID]) -> tuple[list[Row], list[RowError], int]:
    """The usable rows, what is wrong with the others, and how many rows there are."""
    text = text_of(data)
    if text is None:
        return [], [RowError(0, "", "encoding", "UTF-8, GB 18030")], 0
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    errors: list[RowError] = []
    number = 1
    try:
        errors += _heading(reader.fieldnames or ())
        if errors:
            return [], errors, 0
        for number, cells in enumerate(reader, 2):
            if number > MOST_ROWS + 1:
                return [], [RowError(number, "", "too_many_rows", str(MOST_ROWS))], number - 1
            try:
                rows.append(_row(number, cells, branches))
            except Wrong as wrong:
                errors.append(RowError(number, wrong.column, wrong.code, wrong.detail))
    except csv.Error as error:
        errors.append(RowError(number + 1, "", "csv", str(error)))
    return rows, errors, number - 1


def _heading(names: object) -> list[RowError]:
    found = [str(name).strip() for name in names] if isinstance(names, list | tuple) else []
    missing = [RowError(0, name, "missing_column", name) for name in REQUIRED if name not in found]
    known = {*REQUIRED, *OPTIONAL}
    return missing + [
        RowError(0, name, "unknown_column", ", ".join((*REQUIRED, *OPTIONAL)))
        for name in found
        if name not in known
    ]


def _row(number: int, cells: Mapping[str, str | None], branches: Mapping[str, UUID]) -> Row:
    if None in cells or any(value is None for value in cells.values()):
        raise Wrong("", "cells", str(len(cells)))
    plain = {key.strip(): (value or "").strip() for key, value in cells.items()}
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
    return Row(number, details, held)


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
