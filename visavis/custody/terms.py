"""What the composition root hands to custody: settings, and what each context above keeps as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from visavis.archive.types import Erasure, Numbering, Origin
from visavis.kernel.settings import Settings


@dataclass(frozen=True)
class Terms:
    """The installation's terms."""

    origins: Sequence[Origin]
    numberings: Sequence[Numbering]
    erasures: Sequence[Erasure]
    audit_at: time
    zone: str
    folder: Path
    backup_days: int


_terms: Terms | None = None


def install(
    settings: Settings,
    origins: Sequence[Origin],
    numberings: Sequence[Numbering],
    erasures: Sequence[Erasure],
) -> None:
    """Use these terms in this process; called once, by the composition root."""
    global _terms
    _terms = Terms(
        tuple(origins), tuple(numberings), tuple(erasures),
        time.fromisoformat(settings.audit_at), settings.time_zone, settings.home, settings.backup_days,
    )  # fmt: skip


def terms() -> Terms:
    """The terms in force."""
    if _terms is None:
        raise RuntimeError("no terms installed")
    return _terms
