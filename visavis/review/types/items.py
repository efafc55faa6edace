"""Items of the queue, verdicts upon them, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.events import Event


class ItemKind(StrEnum):
    """Why somebody should look: an ignored nudge or a block, a hold, chance, a later policy, contradiction."""

    ALERT = "alert"
    HOLD = "hold"
    SAMPLE = "sample"
    RESCAN = "rescan"
    CONTRADICTION = "contradiction"


class Grade(StrEnum):
    """What a reviewer finds, mildest first; to escalate is to leave it to the chief."""

    FALSE_POSITIVE = "false_positive"
    MINOR = "minor"
    SERIOUS = "serious"
    ESCALATE = "escalate"


class Step(StrEnum):
    """Whose verdict an item waits for; `open` the first reviewer's."""

    OPEN = "open"
    SECOND = "second"
    CHIEF = "chief"
    CLOSED = "closed"


@dataclass(frozen=True)
class Fresh:
    """An item about to be opened."""

    kind: ItemKind
    environment: Environment
    conversation_id: UUID
    entry_id: UUID
    client_id: UUID
    subject_id: UUID
    branch_id: UUID | None
    said_at: datetime
    severity: int
    action: str = "pass"
    categories: Sequence[str] = ()
    policies: Sequence[Mapping[str, Any]] = ()
    spans: Sequence[Sequence[int]] = ()
    score: int = 0
    other_entry_id: UUID | None = None


@dataclass(frozen=True)
class Item:
    """One thing to be looked at; `risk` is severity times score times age, the order of the queue."""

    id: UUID
    kind: ItemKind
    environment: Environment
    conversation_id: UUID
    entry_id: UUID
    client_id: UUID
    subject_id: UUID
    branch_id: UUID | None
    action: str
    categories: Sequence[str]
    policies: Sequence[Mapping[str, Any]]
    spans: Sequence[Sequence[int]]
    other_entry_id: UUID | None
    score: int
    severity: int
    said_at: datetime
    opened_at: datetime
    due_at: datetime
    deadline_at: datetime | None
    overdue_at: datetime | None
    state: Step
    claimed_by: UUID | None
    claimed_until: datetime | None
    grade: Grade | None
    closed_at: datetime | None
    risk: int = 0

    def claimed_at(self, now: datetime) -> UUID | None:
        """Who has it in hand now."""
        return self.claimed_by if self.claimed_until and self.claimed_until > now else None


@dataclass(frozen=True)
class Verdict:
    """One reviewer's word."""

    step: Step
    reviewer_id: UUID
    grade: Grade
    note: str
    at: datetime


@dataclass(frozen=True)
class Disposition:
    """What review has come to about one text, for the ranker; `violation` is whether it was a breach."""

    entry_id: UUID
    conversation_id: UUID
    text: str
    direction: str
    categories: Sequence[str]
    policies: Sequence[str]
    action: str
    score: int
    source: str
    grade: Grade
    violation: bool
    at: datetime


@dataclass(frozen=True)
class ItemJudged(Event):
    """A reviewer has given his verdict on an item."""

    item_id: UUID
    grade: str
    closed: bool


@dataclass(frozen=True)
class ItemOverdue(Event):
    """Nobody has looked at an item in its time."""

    item_id: UUID


@dataclass(frozen=True)
class NudgeCounted(Event):
    """Somebody was advised while he wrote; `outcome` is edited, sent or abandoned."""

    staff_id: UUID
    policy: str
    outcome: str
