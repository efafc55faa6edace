"""Who acts: roles, environments and the actor that every door receives."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What somebody is in the firm; what he may do at this moment is derived (capabilities), never stored."""

    CLIENT = "client"
    VISITOR = "visitor"
    ADVISOR = "advisor"
    CLIENT_MANAGER = "client_manager"
    BROKER_AGENT = "broker_agent"
    PARTNER_STAFF = "partner_staff"
    SUPERVISOR = "supervisor"
    EXAMINER = "examiner"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    ASSISTANT = "assistant"
    SYSTEM = "system"


SERVING = frozenset({Role.ADVISOR, Role.CLIENT_MANAGER, Role.BROKER_AGENT})
STAFF = frozenset(Role) - {Role.CLIENT, Role.VISITOR, Role.ASSISTANT, Role.SYSTEM}


class Environment(StrEnum):
    """Which world a person or a record belongs to; the worlds never meet."""

    REAL = "real"
    SIMULATED = "simulated"
    TEST = "test"


@dataclass(frozen=True)
class Actor:
    """The person or machine on whose behalf a door is called."""

    person_id: UUID
    roles: frozenset[Role]
    environment: Environment = Environment.REAL
    name: str = ""
    language: str = "zh-CN"
    branch_id: UUID | None = None
    session_id: UUID | None = None
    origin: str = field(default="", compare=False)

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the firm."""
        return not self.roles.isdisjoint(STAFF)


SYSTEM_ID = UUID("00000000-0000-7000-8000-000000000001")
ASSISTANT_ID = UUID("00000000-0000-7000-8000-000000000002")


def system(environment: Environment = Environment.REAL) -> Actor:
    """The platform itself, acting by a rule or a timer."""
    return Actor(SYSTEM_ID, frozenset({Role.SYSTEM}), environment, "Visavis")


def assistant(environment: Environment) -> Actor:
    """The client's assistant: a machine, and never anything else."""
    return Actor(ASSISTANT_ID, frozenset({Role.ASSISTANT}), environment, "Assistant")
