"""Whether what happens is provably captured (REC-09)."""

from dataclasses import dataclass
from datetime import datetime

from visavis.kernel.events import Event


@dataclass(frozen=True)
class Capture:
    """Since when the log has fallen behind, why, and since when staff may not send because of it."""

    failing_since: datetime | None = None
    reason: str = ""
    stopped_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True)
class CaptureStopped(Event):
    """Nothing has reached the log for longer than the firm allows: staff may not send any more."""

    reason: str


@dataclass(frozen=True)
class CaptureResumed(Event):
    """The log has caught up: staff may send again."""

    seconds: int
