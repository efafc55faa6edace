"""When capture counts as failed: REC-09, a channel that is not provably captured for too long loses send rights."""

from datetime import datetime, timedelta

from visavis.custody.types import Capture
from visavis.kernel import clock

# Seen behind for so long: a clock that is set forward makes everything old for a moment, and stops nobody.
GRACE = timedelta(seconds=30)


def looked(
    before: Capture, oldest_us: int | None, halted: str, limit: timedelta, now: datetime
) -> Capture:
    """What is so now: the oldest record outside the log is older than `limit`, or the log is halted for so long."""
    behind = oldest_us is not None and now - clock.from_us(oldest_us) > limit
    if not behind and not halted:
        return Capture(checked_at=now)
    since = before.failing_since or now
    stops = (behind and now - since >= GRACE) or (bool(halted) and now - since > limit)
    stopped = before.stopped_at or (now if stops else None)
    return Capture(since, halted or "behind", stopped, now)
