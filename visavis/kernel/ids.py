"""Identifiers: UUID version 7, made here, so that every supported PostgreSQL takes the same ones."""

import secrets
from datetime import datetime
from uuid import UUID

from visavis.kernel import clock

_last = 0


def made_at(one: UUID) -> datetime:
    """When an id of ours was made, to the millisecond, in UTC."""
    return clock.from_us((one.int >> 80) * 1000)


def oldest_at(at: datetime) -> UUID:
    """The lowest id that could have been made at that moment, for looking ids up by their time."""
    return UUID(int=(clock.to_us(at) // 1000) << 80)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): ordered by time, and strictly rising inside one process."""
    global _last
    # 48 bits of milliseconds and 12 bits of sub-millisecond time, raised where the clock stands still.
    us = clock.now_us()
    stamp = (us // 1000 << 12) | ((us % 1000) * 4096 // 1000)
    _last = stamp = max(stamp, _last + 1)
    tail = secrets.randbits(62)
    return UUID(int=((stamp >> 12) << 80) | (7 << 76) | ((stamp & 0xFFF) << 64) | (2 << 62) | tail)
