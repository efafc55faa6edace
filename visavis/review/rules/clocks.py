"""Clocks that run in working hours only."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def after_hours(
    spans: Sequence[tuple[datetime, datetime]], start: datetime, hours: float
) -> datetime:
    """The moment at which `hours` working hours have passed since `start`; `spans` are the open times, in order.

    Where the spans end first, the rest counts as it comes, so that no clock stands still for ever.
    """
    left = timedelta(hours=hours)
    now = start
    for opens, closes in spans:
        begins = max(opens, now)
        if closes <= begins:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
        now = closes
    return now + left
