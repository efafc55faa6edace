"""How somebody stands at this moment: what his right to speak and the judgement of his words depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from visavis.identity.types.people import Capability, Need, PersonStatus
from visavis.kernel.auth import Environment, Role


class Constraint(StrEnum):
    """Why somebody may not meet a need."""

    STATUS = "status"
    ROLE = "role"
    LICENCE = "licence"


@dataclass(frozen=True)
class Unmet:
    """The first constraint that failed; `detail` is `type:reason` for licences, the status or role otherwise."""

    constraint: Constraint
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides at this moment whether somebody may speak; clients have no roles and no capabilities.

    `home_id` is the branch of a client, where the firm has named it; `reach` as in `Staff`.
    """

    environment: Environment
    status: PersonStatus
    roles: frozenset[Role]
    capabilities: frozenset[Capability]
    branch_id: UUID | None = None
    home_id: UUID | None = None
    reach: frozenset[UUID] | None = None

    @property
    def advises(self) -> bool:
        """Whether his words may be investment advice at this moment (LIC-01)."""
        return Capability.ADVISE in self.capabilities

    @property
    def department(self) -> str | None:
        """What a policy that binds some departments knows his by."""
        return str(self.branch_id) if self.branch_id else None


@dataclass(frozen=True, slots=True)
class Serving:
    """Somebody active who serves clients, as whoever chooses among all of them sees him.

    `lacks` says which needs he does not meet today, and why; `reach` as in `Staff`.
    """

    id: UUID
    environment: Environment
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    branch_id: UUID
    reach: frozenset[UUID] | None
    lacks: Mapping[Need, Unmet]


def serves_there(reach: frozenset[UUID] | None, home_id: UUID | None) -> bool:
    """Whether a contract with this reach covers a client of that branch (LIC-02; order of 2009-04-13, art 6).

    A client whose branch the firm has not named is covered by every contract.
    """
    return reach is None or home_id is None or home_id in reach
