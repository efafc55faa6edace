"""What contexts above may know of conversations without reading them: how far people are, and past ones."""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations import finding, monologue, sameness
from visavis.conversations.store import reading as store
from visavis.conversations.store import threads
from visavis.conversations.types import Conversation, Entry, Monologue
from visavis.kernel.db import Tx
from visavis.kernel.live import Hint

WORDS = finding.TOPIC


async def delivered(tx: Tx, conversation_id: UUID) -> dict[UUID, int]:
    """Per person the highest number of the shared stream that has arrived at one of his devices."""
    return {one.person_id: one.delivered_no for one in await store.receipts(tx, conversation_id)}


async def said_in_a_row(tx: Tx, one: Monologue) -> None:
    """Publish what somebody said in a row during a span that is over."""
    await monologue.tell(tx, one)


async def index_batch(tx: Tx) -> int:
    """Let a little of what waits be found by its words; returns how many entries, 0 where none waits."""
    return await finding.catch_up(tx)


async def of_client(tx: Tx, client_id: UUID, limit: int = 20) -> list[Conversation]:
    """A client's last conversations, newest first; the caller has checked that its reader may know of them."""
    found = await store.of_client(tx, client_id, None, None, limit)
    return [one.conversation for one in found]


async def unread_breach(tx: Tx, client_id: UUID) -> Entry | None:
    """The newest notice of a breach that the client has not read; the caller answers for who asks."""
    return await store.unread_breach(tx, client_id)


async def as_hints(tx: Tx, conversation_ids: Sequence[UUID]) -> list[Hint]:
    """How far the streams of these conversations are, as hints: for whoever may have missed one."""
    found = await threads.numbers(tx, conversation_ids)
    return [
        Hint(f"conversation.{key}", {"shared": shared, "internal": internal})
        for key, shared, internal in found
    ]


async def forget_words(tx: Tx) -> None:
    """Forget whom the same words reached so long ago that it counts no more (COMM-03)."""
    await sameness.forget(tx)
