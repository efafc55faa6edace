"""Clients as suitability sees them, what is asked of it, and what it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Actor, Environment
from visavis.products.types import Goal, ProductKind, ProductVersion


class RiskToleranceLevel(IntEnum):
    """C1 (careful) to C5 (daring)."""

    C1 = 1
    C2 = 2
    C3 = 3
    C4 = 4
    C5 = 5


class Category(StrEnum):
    """Ordinary clients have the full protection; professional ones know what they do (order 130 arts 7, 8)."""

    ORDINARY = "ordinary"
    PROFESSIONAL = "professional"


class Assessed(StrEnum):
    """Whether there is an assessment that counts."""

    NEVER = "never"
    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED_DATA = "refused_data"


class Path(StrEnum):
    """On whose initiative: the firm's (push), the client's (look, request), or an order. One never becomes another."""

    PUSH = "push"
    LOOK = "look"
    REQUEST = "request"
    ORDER = "order"
    OPEN_CARD = "open_card"


class Reason(StrEnum):
    """Why a match was refused."""

    NOT_IN_FORCE = "product_not_in_force"
    NOT_ASSESSED = "suitability_not_assessed"
    EXPIRED = "suitability_assessment_expired"
    DATA_REFUSED = "suitability_data_refused"
    ACCESS = "product_access_condition"
    LOWEST = "suitability_lowest_class"
    ABOVE = "suitability_above_level"
    GOAL = "goal_mismatch"
    NOT_PERMITTED = "suitability_not_permitted"


@dataclass(frozen=True)
class Standing:
    """How a client stands at this moment."""

    client_id: UUID
    assessed: Assessed = Assessed.NEVER
    level: RiskToleranceLevel | None = None
    lowest: bool = False
    category: Category = Category.ORDINARY
    goals: frozenset[Goal] = frozenset()
    kinds: frozenset[ProductKind] = frozenset()
    months: int | None = None
    assessment_id: UUID | None = None
    taken_at: datetime | None = None
    expires_at: datetime | None = None
    professional_until: datetime | None = None


@dataclass(frozen=True)
class CardAsk:
    """May `actor` send this product to everybody of `client_ids` now? `advice`: a view or words come with it."""

    actor: Actor
    client_ids: tuple[UUID, ...]
    product_id: UUID
    environment: Environment
    advice: bool = False
    conversation_id: UUID | None = None
    reference: UUID | None = None


@dataclass(frozen=True)
class Cleared:
    """The card may go: the version that it shows."""

    version: ProductVersion


@dataclass(frozen=True)
class MatchDecision:
    """A decision, allowed or not, with everything that it was made from; never changed."""

    id: UUID
    client_id: UUID
    environment: Environment
    product_id: UUID
    product_version: int
    path: Path
    allowed: bool
    reason: Reason | None
    inputs: Mapping[str, Any]
    versions: Mapping[str, int]
    actor_id: UUID
    conversation_id: UUID | None
    reference: UUID | None
    at: datetime
    record_id: UUID
