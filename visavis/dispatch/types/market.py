"""Offers, claims, decisions and presence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from visavis.dispatch.types.words import Constraint, Mode, OfferState, Stage, Status
from visavis.kernel.auth import Environment


@dataclass(frozen=True)
class Offer:
    """An offer of one request to one advisor; `why` is a list of codes with parameters."""

    id: UUID
    request_id: UUID
    advisor_id: UUID
    decision_id: UUID
    rank: int
    of: int
    state: OfferState
    why: tuple[Mapping[str, Any], ...]
    reason: str | None
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class OfferView:
    """An offer or a pooled request as an advisor may see it: the client's name only where he is his own."""

    id: UUID
    request_id: UUID
    conversation_id: UUID
    topic: str
    language: str
    capability: str
    environment: Environment
    waiting_since: datetime
    why: tuple[Mapping[str, Any], ...]
    client_id: UUID | None
    client_name: str
    client_name_en: str
    excerpt: str
    rank: int
    of: int
    issued_at: datetime
    expires_at: datetime | None
    state: OfferState
    pooled: bool = False
    ended_by: UUID | None = None


@dataclass(frozen=True)
class Load:
    """An advisor's presence and capacity; `used` counts the requests that he has accepted and not closed."""

    advisor_id: UUID
    used: int
    capacity: int
    status: Status
    seen_at: datetime | None
    pushable: bool
    missed_offers: int
    offers_today: int
    offers_day: date | None


@dataclass(frozen=True)
class Presence:
    """What others may know of an advisor's presence; `away` says that only a notice reaches his sleeping device."""

    person_id: UUID
    status: Status
    capacity: int
    used: int
    away: bool = False


@dataclass(frozen=True)
class Candidate:
    """One advisor as a decision saw him: a score with its parts, or the constraint that failed."""

    staff_id: UUID
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    refused: Constraint | None = None
    detail: str = ""


@dataclass(frozen=True)
class Decision:
    """Why this advisor: kept when it was made, read as it is, never recomputed."""

    id: UUID
    request_id: UUID
    stage: Stage
    mode: Mode
    policy_version: str
    chosen: tuple[UUID, ...]
    candidates: tuple[Candidate, ...]
    at: datetime


@dataclass(frozen=True)
class Explained:
    """A decision with the names that its reader may know; `topic` and what follows are filled in lists."""

    decision: Decision
    names: Mapping[UUID, str]
    names_en: Mapping[UUID, str]
    topic: str = ""
    capability: str = ""
    state: str = ""


@dataclass(frozen=True)
class Claimed:
    """The one answer to an accept or a grab, however often it is sent."""

    request_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class Colleague:
    """Somebody who could take a conversation over, or why not."""

    staff_id: UUID
    name: str
    name_en: str
    branch_name: str
    branch_name_en: str
    presence: Presence
    free: int
    refused: Constraint | None
