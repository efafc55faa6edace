"""Columns of a batch as text, and rows as PostgreSQL's binary COPY reads them.

The driver looks at each element of an array it is given, three times over; a batch of a hundred messages has thousands.
A column of ids, numbers or moments therefore goes as one text, which PostgreSQL splits (`~` is
null), and rows go by COPY, packed here. People's own words go into a column as hexadecimal digits alone.
"""

import struct
from collections.abc import Iterable
from datetime import datetime

from visavis.kernel import clock

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
# Microseconds from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
EPOCH_US = 946_684_800_000_000
_SIZE = struct.Struct(">i").pack


def column(values: Iterable[object]) -> str:
    """A column of ids, numbers or moments as one text; None becomes `~`."""
    return ",".join(["~" if value is None else str(value) for value in values])


def digits(values: Iterable[bytes]) -> str:
    """A column of bytes as one text; each element is `bytea` as PostgreSQL reads it."""
    return ",".join(["\\x" + value.hex() for value in values])


def cell(data: bytes | None) -> bytes:
    """One field of a COPY row."""
    return NULL if data is None else _SIZE(len(data)) + data


def moment(at: datetime) -> int:
    """A moment as PostgreSQL's `timestamptz` counts it."""
    return clock.to_us(at) - EPOCH_US


def copied(rows: Iterable[bytes]) -> bytes:
    """Packed rows as the input of a binary COPY."""
    return b"".join([HEAD, *rows, TAIL])
