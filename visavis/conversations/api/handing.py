"""Who answers: put in, taken out, handed on; what remains when a connection has ended."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.connections.types import State as Standing
from visavis.conversations import rules
from visavis.conversations.api import groups, unplanning
from visavis.conversations.api.asking import conversation
from visavis.conversations.api.saying import enter, locked, say, stale
from visavis.conversations.store import threads as store
from visavis.conversations.types import (
    Conversation,
    ConversationTransferred,
    Draft,
    IsClosed,
    Kind,
    NotHandler,
    Partner,
    State,
    Stream,
    TransferImpossible,
)  # fmt: skip
from visavis.identity import api as identity
from visavis.identity.types import Need
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound


async def assign(
    tx: Tx, actor: Actor, conversation_id: UUID, staff_id: UUID, basis: str
) -> Conversation:
    """Make a member of staff the handler; idempotent. The caller has established the connection.

    Raises `Forbidden`, `IsClosed`.
    """
    if not rules.may_assign(actor, staff_id):
        raise Forbidden
    one = await locked(tx, conversation_id)
    if one.state is State.CLOSED:
        raise IsClosed
    if one.handler_id == staff_id:
        return one
    who, now = await _named(tx, staff_id), clock.now()
    if one.handler_id is not None:
        await store.part(tx, [one.id], one.handler_id, now)
    await store.join(tx, one.id, staff_id, "handler", now)
    await store.change(tx, one.id, "handler", staff_id, Partner.PERSON.value)
    await say(tx, one, "joined", {**who, "basis": basis})
    stale(tx, one, staff_id, one.handler_id)
    return await conversation(tx, one.id)


async def unassign(tx: Tx, actor: Actor, conversation_id: UUID, reason: str) -> Conversation:
    """Take the handler out; the client keeps the conversation, and the assistant answers until somebody joins.

    Raises `Forbidden`.
    """
    one = await locked(tx, conversation_id)
    if one.handler_id is None:
        return one
    if not rules.may_assign(actor, one.handler_id):
        raise Forbidden
    who = await _named(tx, one.handler_id)
    await store.part(tx, [one.id], one.handler_id, clock.now())
    await store.change(tx, one.id, "handler", None, Partner.ASSISTANT.value)
    await say(tx, one, "left", {**who, "reason": reason})
    stale(tx, one, one.handler_id)
    return await conversation(tx, one.id)


async def transfer(
    tx: Tx, actor: Actor, conversation_id: UUID, to: UUID, note: str
) -> Conversation:
    """Hand the conversation to a colleague with a note that only staff see.

    Raises `TransferImpossible`, `Malformed`.
    """
    if not note.strip() or len(note) > 2000 or "\x00" in note:
        raise Malformed(field="note", reason="characters 2000")
    one = _in_my_hands(actor, await conversation(tx, conversation_id))
    colleague = (await identity.staff(tx, [to])).get(to)
    if colleague is None or to == actor.person_id or colleague.environment is not one.environment:
        raise TransferImpossible(reason="unknown")
    unmet = identity.meets(colleague, Need.SERVE, identity.today())
    if unmet is not None:
        raise TransferImpossible(reason=unmet.constraint.value)
    await connections.establish(tx, actor, one.client_id, to, Basis.TRANSFER)
    # The connection first and the conversation second, as in accepting a request: no two can wait for each other.
    one = _in_my_hands(actor, await locked(tx, conversation_id))
    body = {"from": str(actor.person_id), "to": str(to), "note": note}
    await enter(tx, [Draft(actor, one.id, Stream.INTERNAL, Kind.TRANSFER, body)])
    now = clock.now()
    await store.part(tx, [one.id], actor.person_id, now)
    await store.join(tx, one.id, to, "handler", now)
    await store.change(tx, one.id, "handler", to, Partner.PERSON.value)
    await say(tx, one, "transferred", await _named(tx, to))
    await outbox.publish(tx, ConversationTransferred(one.id, actor.person_id, to))
    stale(tx, one, to, actor.person_id)
    return await conversation(tx, one.id)


def _in_my_hands(actor: Actor, one: Conversation) -> Conversation:
    if one.handler_id != actor.person_id:
        raise NotHandler
    if one.state is State.CLOSED:
        raise IsClosed
    return one


async def part_ways(tx: Tx, client_id: UUID, staff_id: UUID, successor_id: UUID | None) -> None:
    """After a connection was dissolved: the member of staff sees no conversation with this client any more.

    Where he was answering, the client is told, and by whom he will be served; repeating changes nothing.
    """
    tie = await connections.between(tx, client_id, staff_id)
    if tie is not None and tie.state is Standing.ACTIVE:
        return  # connected anew before this was told
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
        await say(tx, one, "left", params)
        stale(tx, one, staff_id)


async def parted(tx: Tx, successors: Mapping[tuple[UUID, UUID], UUID | None]) -> None:
    """After connections of (client, staff) were dissolved: what the two shared ends, or goes on with the successor."""
    for client_id, staff_id in await store.sharing(tx, list(successors)):
        successor_id = successors[client_id, staff_id]
        await unplanning.parted(tx, client_id, staff_id)
        await groups.follow(tx, client_id, staff_id, successor_id)
        await part_ways(tx, client_id, staff_id, successor_id)


async def announce_successor(
    tx: Tx, client_id: UUID, staff_id: UUID, successor_id: UUID, effective_ms: int
) -> None:
    """Say in the open conversations of the two who will serve the client, and from when on (ms)."""
    who, successor = await _named(tx, staff_id), await _named(tx, successor_id)
    params = who | {f"successor_{key}": value for key, value in successor.items()}
    for one in await store.of_pair(tx, client_id, staff_id):
        if one.state is not State.CLOSED:
            await say(tx, one, "handover", params | {"at": effective_ms})


async def _named(tx: Tx, staff_id: UUID) -> dict[str, Any]:
    found = (await identity.staff(tx, [staff_id])).get(staff_id)
    if found is None:
        raise NotFound
    role = identity.primary_role(found.roles).value
    english = {"name_en": found.name_en} if found.name_en else {}
    return {
        "person": str(staff_id),
        "name": found.name,
        **english,
        "role": role,
        "code": found.code or "",
    }
