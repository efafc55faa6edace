"""When capture counts as failed: REC-09, a channel that is not provably captured for too long loses send rights."""

from datetime import datetime, timedelta

from visavis.custody.types import Capture
from visavis.kernel import clock


def looked(
    before: Capture, oldest_us: int | None, halted: str, limit: timedelta, now: datetime
) -> Capture:
    """What is so now: the oldest record outside the log is older than `limit`, or the log is halted for so long."""
    waiting = clock.from_us(oldest_us) if oldest_us is not None else None
    behind = waiting is not None and now - waiting > limit
    if not behind and not halted:
        return Capture(checked_at=now)
    since = min((one for one in (before.failing_since, waiting) if one is not None), default=now)
    reason = halted or "behind"
    stopped = before.stopped_at or (now if now - since > limit else None)
    return Capture(since, reason, stopped, now)
