"""What the composition root hands to custody: settings, and what each context above keeps as evidence."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from uuid import UUID

from visavis.archive.types import Erasure, Holding, Numbering, Origin
from visavis.custody.types import Capture
from visavis.kernel.db import Tx
from visavis.kernel.settings import Settings

# The clients whom a member of staff serves or served.
Served = Callable[[Tx, UUID], Awaitable[frozenset[UUID]]]


@dataclass(frozen=True)
class Terms:
    """The installation's terms."""

    origins: Sequence[Origin]
    numberings: Sequence[Numbering]
    erasures: Sequence[Erasure]
    holdings: Sequence[Holding]
    served: Served
    audit_at: time
    zone: str
    folder: Path
    backup_days: int
    capture: timedelta


_terms: Terms | None = None
# What this process has seen last: the message path asks for every batch, and must not ask the database.
_capture = Capture()


def install(
    settings: Settings,
    origins: Sequence[Origin],
    numberings: Sequence[Numbering],
    erasures: Sequence[Erasure],
    holdings: Sequence[Holding],
    served: Served,
) -> None:
    """Use these terms in this process; called once, by the composition root."""
    global _terms, _capture
    _capture = Capture()
    _terms = Terms(
        tuple(origins), tuple(numberings), tuple(erasures), tuple(holdings), served,
        time.fromisoformat(settings.audit_at), settings.time_zone, settings.home, settings.backup_days,
        timedelta(minutes=settings.capture_minutes),
    )  # fmt: skip


def terms() -> Terms:
    """The terms in force."""
    if _terms is None:
        raise RuntimeError("no terms installed")
    return _terms


def capture() -> Capture:
    """Capture as this process has seen it last."""
    return _capture


def saw(seen: Capture) -> None:
    """Capture is like this now."""
    global _capture
    _capture = seen
