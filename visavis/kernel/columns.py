"""Columns of a batch as text: one statement writes or asks for a batch of any size in one exchange.

The driver looks at each element of an array it is given, three times over; a batch of a hundred messages has thousands.
A column of numbers or moments therefore goes as one text, which PostgreSQL splits at commas (`~` is null). A few bytes
go as hexadecimal digits, many as one piece that is cut there; JSON is parted by a character that it never holds
unescaped. Ids go either way: as an array where many are new (PostgreSQL need not read them), as text where few are.

What looks rows up by such a column cuts it in a `SELECT` of its own: it is cut once and not for every row, and the plan
does not depend on how long it is, so that one is made and kept. To plan a lookup for one message costs more than the
lookup.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

# RFC 8259 §7: a control character inside JSON is written as an escape.
SEPARATOR = b"\x1f"
_json = msgspec.json.Encoder().encode


def column(values: Iterable[object]) -> str:
    """A column of ids, numbers or moments as one text; None becomes `~`."""
    return _json([*values]).decode()[1:-1].replace('"', "").replace("null", "~")


def digits(values: Iterable[bytes | None]) -> str:
    """A column of bytes as one text; each element is `bytea` as PostgreSQL reads it, None `~`."""
    return ",".join(["~" if value is None else "\\x" + value.hex() for value in values])


def pieces(values: Sequence[bytes]) -> tuple[bytes, str, str]:
    """A column of one or more as one value, and as texts where each begins (from 1) and how long it is."""
    lengths = [len(value) for value in values]
    return b"".join(values), column(accumulate(lengths[:-1], initial=1)), column(lengths)


def documents(values: Iterable[object]) -> str:
    """A column of values as JSON, parted by `SEPARATOR`; None is JSON's null."""
    return SEPARATOR.join([_json(value) for value in values]).decode()
