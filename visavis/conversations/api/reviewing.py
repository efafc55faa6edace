"""What the review of messages needs: one message in its context, texts by id, what was said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.conversations.api.supervising import found_for, on_record, supervisor
from visavis.conversations.store import supervising as store
from visavis.conversations.types import Conversation, Entry, Said
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

# How much both sides said before and after it.
WIDTH = (6, 4)


@dataclass(frozen=True)
class Scene:
    """A message in its context: what both sides saw before and after it."""

    conversation: Conversation
    entry: Entry
    before: Sequence[Entry]
    after: Sequence[Entry]


async def scene(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    entry_id: UUID,
    purpose: str,
    withheld: Collection[UUID] = (),
) -> Scene:
    """A message in its context, for whoever reviews it; the look goes on record, kept from some.

    Raises `NotFound`.
    """
    supervisor(actor)
    one = await found_for(tx, actor, conversation_id)
    found = await store.around(tx, one.id, entry_id, *WIDTH)
    if found is None:
        raise NotFound
    await on_record(tx, actor, one, f"entry {entry_id}", purpose, withheld)
    return Scene(one, *found)


async def entries_by_id(
    tx: Tx, asked: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Entry]:
    """Entries by (conversation, entry); the caller answers for who may know of them."""
    return await store.entries_by_id(tx, asked) if asked else {}


async def said(tx: Tx, first: datetime, end: datetime, *, stopped: bool = False) -> list[Said]:
    """What staff and the assistant said in that time and clients saw; for the platform's own looks at all of it.

    With `stopped` also what was held or blocked and never went out.
    """
    return await store.said(tx, first, end, stopped)
