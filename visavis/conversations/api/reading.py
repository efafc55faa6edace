"""What somebody may see: streams, lists, marks. Rights are looked up anew at every call."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import Ask, Connection, PersonCard
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
    return (await readable_by(tx, [(actor, ids)]))[0]


async def readable_by(
    tx: Tx, asks: Sequence[tuple[Actor, Collection[UUID]]]
) -> list[dict[UUID, Conversation]]:
    """`readable` for each of the asks, in order; three statements, however many they are."""
    wanted = {key for _, ids in asks for key in ids}
    found = await threads.conversations(tx, wanted) if wanted else {}
    theirs = [
        (actor, [one for key in ids if (one := found.get(key)) and rules.same_world(actor, one)])
        for actor, ids in asks
    ]
    at_work = await _at_work(
        tx, [(one, actor.person_id) for actor, some in theirs if actor.is_staff for one in some]
    )

    def may(actor: Actor, one: Conversation) -> bool:
        if actor.has(Role.CLIENT, Role.VISITOR):
            return one.client_id == actor.person_id
        return (one.id, actor.person_id) in at_work

    return [{one.id: one for one in some if may(actor, one)} for actor, some in theirs]


async def _at_work(tx: Tx, asked: Sequence[tuple[Conversation, UUID]]) -> set[tuple[UUID, UUID]]:
    """Of these (conversation, member of staff) those who take part while actively connected, by ids."""
    parts = await threads.pairs(tx, [(one.id, me) for one, me in asked]) if asked else set()
    taken = [(one, me) for one, me in asked if (one.id, me) in parts]
    connected = await connections.active_pairs(tx, {(one.client_id, me) for one, me in taken})
    return {(one.id, me) for one, me in taken if (one.client_id, me) in connected}


async def following(tx: Tx, actors: Collection[Actor]) -> dict[UUID, list[UUID]]:
    """Per person the open conversations that every page of his follows: a client's own, those that staff handle."""
    clients = [one.person_id for one in actors if one.has(Role.CLIENT, Role.VISITOR)]
    staff = [one.person_id for one in actors if one.is_staff]
    return await threads.following(tx, clients, staff)


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
