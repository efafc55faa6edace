"""Reactions of conversations to what happens below: a dissolved connection takes its handler out."""

from visavis.connections import api as connections
from visavis.connections.types import ConnectionDissolved, Contact
from visavis.conversations import api
from visavis.conversations.types import MessagePosted
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery


async def on_connection_dissolved(tx: Tx, delivery: Delivery) -> None:
    """The handler leaves every conversation with this client; the client keeps the history and is told."""
    event = delivery.event
    assert isinstance(event, ConnectionDissolved)
    await api.part_ways(tx, event.client_id, event.staff_id, event.successor_id)


async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """A message between a client and a handler is a contact of their connection."""
    event = delivery.event
    assert isinstance(event, MessagePosted)
    one = await api.conversation(tx, event.conversation_id)
    if one.handler_id is None or event.by == "assistant":
        return
    met = Contact(one.client_id, one.handler_id, event.by == "client", one.last_at)
    await connections.contact(tx, system(one.environment), met)
