"""The firm's trading days, which whoever keeps the calendar lends: permissions run by them (SUIT-04, OPS-04)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from visavis.kernel.db import Tx

# The days from one to another that differ from their weekday, each with whether it is a trading day.
Days = Callable[[Tx, date, date], Awaitable[Mapping[date, bool]]]


async def _none(tx: Tx, first: date, last: date) -> Mapping[date, bool]:
    del tx, first, last
    return {}


_zone = "Asia/Shanghai"
_days: Days = _none


def follow(zone: str, days: Days) -> None:
    """Go by this calendar in this process; called once, when the contexts are installed."""
    global _zone, _days
    _zone, _days = zone, days


def zone() -> str:
    """The time zone of the calendar's days."""
    return _zone


async def exceptions(tx: Tx, first: date, last: date) -> Mapping[date, bool]:
    """The days that differ from their weekday: whether each is a trading day."""
    return await _days(tx, first, last)
