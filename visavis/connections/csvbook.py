"""Reading the firm's client-manager book: bytes to rows and row errors, without I/O.

Tolerated as spreadsheets and cores write it: UTF-8 (with or without a byte order mark) or GB18030; comma, semicolon or
tab; Chinese or English headings in any order.
"""

import re
from datetime import date

from visavis.connections.types import BookRow, UnreadableBook
from visavis.kernel import spreadsheet
from visavis.kernel.spreadsheet import Form, RowError

MOST_BYTES = 32_000_000
MOST_ROWS = 200_000
MOST_ERRORS = 200
LONGEST = {
    "client_no": 64, "client_name": 100, "client_name_en": 100, "employee_no": 64, "assigned_on": 10, "language": 5,
    "branch": 20,
}  # fmt: skip
REQUIRED = ("client_no", "client_name", "employee_no", "assigned_on")
HEADINGS = {
    "client_no": "client_no", "客户号": "client_no", "客户编号": "client_no",
    "client_name": "client_name", "客户姓名": "client_name", "客户名称": "client_name",
    "client_name_en": "client_name_en", "客户英文名": "client_name_en", "英文名": "client_name_en",
    "employee_no": "employee_no", "工号": "employee_no", "员工编号": "employee_no",
    "assigned_on": "assigned_on", "分配日期": "assigned_on",
    "language": "language", "语言": "language",
    "branch": "branch", "营业部": "branch", "营业部编号": "branch",
}  # fmt: skip
LANGUAGES = {"": "zh-CN", "zh": "zh-CN", "zh-cn": "zh-CN", "en": "en"}
_DATE = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")


def parse(data: bytes, today: date) -> tuple[list[BookRow], list[RowError]]:
    """The rows that can be used and what is wrong with the others; raises `UnreadableBook`."""
    rows: list[BookRow] = []
    errors: list[RowError] = []
    first: dict[str, int] = {}
    form = Form(HEADINGS, REQUIRED, MOST_BYTES, MOST_ROWS, UnreadableBook)
    for number, values in spreadsheet.table(data, form):
        if values is None:
            errors.append(RowError(number, "", "row_columns"))
            continue
        wrong = _check(number, values, today)
        known = first.setdefault(values["client_no"], number)
        if known != number and values["client_no"]:
            wrong.append(_error(number, values, "client_no", "row_duplicate", known))
        if wrong:
            errors += wrong
        else:
            rows.append(_row(number, values))
    return rows, errors


def _check(number: int, values: dict[str, str], today: date) -> list[RowError]:
    wrong: list[RowError] = []
    for name, value in values.items():
        if not value and name in REQUIRED:
            wrong.append(RowError(number, name, "row_missing"))
        elif len(value) > LONGEST[name]:
            wrong.append(_error(number, values, name, "row_too_long"))
        elif spreadsheet.is_unsafe(value):
            wrong.append(_error(number, values, name, "row_unsafe"))
    day = _day(values["assigned_on"])
    if values["assigned_on"] and (day is None or day > today):
        wrong.append(_error(number, values, "assigned_on", "row_date"))
    if values.get("language", "").lower() not in LANGUAGES:
        wrong.append(_error(number, values, "language", "row_language"))
    return wrong


def _error(number: int, values: dict[str, str], name: str, code: str, first: int = 0) -> RowError:
    return RowError(number, name, code, spreadsheet.harmless(values[name]), first)


def _row(number: int, values: dict[str, str]) -> BookRow:
    day = _day(values["assigned_on"])
    assert day is not None
    return BookRow(
        number, values["client_no"], values["client_name"], values["employee_no"], day,
        LANGUAGES[values.get("language", "").lower()], values.get("client_name_en", ""), values.get("branch", ""),
    )  # fmt: skip


def _day(value: str) -> date | None:
    found = _DATE.fullmatch(value)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
