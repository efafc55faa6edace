"""What happens to connections."""

from dataclasses import dataclass
from uuid import UUID

from visavis.kernel.events import Event


@dataclass(frozen=True)
class ConnectionProposed(Event):
    """The firm has assigned a client to a member of staff; they have not met."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID


@dataclass(frozen=True)
class ConnectionEstablished(Event):
    """The two may talk from now on."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID


@dataclass(frozen=True)
class ManyLooked(Event):
    """Somebody has looked at more clients within an hour than the firm allows; `client_id` is the last of them."""

    staff_id: UUID
    client_id: UUID
    clients: int


@dataclass(frozen=True)
class ConnectionDissolved(Event):
    """The two may not talk any more; a successor, where there is one, is already proposed."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID
    successor_id: UUID | None = None
