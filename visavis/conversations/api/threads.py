"""The life of a conversation: opened, handled, handed on, closed, rated."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import posting, rules
from visavis.conversations.api.asking import conversation
from visavis.conversations.store import stream
from visavis.conversations.store import threads as store
from visavis.conversations.types import (
    AlreadyRated,
    Body,
    Conversation,
    ConversationClosed,
    ConversationOpened,
    ConversationRated,
    ConversationTransferred,
    Draft,
    IsClosed,
    Kind,
    NotClosed,
    NotHandler,
    Partner,
    State,
    Stream,
    TransferImpossible,
)  # fmt: skip
from visavis.identity import api as identity
from visavis.identity.types import Need
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Refusal
from visavis.kernel.ids import new_id


async def open_with(
    tx: Tx, actor: Actor, partner: Partner | str, context: Mapping[str, Any] | None = None
) -> Conversation:
    """The client's open conversation, or a new one; `context` is the page he is on. Visitors meet the assistant."""
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


async def assign(
    tx: Tx, actor: Actor, conversation_id: UUID, staff_id: UUID, basis: str
) -> Conversation:
    """Make a member of staff the handler; idempotent. The caller has established the connection."""
    if not rules.may_assign(actor, staff_id):
        raise Forbidden
    one = await _locked(tx, conversation_id)
    if one.state is State.CLOSED:
        raise IsClosed
    if one.handler_id == staff_id:
        return one
    who, now = await _named(tx, staff_id), clock.now()
    if one.handler_id is not None:
        await store.part(tx, [one.id], one.handler_id, now)
    await store.join(tx, one.id, staff_id, "handler", now)
    await store.change(tx, one.id, "handler", staff_id, Partner.PERSON.value)
    await _say(tx, one, "joined", {**who, "basis": basis})
    _stale(tx, one, staff_id, one.handler_id)
    return await conversation(tx, one.id)


async def unassign(tx: Tx, actor: Actor, conversation_id: UUID, reason: str) -> Conversation:
    """Take the handler out; the client keeps the conversation, and the assistant answers until somebody joins."""
    one = await _locked(tx, conversation_id)
    if one.handler_id is None:
        return one
    if not rules.may_assign(actor, one.handler_id):
        raise Forbidden
    who = await _named(tx, one.handler_id)
    await store.part(tx, [one.id], one.handler_id, clock.now())
    await store.change(tx, one.id, "handler", None, Partner.ASSISTANT.value)
    await _say(tx, one, "left", {**who, "reason": reason})
    _stale(tx, one, one.handler_id)
    return await conversation(tx, one.id)


async def transfer(
    tx: Tx, actor: Actor, conversation_id: UUID, to: UUID, note: str
) -> Conversation:
    """Hand the conversation to a colleague with a note that only staff see; raises `TransferImpossible`."""
    one = await _locked(tx, conversation_id)
    if one.handler_id != actor.person_id:
        raise NotHandler
    if one.state is State.CLOSED:
        raise IsClosed
    if not note.strip() or len(note) > 2000 or "\x00" in note:
        raise Malformed(field="note", reason="1 to 2000 characters")
    colleague = (await identity.staff(tx, [to])).get(to)
    if colleague is None or to == actor.person_id or colleague.environment is not one.environment:
        raise TransferImpossible(reason="unknown")
    unmet = identity.meets(colleague, Need.SERVE, identity.today())
    if unmet is not None:
        raise TransferImpossible(reason=unmet.constraint.value)
    await connections.establish(tx, actor, one.client_id, to, Basis.TRANSFER)
    body = {"from": str(actor.person_id), "to": str(to), "note": note}
    await _enter(tx, [Draft(actor, one.id, Stream.INTERNAL, Kind.TRANSFER, body)])
    now = clock.now()
    await store.part(tx, [one.id], actor.person_id, now)
    await store.join(tx, one.id, to, "handler", now)
    await store.change(tx, one.id, "handler", to, Partner.PERSON.value)
    await _say(tx, one, "transferred", await _named(tx, to))
    await outbox.publish(tx, ConversationTransferred(one.id, actor.person_id, to))
    _stale(tx, one, to, actor.person_id)
    return await conversation(tx, one.id)


async def close(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """End a conversation: its client, its handler or the platform may; idempotent."""
    one = await _locked(tx, conversation_id)
    if not rules.may_close(actor, one):
        raise NotFound if rules.by_of(actor) == "client" else NotHandler
    if one.state is State.CLOSED:
        return one
    await _say(tx, one, "closed", {"by": rules.by_of(actor)})
    await store.change(tx, one.id, "closed", clock.now())
    await outbox.publish(tx, ConversationClosed(one.id, one.handler_id))
    _stale(tx, one, one.handler_id)
    return await conversation(tx, one.id)


async def rate(
    tx: Tx, actor: Actor, conversation_id: UUID, stars: int, text: str = ""
) -> Conversation:
    """The client's rating of a closed conversation, 1 to 5 stars, once."""
    one = await _locked(tx, conversation_id)
    if actor.person_id != one.client_id:
        raise NotFound
    if one.state is not State.CLOSED:
        raise NotClosed
    if one.rating is not None:
        raise AlreadyRated
    if not 1 <= stars <= 5 or len(text) > 1000 or "\x00" in text:
        raise Malformed(field="stars", reason="1 to 5, and at most 1000 characters")
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
    await _enter(tx, [_line(one, code, params or {}) for one in found.values()])


async def _say(tx: Tx, one: Conversation, code: str, params: Body) -> None:
    await _enter(tx, [_line(one, code, params)])


def _line(one: Conversation, code: str, params: Body) -> Draft:
    body = {"code": code, "params": dict(params)}
    return Draft(system(one.environment), one.id, Stream.SHARED, Kind.SYSTEM, body)


async def _enter(tx: Tx, drafts: Sequence[Draft]) -> None:
    for answer in await posting.post(tx, drafts):
        if isinstance(answer, Refusal):
            raise answer


async def _locked(tx: Tx, conversation_id: UUID) -> Conversation:
    found = await stream.lock(tx, [conversation_id], "")
    if conversation_id not in found:
        raise NotFound
    return found[conversation_id][0]


async def _named(tx: Tx, staff_id: UUID) -> dict[str, Any]:
    found = (await identity.staff(tx, [staff_id])).get(staff_id)
    if found is None:
        raise NotFound
    role = identity.primary_role(found.roles).value
    return {"person": str(staff_id), "name": found.name, "role": role, "code": found.code or ""}


def _stale(tx: Tx, one: Conversation, *people: UUID | None) -> None:
    for person in {one.client_id, *people} - {None}:
        tx.hint(f"person.{person}", frame="changed", what="conversations", id=str(one.id))


async def part_ways(tx: Tx, client_id: UUID, staff_id: UUID, successor_id: UUID | None) -> None:
    """After a connection was dissolved: the member of staff sees no conversation with this client any more.

    Where he was answering, the client is told, and by whom he will be served; repeating changes nothing.
    """
    together = await store.of_pair(tx, client_id, staff_id)
    await store.part(tx, [one.id for one in together], staff_id, clock.now())
    for one in together:
        if one.handler_id != staff_id or one.state is State.CLOSED:
            continue
        who = await _named(tx, staff_id)
        await store.change(tx, one.id, "handler", None, Partner.ASSISTANT.value)
        successor = await _named(tx, successor_id) if successor_id else {}
        params = {**who, "reason": "dissolved"}
        params |= {f"successor_{key}": value for key, value in successor.items()}
        await _say(tx, one, "left", params)
        _stale(tx, one, staff_id)
