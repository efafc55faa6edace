"""What dispatch publishes."""

from dataclasses import dataclass
from uuid import UUID

from visavis.kernel.events import Event


@dataclass(frozen=True)
class RequestOpened(Event):
    """A client asks for a person."""

    request_id: UUID
    client_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class OfferMade(Event):
    """An advisor was offered a request."""

    offer_id: UUID
    request_id: UUID
    advisor_id: UUID


@dataclass(frozen=True)
class RequestAccepted(Event):
    """An advisor has claimed a request, by accepting an offer or by grabbing; `waited_s` since the client asked."""

    request_id: UUID
    advisor_id: UUID
    waited_s: float


@dataclass(frozen=True)
class RequestAnswered(Event):
    """The advisor's first word; `seconds` since the client asked."""

    request_id: UUID
    advisor_id: UUID
    seconds: float


@dataclass(frozen=True)
class RequestReleased(Event):
    """An accepted request moved on: silence, disconnect, or its advisor may no longer serve it."""

    request_id: UUID
    advisor_id: UUID
    reason: str


@dataclass(frozen=True)
class RequestStranded(Event):
    """Somebody waits, and nobody who may serve him can be asked."""

    request_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class RequestAbandoned(Event):
    """The client went away before anybody accepted."""

    request_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class MessageLeft(Event):
    """The request sleeps until the next opening, when it comes back by itself."""

    request_id: UUID
    client_id: UUID
    own_advisor_id: UUID | None


@dataclass(frozen=True)
class SlotBooked(Event):
    """The client booked a time; the request comes back then."""

    request_id: UUID
    client_id: UUID
    own_advisor_id: UUID | None


@dataclass(frozen=True)
class RequestClosed(Event):
    """The request has ended after an answer, or was cancelled by the client."""

    request_id: UUID
    client_id: UUID
