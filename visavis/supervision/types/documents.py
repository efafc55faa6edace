"""The words of the policy store: a document of the house, its steps, and what the store says no to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal


class DocumentStep(StrEnum):
    """Where a version is: proposed, tried on the past, then decided on by somebody else."""

    DRAFT = "draft"
    TESTED = "tested"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class HouseDocument:
    """One version of a document of the house; without a source it retires the document of its name.

    `effective` is the first day (of the house's zone) on which it may be in force; `backtest` what it would have
    done, in the form of `rules/backtest.py`.
    """

    id: UUID
    environment: Environment
    name: str
    number: int
    format: str
    source: str
    note: str
    state: DocumentStep
    author_id: UUID
    created_at: datetime
    effective: date
    backtest: Mapping[str, Any] | None = None
    tested_at: datetime | None = None
    approver_id: UUID | None = None
    decided_at: datetime | None = None
    decision_note: str = ""

    @property
    def decided(self) -> bool:
        """Whether somebody has approved or refused it."""
        return self.state in {DocumentStep.APPROVED, DocumentStep.REFUSED}


class UnfitPolicy(Refusal):
    """The document cannot be put in force; `reason` names the place, or the test that fails."""

    code = "policy_unfit"
    status = 422


class PolicyUntested(Refusal):
    """A document is tried on the past before it is approved, and again where the pack has changed since."""

    code = "policy_untested"
    status = 409


class PolicyDecided(Refusal):
    """The version was approved or refused before."""

    code = "policy_decided"
    status = 409


class OwnPolicy(Refusal):
    """Nobody approves his own document."""

    code = "own_policy"
    status = 403
