"""When the nightly comparison is due."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_due(now: datetime, last: datetime | None, at: time, zone: str) -> bool:
    """Whether the last one was asked for before the latest time of day `at` in `zone`; the first is due at once."""
    if last is None:
        return True
    local = now.astimezone(ZoneInfo(zone))
    latest = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if latest > local:
        latest -= timedelta(days=1)
    return last < latest
