"""What dispatch does when something has happened below it, and its one recurring piece of work."""

from collections.abc import Sequence
from typing import cast

from visavis.connections.types import ConnectionDissolved, ContactBarred
from visavis.conversations.types import ConversationClosed, ConversationTransferred, MessagePosted
from visavis.dispatch import api
from visavis.identity.types import LicenceChanged, StaffLeft, StaffSuspended
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import Payload, Recurring
from visavis.kernel.outbox import Reactions, together


async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """The advisor's first word ends the wait; every word keeps the request fresh."""
    event = cast(MessagePosted, delivery.event)
    if event.by == "staff":
        await api.staff_spoke(tx, event.conversation_id, event.sender_id)
    elif event.by == "client":
        await api.client_spoke(tx, event.conversation_id)


async def on_conversation_closed(tx: Tx, delivery: Delivery) -> None:
    """The request ends with its conversation."""
    await api.closed(tx, cast(ConversationClosed, delivery.event).conversation_id)


async def on_conversation_transferred(tx: Tx, delivery: Delivery) -> None:
    """The request goes along with its conversation."""
    event = cast(ConversationTransferred, delivery.event)
    await api.handed_over(tx, event.conversation_id, event.from_id, event.to_id)


@together
async def on_connection_dissolved(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """What advisors had of these clients moves on."""
    events = [cast(ConnectionDissolved, one.event) for one in deliveries]
    await api.parted(tx, {(one.client_id, one.staff_id): one.successor_id for one in events})


async def on_contact_barred(tx: Tx, delivery: Delivery) -> None:
    """Whom a client has blocked is offered nothing of hers."""
    event = cast(ContactBarred, delivery.event)
    await api.barred(tx, event.client_id, event.staff_id)


async def on_rights_changed(tx: Tx, delivery: Delivery) -> None:
    """Offers to somebody whose rights have changed are looked at again at once."""
    event = cast(StaffLeft | StaffSuspended | LicenceChanged, delivery.event)
    await api.ineligible(tx, event.staff_id)


async def reconcile(tx: Tx, payload: Payload) -> None:
    """Make used capacity what the accepted requests say."""
    del payload
    await api.reconcile(tx)


RECURRING = (Recurring("dispatch.reconcile", 60, reconcile),)

# Whom a client blocks is told to dispatch alone.
BARRED: Reactions = {ContactBarred: (on_contact_barred,)}
