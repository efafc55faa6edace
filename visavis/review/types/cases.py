"""Cases, protected tickets and broadcasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.events import Event


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a case has come to."""

    UNFOUNDED = "unfounded"
    COACHING = "coaching"
    WARNING = "warning"
    BREACH = "breach"


@dataclass(frozen=True)
class Note:
    """One step of a case or ticket: who did what, and his words."""

    by_id: UUID
    what: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Case:
    """Items grouped for one inquiry."""

    id: UUID
    environment: Environment
    title: str
    state: CaseState
    opened_by: UUID
    assignee_id: UUID | None
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    items: Sequence[UUID] = ()


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True)
class Ticket:
    """A client's distress, report or complaint, kept from those it concerns (COMM-08)."""

    id: UUID
    environment: Environment
    client_id: UUID
    conversation_id: UUID | None
    entry_id: UUID | None
    source: str
    category: str
    words: str
    state: TicketState
    opened_by: UUID
    assignee_id: UUID | None
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    answer: str | None
    closed_at: datetime | None
    concerned: Sequence[UUID] = ()


@dataclass(frozen=True)
class Broadcast:
    """One text for several clients, and who has let it out."""

    id: UUID
    environment: Environment
    author_id: UUID
    branch_id: UUID | None
    words: str
    verdict: Mapping[str, Any] | None
    state: str
    approver_id: UUID | None
    note: str
    created_at: datetime
    decided_at: datetime | None
    sent_at: datetime | None
    recipients: int = 0
    reached: int = 0
    product_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True)
class TicketOpened(Event):
    """A client needs protection; whoever is concerned must not learn of it."""

    ticket_id: UUID


@dataclass(frozen=True)
class TicketOverdue(Event):
    """Nobody has answered a ticket in its time."""

    ticket_id: UUID
