"""What the doors of this folder share: a locked conversation, a line of the platform, news for its people."""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations import posting
from visavis.conversations.store import stream
from visavis.conversations.types import (
    Body,
    Conversation,
    Draft,
    Entry,
    Kind,
    Stream,
)  # fmt: skip
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, Refusal


async def say(tx: Tx, one: Conversation, code: str, params: Body) -> None:
    """Put a line of the platform into a conversation."""
    await enter(tx, [line(one, code, params)])


def line(one: Conversation, code: str, params: Body) -> Draft:
    """A line of the platform."""
    body = {"code": code, "params": dict(params)}
    return Draft(system(one.environment), one.id, Stream.SHARED, Kind.SYSTEM, body)


async def enter(tx: Tx, drafts: Sequence[Draft]) -> list[Entry]:
    """Enter drafts; the first refusal is raised."""
    entries: list[Entry] = []
    for answer in await posting.post(tx, drafts):
        if isinstance(answer, Refusal):
            raise answer
        entries.append(answer.entry)
    return entries


async def locked(tx: Tx, conversation_id: UUID) -> Conversation:
    """A conversation under its lock; raises `NotFound`."""
    found, _ = await stream.lock(tx, [conversation_id], "")
    if conversation_id not in found:
        raise NotFound
    return found[conversation_id][0]


def stale(tx: Tx, one: Conversation, *people: UUID | None) -> None:
    """Tell the pages of its people that a conversation has changed."""
    for person in {one.client_id, *people} - {None}:
        tx.hint(f"person.{person}", frame="changed", what="conversations", id=str(one.id))
