"""What every list from a spreadsheet needs: its bytes as text, cells that nothing runs, errors to open again.

The danger is that a cell is taken for a formula (OWASP, CSV injection).
"""

import csv
import io
import re
from collections.abc import Iterable

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


def is_unsafe(value: str) -> bool:
    """Whether a spreadsheet would run the cell, or it holds what no name or number does."""
    return value.startswith(FORMULA) or UNSTORABLE.search(value) is not None


def harmless(value: str) -> str:
    """The value so that a spreadsheet shows it and never runs it, at most 100 characters."""
    shown = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value[:100])
    return "'" + shown if shown.lstrip().startswith(FORMULA) else shown


def report(errors: Iterable[tuple[int, str, str, str, str]]) -> str:
    """Errors as (row, column, code, harmless value, sentence) in a CSV for a spreadsheet: no cell of it can run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", "column", "code", "value", "detail"])
    for row, column, code, value, sentence in errors:
        writer.writerow([row, column, code, value, harmless(sentence)])
    return "\ufeff" + out.getvalue()
