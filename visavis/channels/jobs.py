"""What channels do when somebody should be told, or may not be told any more."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from visavis.channels import api
from visavis.channels.api import queueing
from visavis.connections.types import ConnectionDissolved, HandoverAnnounced
from visavis.conversations.types import MessagePosted
from visavis.custody.types import CaptureStopped
from visavis.dispatch.types import OfferMade, RequestStranded, SlotBooked
from visavis.identity.types import ClientRestricted, StaffLeft, StaffSuspended
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import Payload, patient
from visavis.kernel.outbox import together
from visavis.review import api as review
from visavis.review.types import ItemOverdue, TicketOverdue


@patient
async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """The other side is told, unless the message arrives within seconds."""
    event = delivery.event
    assert isinstance(event, MessagePosted)
    await api.message_posted(tx, event.conversation_id, event.no, event.sender_id, event.by)


async def on_offer_made(tx: Tx, delivery: Delivery) -> None:
    """A sleeping device gets the offer's notice."""
    event = delivery.event
    assert isinstance(event, OfferMade)
    await api.offer_made(tx, event.offer_id, event.advisor_id)


@together
async def on_connection_dissolved(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Clients are told that somebody else serves them; what would have greeted them waits no more."""
    events = [cast(ConnectionDissolved, one.event) for one in deliveries]
    await queueing.stop(tx, [(one.staff_id, one.client_id) for one in events])
    await api.connections_ended(tx, {one.connection_id: one.successor_id for one in events})


async def on_handover_announced(tx: Tx, delivery: Delivery) -> None:
    """The client is told that somebody else is to serve him."""
    event = delivery.event
    assert isinstance(event, HandoverAnnounced)
    await api.connections_ended(tx, {event.connection_id: event.successor_id})


async def on_request_stranded(tx: Tx, delivery: Delivery) -> None:
    """Those on call are told that a client waits."""
    event = delivery.event
    assert isinstance(event, RequestStranded)
    await api.request_stranded(tx, event.request_id)


async def on_capture_stopped(tx: Tx, delivery: Delivery) -> None:
    """Those who answer for the platform are alarmed."""
    assert isinstance(delivery.event, CaptureStopped)
    await api.capture_failed(tx)


async def on_item_overdue(tx: Tx, delivery: Delivery) -> None:
    """Reviewers whom the item may reach are told that it waits too long."""
    event = delivery.event
    assert isinstance(event, ItemOverdue)
    await api.review_late(tx, *await review.reviewers_of(tx, event.item_id))


async def on_ticket_overdue(tx: Tx, delivery: Delivery) -> None:
    """Supervisors whom the ticket does not concern are told that one waits too long."""
    event = delivery.event
    assert isinstance(event, TicketOverdue)
    await api.review_late(tx, *await review.handlers_of(tx, event.ticket_id))


async def on_slot_booked(tx: Tx, delivery: Delivery) -> None:
    """Both sides are reminded of a booked time."""
    event = delivery.event
    assert isinstance(event, SlotBooked)
    await api.slot_booked(tx, event.request_id)


async def on_rights_ended(tx: Tx, delivery: Delivery) -> None:
    """Whoever left or is suspended gets no notice any more, and greets nobody."""
    event = delivery.event
    assert isinstance(event, StaffLeft | StaffSuspended)
    await queueing.stop(tx, [(event.staff_id, None)])
    await api.cut_off(tx, event.staff_id)


async def wake(tx: Tx, payload: Payload) -> None:
    """The moment of a wish has come."""
    await api.wake_up(tx, UUID(payload["wake"]))


async def on_client_restricted(tx: Tx, delivery: Delivery) -> None:
    """Nothing goes out any more to a client whose data is restricted."""
    event = delivery.event
    assert isinstance(event, ClientRestricted)
    await queueing.stop(tx, [(None, event.client_id)])
    await api.silence(tx, event.client_id)


async def send_greeting(tx: Tx, payload: Payload) -> None:
    """The moment of a greeting that waited has come."""
    await queueing.send(tx, UUID(payload["id"]))


WORKS = {"channels.wake": wake, queueing.JOB: send_greeting}
