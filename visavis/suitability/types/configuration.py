"""Documents as versions, and those that are in force together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from visavis.suitability.types.documents import (
    Bands,
    HighRisk,
    Incentive,
    Matrix,
    Professional,
    Questionnaire,
    SpecialWarning,
    Terms,
)


class DocumentKind(StrEnum):
    """What a document settles."""

    QUESTIONNAIRE = "questionnaire"
    BANDS = "bands"
    MATRIX = "matrix"
    TERMS = "terms"
    WARNING = "warning"
    HIGH_RISK = "high_risk"
    PROFESSIONAL = "professional"
    INCENTIVE = "incentive"


class DocumentState(StrEnum):
    """How far a version has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"


CONTENT: Mapping[DocumentKind, type[msgspec.Struct]] = {
    DocumentKind.QUESTIONNAIRE: Questionnaire,
    DocumentKind.BANDS: Bands,
    DocumentKind.MATRIX: Matrix,
    DocumentKind.TERMS: Terms,
    DocumentKind.WARNING: SpecialWarning,
    DocumentKind.HIGH_RISK: HighRisk,
    DocumentKind.PROFESSIONAL: Professional,
    DocumentKind.INCENTIVE: Incentive,
}


@dataclass(frozen=True)
class Document:
    """One version of a document; in force from the local day `effective_from` once it is approved."""

    kind: DocumentKind
    version: int
    state: DocumentState
    content: Mapping[str, Any]
    effective_from: date
    author_id: UUID
    approver_id: UUID | None
    note: str
    created_at: datetime
    record_id: UUID


@dataclass(frozen=True)
class Documents:
    """The documents that a decision is made under, with their versions by kind."""

    questionnaire: Questionnaire
    bands: Bands
    matrix: Matrix
    terms: Terms
    warning: SpecialWarning
    high_risk: HighRisk
    professional: Professional
    incentive: Incentive
    versions: Mapping[str, int]
