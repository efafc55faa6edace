"""What somebody may see: streams, lists, marks. Rights are looked up anew at every call."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import Ask, Connection, PersonCard
from visavis.connections.types import State as Standing
from visavis.conversations import rules
from visavis.conversations.store import reading as store
from visavis.conversations.store import stream, threads
from visavis.conversations.types import Conversation, Entry, Listed, Receipt, Stream
from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.suitability import api as suitability

PAGE = 200


async def readable(tx: Tx, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Conversation]:
    """Those of these conversations that the actor may read now: his own, or those he takes part in while connected."""
    found = {
        key: one
        for key, one in (await threads.conversations(tx, ids)).items()
        if rules.same_world(actor, one)
    }
    if actor.has(Role.CLIENT, Role.VISITOR):
        return {key: one for key, one in found.items() if one.client_id == actor.person_id}
    if not actor.is_staff or not found:
        return {}
    taking_part = await threads.participating(tx, list(found), actor.person_id)
    connected = await _connected(tx, actor, {one.client_id for one in found.values()})
    return {
        key: one for key, one in found.items() if key in taking_part and one.client_id in connected
    }


async def one_of(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """One conversation that the actor may read now; raises `NotFound`."""
    found = await readable(tx, actor, [conversation_id])
    if conversation_id not in found:
        raise NotFound
    return found[conversation_id]


async def entries(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    stream_of: Stream,
    after: int,
    before: int | None,
    limit: int,
) -> tuple[list[Entry], int]:
    """A page of a stream and the stream's last number; the internal stream is the firm's. Raises `NotFound`."""
    one = await one_of(tx, actor, conversation_id)
    if stream_of is Stream.INTERNAL and not actor.is_staff:
        raise NotFound
    page = await stream.page(tx, one.id, stream_of, after, max(1, min(limit, PAGE)), before)
    return page, one.shared_no if stream_of is Stream.SHARED else one.internal_no


async def page_of(
    tx: Tx, conversation_id: UUID, stream_of: Stream, after: int, limit: int
) -> tuple[list[Entry], int]:
    """Entries above `after` and the stream's last number, for somebody whose right was looked up before."""
    page = await stream.page(tx, conversation_id, stream_of, after, limit)
    if len(page) < limit:
        return page, page[-1].no if page else after
    one = (await threads.conversations(tx, [conversation_id]))[conversation_id]
    return page, one.shared_no if stream_of is Stream.SHARED else one.internal_no


async def listed(
    tx: Tx, actor: Actor, state: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[Listed], dict[UUID, Person]]:
    """The actor's conversations, newest first, and their clients; staff see those of active connections alone."""
    lines = await _lines(tx, actor, state, before, limit)
    return lines, await identity.people(tx, {one.conversation.client_id for one in lines})


async def levels(tx: Tx, actor: Actor, clients: Collection[UUID]) -> dict[UUID, str]:
    """The levels of these clients, for the staff who see them in their lists."""
    return await suitability.levels(tx, clients) if actor.is_staff else {}


async def _lines(
    tx: Tx, actor: Actor, state: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Listed]:
    if actor.has(Role.CLIENT, Role.VISITOR):
        return await store.of_client(tx, actor.person_id, state, before, limit)
    if not actor.is_staff:
        return []
    clients = await clients_of(tx, actor)
    return (
        await store.of_staff(tx, actor.person_id, list(clients), state, before, limit, clock.now())
        if clients
        else []
    )


@dataclass(frozen=True)
class Header:
    """What stands above a conversation: its people, the connection, marks, and what the actor may do."""

    conversation: Conversation
    client: Person
    handler: PersonCard | None
    connection: Connection | None
    receipts: Sequence[Receipt]
    may: Mapping[str, bool]
    reason: str | None
    level: str | None = None


async def header(tx: Tx, actor: Actor, conversation_id: UUID) -> Header:
    """The header; `reason` is the code of the refusal that a message would meet now. Raises `NotFound`."""
    one = await one_of(tx, actor, conversation_id)
    people = await identity.people(tx, [one.client_id])
    cards = await connections.cards(tx, [one.handler_id]) if one.handler_id else {}
    handler = cards.get(one.handler_id) if one.handler_id else None
    tie = await connections.between(tx, one.client_id, one.handler_id) if one.handler_id else None
    refusal = (await connections.may_speak(tx, [Ask(actor, one.client_id, one.id)]))[0]
    place = rules.may_do(actor, one)
    may = {what: allowed and refusal is None for what, allowed in place.items()}
    reason = None if may["send"] else refusal.code if refusal else rules.why_silent(one)
    level = (await levels(tx, actor, [one.client_id])).get(one.client_id)
    return Header(
        one,
        people[one.client_id],
        handler,
        tie,
        await store.receipts(tx, one.id),
        may,
        reason,
        level,
    )


async def clients_of(tx: Tx, actor: Actor) -> set[UUID]:
    """The clients with whom the actor is actively connected."""
    return await connections.active_clients(tx, actor.person_id)


async def _connected(tx: Tx, actor: Actor, clients: Collection[UUID]) -> set[UUID]:
    if len(clients) == 1:
        (client,) = clients
        one = await connections.between(tx, client, actor.person_id)
        return {client} if one is not None and one.state is Standing.ACTIVE else set()
    return await clients_of(tx, actor)
