"""Reactions of the assistant: a client has written to it. And its morning: it reads before the first question."""

import asyncio

from visavis.assistant import api
from visavis.conversations.types import MessagePosted
from visavis.kernel import outbox
from visavis.kernel.db import Database, Tx
from visavis.kernel.events import Delivery
from visavis.kernel.settings import Settings
from visavis.knowledge import api as knowledge
from visavis.supervision import api as supervision


@outbox.only(lambda event: event.by == "client" and event.partner == "assistant")
async def on_message_posted(tx: Tx, delivery: Delivery) -> None:
    """Answer a client whose partner is the assistant."""
    event = delivery.event
    assert isinstance(event, MessagePosted)
    await api.answer(tx, event.conversation_id, event.entry_id)


async def warm_up(database: Database, settings: Settings) -> None:
    """Compile the policy pack and make the search index, so that the first client need not wait a second."""
    del settings
    await asyncio.to_thread(supervision.pack)
    async with database.transaction(readonly=True) as tx:
        await knowledge.search(tx, "account", "zh-CN", 1)
