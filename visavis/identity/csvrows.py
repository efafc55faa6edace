"""Reading a CSV row by row, without touching the database: the usable rows, and what is wrong with the others.

The file is in UTF-8, with or without a mark, or in GB 18030; a heading that is missing or unknown spoils all of it.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from visavis.kernel.spreadsheet import text_of

T = TypeVar("T")
Mistake = tuple[int, str, "Wrong"]  # the row's number, its `id` where it has one, and what is wrong


class Wrong(Exception):
    """A cell that cannot be used."""

    def __init__(self, column: str, code: str, detail: str = "") -> None:
        self.column, self.code, self.detail = column, code, detail
        super().__init__(column)


def read(
    data: bytes,
    required: Sequence[str],
    optional: Sequence[str],
    most: int,
    row: Callable[[Mapping[str, str]], T],
) -> tuple[list[tuple[int, T]], list[Mistake], int]:
    """The usable rows with their numbers, what is wrong with the others, and how many rows there are.

    `row` makes something of a row's trimmed cells, or raises `Wrong`; numbers count from 1, the heading included.
    """
    text = text_of(data)
    if text is None:
        return [], [(0, "", Wrong("", "encoding", "UTF-8, GB 18030"))], 0
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, T]] = []
    mistakes: list[Mistake] = []
    number = 1
    try:
        mistakes += _heading(reader.fieldnames or (), required, optional)
        if mistakes:
            return [], mistakes, 0
        for number, cells in enumerate(reader, 2):
            if number > most + 1:
                return [], [(number, "", Wrong("", "too_many_rows", str(most)))], number - 1
            try:
                rows.append((number, row(_plain(cells))))
            except Wrong as wrong:
                mistakes.append((number, str(cells.get("id") or ""), wrong))
    except csv.Error as error:
        mistakes.append((number + 1, "", Wrong("", "csv", str(error))))
    return rows, mistakes, number - 1


def _heading(
    names: Sequence[str], required: Sequence[str], optional: Sequence[str]
) -> Iterator[Mistake]:
    found = [name.strip() for name in names]
    known = (*required, *optional)
    for name in required:
        if name not in found:
            yield 0, "", Wrong(name, "missing_column", name)
    for name in found:
        if name not in known:
            yield 0, "", Wrong(name, "unknown_column", ", ".join(known))


def _plain(cells: Mapping[str | None, str | None]) -> dict[str, str]:
    plain = {
        key.strip(): value.strip() for key, value in cells.items() if key and value is not None
    }
    if len(plain) < len(cells):
        raise Wrong("", "cells", str(len(cells)))
    return plain
