"""Reactions of the assistant: a client has written to it."""

from visavis.assistant import api
from visavis.conversations.types import MessagePosted
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery


async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """Answer a client whose partner is the assistant."""
    event = delivery.event
    assert isinstance(event, MessagePosted)
    if event.by == "client" and event.partner == "assistant":
        await api.answer(tx, event.conversation_id, event.entry_id)
