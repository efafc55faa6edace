"""Reactions of conversations to what happens below: a dissolved connection takes its handler out."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import ConnectionDissolved, Contact, HandoverAnnounced
from visavis.conversations import api
from visavis.conversations.api import aside, scheduling, telling, unplanning
from visavis.conversations.api.recalling import recall_unsuitable
from visavis.conversations.types import MessagePosted, Monologue
from visavis.custody.types import CaptureResumed, CaptureStopped
from visavis.identity.types import ClientRestricted, StaffLeft, StaffSuspended
from visavis.kernel import clock
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.ids import made_at
from visavis.kernel.jobs import Payload, Recurring, patient
from visavis.kernel.outbox import Reactions, together
from visavis.products.types import ProductChanged
from visavis.suitability.types import MatrixChanged, ProofsDue, SuitabilityChanged


@together
async def on_connection_dissolved(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Handlers leave every conversation with these clients, who keep the history and are told."""
    events = [cast(ConnectionDissolved, one.event) for one in deliveries]
    await api.parted(tx, {(one.client_id, one.staff_id): one.successor_id for one in events})


async def on_rights_ended(tx: Tx, delivery: Delivery) -> None:
    """Whoever has left or is suspended sends nothing more, whatever he had planned (CONN-02)."""
    event = delivery.event
    assert isinstance(event, StaffLeft | StaffSuspended)
    await unplanning.stop(tx, event.staff_id)


async def on_client_restricted(tx: Tx, delivery: Delivery) -> None:
    """The open conversation of a client whose data is restricted ends, and what was asked in it."""
    event = delivery.event
    assert isinstance(event, ClientRestricted)
    one = await api.open_of(tx, event.client_id)
    if one is not None:
        await api.close(tx, system(one.environment), one.id)


async def on_capture_stopped(tx: Tx, delivery: Delivery) -> None:
    """Clients in conversation are told that the firm cannot answer for the moment (REC-09)."""
    assert isinstance(delivery.event, CaptureStopped)
    await api.tell_open(tx, "capture_stopped")


async def on_capture_resumed(tx: Tx, delivery: Delivery) -> None:
    """Clients in conversation are told that it goes on."""
    assert isinstance(delivery.event, CaptureResumed)
    await api.tell_open(tx, "capture_resumed")


async def on_handover_announced(tx: Tx, delivery: Delivery) -> None:
    """The client reads in the conversation from when on somebody else is to serve him."""
    event = delivery.event
    assert isinstance(event, HandoverAnnounced)
    await api.announce_successor(
        tx, event.client_id, event.staff_id, event.successor_id, event.effective_ms
    )


@patient
async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """A message between a client and a handler is a contact of their connection."""
    event = delivery.event
    assert isinstance(event, MessagePosted)
    one = await api.conversation(tx, event.conversation_id)
    if one.handler_id is None or event.by == "assistant":
        return
    # When it was said, not when this runs: a reply is measured by it.
    at = min(made_at(delivery.event_id), clock.now())
    if event.by == "client":
        await aside.spoken(tx, one.id)
    met = Contact(one.client_id, one.handler_id, event.by == "client", at, event.count)
    await connections.contact(tx, system(one.environment), met)


async def on_product_changed(tx: Tx, delivery: Delivery) -> None:
    """Another version of a product is in force: its open cards and planned ones are matched anew (SUIT-08)."""
    event = delivery.event
    assert isinstance(event, ProductChanged)
    await recall_unsuitable(tx, product_id=event.product_id)


async def on_suitability_changed(tx: Tx, delivery: Delivery) -> None:
    """A client stands otherwise: his open cards and planned ones are matched anew (SUIT-08)."""
    event = delivery.event
    assert isinstance(event, SuitabilityChanged)
    await recall_unsuitable(tx, client_id=event.client_id)


async def on_proofs_due(tx: Tx, delivery: Delivery) -> None:
    """A professional investor is reminded in his open conversation that his proofs are due again (SUIT-15)."""
    event = delivery.event
    assert isinstance(event, ProofsDue)
    one = await api.open_of(tx, event.client_id)
    if one is not None:
        await api.say_system(tx, [one.id], "proofs_due", {"at": event.until_ms})


async def on_matrix_changed(tx: Tx, delivery: Delivery) -> None:
    """Another matrix is in force: all open cards are matched anew (SUIT-08)."""
    assert isinstance(delivery.event, MatrixChanged)
    await recall_unsuitable(tx)


@patient
async def monologue(tx: Tx, payload: Payload) -> None:
    """What somebody said in a row is told when its span of time is over."""
    until = clock.from_us(payload["until"])
    await api.said_in_a_row(tx, Monologue(UUID(payload["conversation"]), payload["after"], until))


async def take_up(tx: Tx, payload: Payload) -> None:
    """What somebody set aside comes back when its moment has come."""
    until = clock.from_us(payload["until"])
    await aside.due(tx, UUID(payload["conversation"]), UUID(payload["staff"]), until)


async def send_scheduled(tx: Tx, payload: Payload) -> None:
    """The moment of a message for later has come."""
    await scheduling.send(tx, UUID(payload["id"]))


async def drop_unsent_files(tx: Tx, payload: Payload) -> None:
    """Take away what was uploaded and never sent, and recipients of the same words who count no more."""
    del payload
    await api.drop_unsent(tx)
    await telling.forget_words(tx)


SUITED: Reactions = {
    SuitabilityChanged: (on_suitability_changed,),
    ProofsDue: (on_proofs_due,),
    MatrixChanged: (on_matrix_changed,),
}
WORKS = {
    "conversations.monologue": monologue,
    "conversations.take_up": take_up,
    scheduling.JOB: send_scheduled,
}
RECURRING = (Recurring("conversations.drop_unsent_files", 3600.0, drop_unsent_files),)
