"""Events become facts; each is kept once."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from visavis.analytics import api
from visavis.analytics.types import Fact, Kind
from visavis.connections import api as connections
from visavis.connections.types import ConnectionDissolved, ConnectionEstablished
from visavis.conversations import api as conversations
from visavis.conversations.types import ConversationRated, MessagePosted
from visavis.conversations.types import Kind as EntryKind
from visavis.dispatch import api as dispatch
from visavis.dispatch.types import (
    MessageLeft,
    Request,
    RequestAbandoned,
    RequestAccepted,
    RequestAnswered,
    RequestOpened,
    RequestReleased,
    SlotBooked,
)
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery, Event
from visavis.kernel.jobs import patient
from visavis.kernel.outbox import together

Requested = (
    RequestOpened
    | RequestAccepted
    | RequestAnswered
    | RequestReleased
    | RequestAbandoned
    | MessageLeft
    | SlotBooked
)

KINDS: dict[type[Event], Kind] = {
    RequestOpened: Kind.OPENED,
    RequestAccepted: Kind.ACCEPTED,
    RequestAnswered: Kind.ANSWERED,
    RequestReleased: Kind.RELEASED,
    RequestAbandoned: Kind.ABANDONED,
    MessageLeft: Kind.MESSAGE_LEFT,
    SlotBooked: Kind.SLOT_BOOKED,
}


async def on_request(tx: Tx, delivery: Delivery) -> None:
    """Something has happened to a request."""
    event = cast(Requested, delivery.event)
    request = await dispatch.known(tx, event.request_id)
    if request is None:
        return
    seconds = event.waited_s if isinstance(event, RequestAccepted) else 0.0
    if isinstance(event, RequestAnswered):
        seconds = event.seconds
    staff_id: UUID | None = getattr(event, "advisor_id", None)
    if isinstance(event, RequestAccepted):
        await _heard(tx, request, event.advisor_id)
    await api.keep(
        tx,
        Fact(
            delivery.event_id, KINDS[type(event)], clock.now(), request.environment, request.branch_id, staff_id,
            request.client_id, request.topic, seconds,
        ),
    )  # fmt: skip


async def _heard(tx: Tx, request: Request, staff_id: UUID) -> None:
    """What the client last said before anybody was there was said to whoever then took the request."""
    said = [
        one.at
        for one in await conversations.transcript(tx, request.conversation_id)
        if one.sender_id == request.client_id and one.kind is EntryKind.MESSAGE
    ]
    if not said:
        return
    fact_id = api.spoke_id(
        request.conversation_id, f"client {staff_id}", request.client_id, said[-1]
    )
    await api.keep(
        tx,
        Fact(
            fact_id, Kind.CLIENT_SPOKE, said[-1], request.environment, None, staff_id, request.client_id,
            request.topic,
        ),
    )  # fmt: skip


@together
async def on_connection(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Connections were established or have ended."""
    told = {
        one.event_id: cast(ConnectionEstablished | ConnectionDissolved, one.event)
        for one in deliveries
    }
    known = await connections.several(tx, [event.connection_id for event in told.values()])
    facts = [
        Fact(
            event_id,
            Kind.ESTABLISHED if isinstance(event, ConnectionEstablished) else Kind.DISSOLVED,
            clock.now(),
            known[event.connection_id].environment,
            None,
            event.staff_id,
            event.client_id,
        )
        for event_id, event in told.items()
        if event.connection_id in known
    ]
    await api.keep(tx, *facts)


@patient
async def on_message(tx: Tx, delivery: Delivery) -> None:
    """One side of a connected pair has spoken: one fact per side and day."""
    event = cast(MessagePosted, delivery.event)
    if event.by not in ("client", "staff"):
        return
    one = await conversations.conversation(tx, event.conversation_id)
    staff_id = event.sender_id if event.by == "staff" else one.handler_id
    if staff_id is None:
        return
    now = clock.now()
    kind = Kind.CLIENT_SPOKE if event.by == "client" else Kind.STAFF_SPOKE
    fact_id = api.spoke_id(one.id, f"{event.by} {staff_id}", event.sender_id, now)
    await api.keep(
        tx, Fact(fact_id, kind, now, one.environment, None, staff_id, one.client_id, one.topic)
    )


async def on_rated(tx: Tx, delivery: Delivery) -> None:
    """A client has rated a conversation."""
    event = cast(ConversationRated, delivery.event)
    one = await conversations.conversation(tx, event.conversation_id)
    await api.keep(
        tx,
        Fact(
            delivery.event_id, Kind.RATED, clock.now(), one.environment, None, one.handler_id, one.client_id,
            one.topic, float(event.stars),
        ),
    )  # fmt: skip
