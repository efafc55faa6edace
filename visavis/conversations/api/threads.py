"""The life of a conversation: opened, closed, rated; lines of the platform."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import rules
from visavis.conversations.api.asking import conversation
from visavis.conversations.api.saying import enter, line, locked, say, stale
from visavis.conversations.store import threads as store
from visavis.conversations.types import (
    AlreadyRated,
    Conversation,
    ConversationClosed,
    ConversationOpened,
    ConversationRated,
    NotClosed,
    NotHandler,
    Partner,
    State,
)  # fmt: skip
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id


async def open_with(
    tx: Tx, actor: Actor, partner: Partner | str, context: Mapping[str, Any] | None = None
) -> Conversation:
    """The client's open conversation, or a new one; `context` is the page he is on. Visitors meet the assistant.

    Raises `Forbidden`.
    """
    if not actor.has(Role.CLIENT, Role.VISITOR):
        raise Forbidden
    wanted = Partner(partner)
    if wanted is Partner.PERSON and not actor.has(Role.CLIENT):
        raise Forbidden(reason="visitor")
    return await open_for(tx, actor, actor.person_id, actor.language, wanted, context)


async def open_for(
    tx: Tx,
    actor: Actor,
    client_id: UUID,
    language: str,
    partner: Partner,
    context: Mapping[str, Any] | None = None,
) -> Conversation:
    """The open conversation of a client or a new one, on the firm's initiative; the caller has checked that it may."""
    found = await store.open_of(tx, client_id)
    if found is None:
        now = clock.now()
        fresh = Conversation(
            new_id(), client_id, actor.environment, State.OPEN, partner, None, "", language, context or {},
            0, 0, now, "", None, None, now, None, None,
        )  # fmt: skip
        if await store.insert(tx, fresh):
            await outbox.publish(tx, ConversationOpened(fresh.id, client_id))
            tx.hint(f"person.{client_id}", frame="changed", what="conversations", id=str(fresh.id))
            return fresh
        found = await store.open_of(tx, client_id)
        assert found is not None
    if context:
        await store.change(tx, found.id, "context", context)
    if found.handler_id is None and partner is not found.partner:
        await store.change(tx, found.id, "partner", partner.value)
    return await conversation(tx, found.id)


async def concern(tx: Tx, conversation_id: UUID, topic: str) -> None:
    """Write down what the conversation is about (`Topic`); a later word wins. The caller checked who says so."""
    await store.change(tx, conversation_id, "topic", topic)


async def close(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """End a conversation: its client, its handler or the platform may; idempotent.

    Raises `NotFound`, `NotHandler`.
    """
    one = await locked(tx, conversation_id)
    if not rules.may_close(actor, one):
        raise NotFound if rules.by_of(actor) == "client" else NotHandler
    if one.state is State.CLOSED:
        return one
    await say(tx, one, "closed", {"by": rules.by_of(actor)})
    await store.change(tx, one.id, "closed", clock.now())
    await outbox.publish(tx, ConversationClosed(one.id, one.handler_id))
    stale(tx, one, one.handler_id)
    return await conversation(tx, one.id)


async def rate(
    tx: Tx, actor: Actor, conversation_id: UUID, stars: int, text: str = ""
) -> Conversation:
    """The client's rating of a closed conversation, 1 to 5 stars, once.

    Raises `NotFound`, `AlreadyRated`, `Malformed`, `NotClosed`.
    """
    one = await locked(tx, conversation_id)
    if actor.person_id != one.client_id:
        raise NotFound
    if one.state is not State.CLOSED:
        raise NotClosed
    if one.rating is not None:
        raise AlreadyRated
    if not 1 <= stars <= 5:
        raise Malformed(field="stars", reason="from_one 5")
    if len(text) > 1000 or "\x00" in text:
        raise Malformed(field="text", reason="string_too_long 1000")
    body = {"stars": stars, "text": text}
    await archive.append(
        tx, [Fact("rating", one.id, one.client_id, one.environment, body, {"stars": stars})]
    )
    await store.change(tx, one.id, "rating", stars, text)
    await outbox.publish(tx, ConversationRated(one.id, stars))
    return await conversation(tx, one.id)


async def say_system(
    tx: Tx, conversation_ids: Collection[UUID], code: str, params: Mapping[str, Any] | None = None
) -> None:
    """Put a line of the platform, worded by the reader's language, into the shared stream of each conversation."""
    found = await store.conversations(tx, conversation_ids)
    # One batch: its conversations are locked in id order, whatever order they were asked in.
    await enter(tx, [line(one, code, params or {}) for one in found.values()])


async def tell_open(tx: Tx, code: str) -> None:
    """Put a line of the platform into every open conversation that a person handles."""
    await say_system(tx, await store.handled_open(tx), code)
