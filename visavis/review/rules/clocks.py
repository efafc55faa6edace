"""Clocks that run in working hours only."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def after_hours(
    spans: Sequence[tuple[datetime, datetime]], start: datetime, hours: float
) -> datetime:
    """The moment at which `hours` working hours have passed since `start`; `spans` are the open times, in order.

    Where the spans end first, the rest counts as it comes, so that no clock stands still for ever.
    """
    left, now = timedelta(hours=hours), start
    for begins, closes in (
        (max(opens, start), closes) for opens, closes in spans if closes > start
    ):
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
        now = closes
    return now + left
