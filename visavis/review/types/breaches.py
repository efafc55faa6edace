"""Words of a breach of personal information: what happened, who is affected, who has let the notice out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal


@dataclass(frozen=True)
class Breach:
    """A breach with its notice; `incident` stays in the house, `notice` is said to everybody affected, by language.

    `state` is waiting, approved, refused or told; `due_at` is when everybody has to know.
    """

    id: UUID
    environment: Environment
    author_id: UUID
    incident: str
    notice: Mapping[str, str]
    found_at: datetime
    due_at: datetime
    state: str
    created_at: datetime
    record_id: UUID
    approver_id: UUID | None = None
    note: str = ""
    decided_at: datetime | None = None
    told_at: datetime | None = None
    affected: int = 0
    told: int = field(default=0)


class UnknownNumbers(Refusal):
    """Nobody has these client numbers; `count` says how many they are, `numbers` names the first ones."""

    code = "unknown_numbers"
    status = 422


class BreachDecided(Refusal):
    """The notice was approved or refused before."""

    code = "breach_decided"
    status = 409
