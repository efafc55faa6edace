"""What a client brings: answered questionnaires, and proofs of being professional."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.products.types import Goal, ProductKind
from visavis.suitability.types.words import RiskToleranceLevel


class AssessmentState(StrEnum):
    """What became of an attempt."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    REFUSED_DATA = "refused_data"


@dataclass(frozen=True)
class Assessment:
    """One answered questionnaire with its outcome and the versions that made it."""

    id: UUID
    client_id: UUID
    environment: Environment
    state: AssessmentState
    questionnaire_version: int
    bands_version: int
    answers: Mapping[str, list[str]]
    score: int
    level: RiskToleranceLevel | None
    lowest: bool
    goals: frozenset[Goal]
    kinds: frozenset[ProductKind]
    months: int | None
    taken_at: datetime
    expires_at: datetime
    alert: str
    record_id: UUID


@dataclass(frozen=True)
class Taken:
    """The outcome of an attempt before it is kept."""

    score: int
    level: RiskToleranceLevel | None
    lowest: bool
    refused: bool
    goals: frozenset[Goal]
    kinds: frozenset[ProductKind]
    months: int | None


@dataclass(frozen=True)
class Evidence:
    """What an investor shows to be professional: yuan and years; `relevant_job` stands for experience (art 8(5))."""

    organisation: bool = False
    financial: int = 0
    income: int = 0
    net: int = 0
    years: float = 0.0
    relevant_job: bool = False
    licensed_institution: bool = False


class CategoryState(StrEnum):
    """What became of a conversion."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True)
class InvestorCategory:
    """A conversion to professional, with its proof, its test, and the reasoned answer."""

    id: UUID
    client_id: UUID
    environment: Environment
    state: CategoryState
    basis: str
    evidence: Mapping[str, Any]
    score: int | None
    answer: str
    applied_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True)
class Device:
    """From where somebody acts: the address, and what the browser calls itself."""

    address: str = ""
    agent: str = ""
