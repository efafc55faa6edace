"""What every list from a spreadsheet needs: its bytes as text, cells that nothing runs, errors to open again.

The danger is that a cell is taken for a formula (OWASP, CSV injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from visavis.kernel.errors import Refusal

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def text_of(data: bytes) -> str | None:
    """The text of a file in UTF-8, with or without a mark, or in GB 18030; None where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row of a list; `row` counts from 1, the heading line included.

    `value` is what was found, made harmless for spreadsheets; `first` is the row that a duplicate repeats.
    """

    row: int
    column: str
    code: str
    value: str = ""
    first: int = 0


@dataclass(frozen=True)
class Form:
    """What a list must look like: the column of each heading that is known, those that it needs, and its bounds."""

    headings: Mapping[str, str]
    required: Sequence[str]
    most_bytes: int
    most_rows: int
    refusal: type[Refusal]


def table(data: bytes, form: Form) -> Iterator[tuple[int, dict[str, str] | None]]:
    """The rows below the heading with their numbers: trimmed cells by column, None where they are too many or too few.

    Comma, semicolon or tab; empty rows are passed over. Raises the form's refusal with a `reason`: `empty`,
    `too_large`, `encoding`, `format`, `too_many_rows`, `column NAME` (missing, or there twice) or `column twice`.
    """
    if not data.strip():
        raise form.refusal(reason="empty")
    if len(data) > form.most_bytes:
        raise form.refusal(reason="too_large")
    text = text_of(data)
    if text is None or "\0" in text or not text.strip():
        raise form.refusal(reason="encoding")
    separator = max(",;\t", key=text.strip().splitlines()[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] = []
    left = form.most_rows
    try:
        for number, line in enumerate(lines, start=1):
            cells = [cell.strip() for cell in line]
            if not any(cells):
                continue
            if not columns:
                columns = _columns(cells, form)
                continue
            if not left:
                raise form.refusal(reason="too_many_rows")
            left -= 1
            if len(cells) != len(columns):
                yield number, None
            else:
                yield (
                    number,
                    {name: cell for name, cell in zip(columns, cells, strict=True) if name},
                )
    except csv.Error as error:
        raise form.refusal(reason="format") from error


def _columns(cells: Sequence[str], form: Form) -> list[str]:
    found = [form.headings.get(cell.lower(), "") for cell in cells]
    for name in form.required:
        if found.count(name) != 1:
            raise form.refusal(reason=f"column {name}")
    known = [name for name in found if name]
    if len(known) != len(set(known)):
        raise form.refusal(reason="column twice")
    return found


def is_unsafe(value: str) -> bool:
    """Whether a spreadsheet would run the cell, or it holds what no name or number does."""
    return value.startswith(FORMULA) or UNSTORABLE.search(value) is not None


def harmless(value: str) -> str:
    """The value so that a spreadsheet shows it and never runs it, at most 100 characters."""
    shown = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value[:100])
    return "'" + shown if shown.lstrip().startswith(FORMULA) else shown


def report(errors: Iterable[RowError], sentences: Mapping[RowError, str]) -> str:
    """The errors with their sentences as CSV for a spreadsheet: no cell of it can run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", "column", "code", "value", "detail"])
    for one in errors:
        writer.writerow([one.row, one.column, one.code, one.value, harmless(sentences[one])])
    return "\ufeff" + out.getvalue()
