"""One text for several clients: written by one, approved by another, only then said to each.

This door is the only way to say one thing to several clients (COMM-03): each message passes the whole message path
again, with connection, licence and judgement at that moment, and a refusal for one client holds up nobody else.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask, Basis
from visavis.conversations import api as conversations
from visavis.conversations.types import Draft, Kind, NotHandler, Partner, Stream
from visavis.identity import api as identity
from visavis.kernel import clock, jobs
from visavis.kernel.auth import SERVING, Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Refusal
from visavis.kernel.ids import new_id
from visavis.review import rules
from visavis.review.api.judging import reviewer
from visavis.review.store import broadcasts as store
from visavis.review.terms import terms
from visavis.review.types import (
    Broadcast,
    BroadcastBlocked,
    BroadcastDecided,
    Conflicted,
    NothingSaid,
    OwnBroadcast,
)
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Direction, Judged

LONGEST, MOST, PAGE = 2000, 500, 100
NOWHERE = UUID(int=0)
SEND = "review.send_broadcast"


async def hand_in(
    tx: Tx,
    actor: Actor,
    words: str,
    client_ids: Sequence[UUID],
    product: UUID | None = None,
    group_id: UUID | None = None,
) -> Broadcast | Refusal:
    """Hand in a text for several of one's own clients, or for an own group; it waits, and nobody sees it.

    Raises `Forbidden`, `Malformed`, `NothingSaid`, the refusal of the first client to whom the author may not speak,
    and `BroadcastBlocked` where the stricter rules of broadcasts forbid the words. A product that does not suit all of
    them is refused with the matches kept: that answer is returned, not raised (SUIT-02, SUIT-11).
    """
    if not actor.roles & SERVING:
        raise Forbidden
    group = None
    if group_id is not None:
        group, client_ids = await conversations.groups.own(tx, actor, group_id)
    clients, words = list(dict.fromkeys(client_ids)), words.strip().replace("\x00", "")
    if not words:
        raise NothingSaid
    _bounded(clients, words)
    asks = [Ask(actor, client, NOWHERE) for client in clients]
    for refusal in await connections.may_speak(tx, asks):
        if refusal is not None:
            raise refusal
    verdict = (await supervision.judge(tx, [Judged(words, Direction.BROADCAST)]))[0]
    if verdict.action is Action.BLOCK:
        raise BroadcastBlocked(reason=verdict.policies[0].id)
    one = Broadcast(
        new_id(), actor.environment, actor.person_id, actor.branch_id, words,
        msgspec.to_builtins(verdict) if verdict.policies else None, "waiting", None, "", clock.now(), None, None,
        len(clients), 0, product, group_id,
    )  # fmt: skip
    unfit = await conversations.groups.fits(tx, actor, clients, body_of(one), one.id, group)
    if unfit is not None:
        return unfit
    body = {
        "what": "written", "by": str(actor.person_id), "words": words, "clients": [str(key) for key in clients],
        "product": str(product or ""), "group": str(group_id or ""),
    }  # fmt: skip
    record = await _record(tx, one, body)
    await store.insert(tx, one, hashlib.sha256(words.encode()).digest(), clients, record)
    return one


def _bounded(clients: Sequence[UUID], words: str) -> None:
    if not 0 < len(clients) <= MOST:
        raise Malformed(field="clients", reason=f"clients {MOST}")
    if len(words) > LONGEST:
        raise Malformed(field="words", reason=f"characters {LONGEST}")


async def listed(tx: Tx, actor: Actor) -> list[Broadcast]:
    """One's own, and for supervisors those that they may approve; waiting ones first. Raises `Forbidden`."""
    world = actor.environment.value
    if actor.has(Role.SUPERVISOR):
        branch = rules.barred_branch(actor, terms())
        return await store.listed(tx, world, None, actor.person_id, branch, PAGE)
    if not actor.roles & SERVING:
        raise Forbidden
    return await store.listed(tx, world, actor.person_id, None, None, PAGE)


async def decide(tx: Tx, actor: Actor, broadcast_id: UUID, approve: bool, note: str) -> Broadcast:
    """Let a text go out or refuse it; never one's own, nor one's own branch's.

    Raises `BroadcastDecided`, `NotFound`, `Conflicted`, `OwnBroadcast`.
    """
    reviewer(actor)
    one = await store.find(tx, broadcast_id)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    if one.author_id == actor.person_id:
        raise OwnBroadcast
    if terms().same_branch != "free" and one.branch_id == actor.branch_id:
        raise Conflicted(reason="branch")
    if one.state != "waiting":
        raise BroadcastDecided
    state, note = "approved" if approve else "refused", note.strip()[:LONGEST].replace("\x00", "")
    await _record(tx, one, {"what": state, "by": str(actor.person_id), "note": note})
    await store.decide(tx, one.id, state, actor.person_id, note, clock.now())
    if approve:
        await conversations.approve_words(tx, actor, one.words)
        await jobs.schedule(tx, SEND, {"broadcast": str(one.id)}, clock.now())
    tx.hint(f"person.{one.author_id}", frame="changed", what="broadcasts", id=str(one.id))
    return replace(one, state=state, approver_id=actor.person_id, note=note)


async def send(tx: Tx, broadcast_id: UUID) -> None:
    """Say an approved text to everybody it is meant for; only once to each, and nothing without approval.

    Whoever rests, or has been contacted often enough lately, gets it when that is over (CONN-04).
    """
    one = await store.find(tx, broadcast_id)
    if one is None or one.state != "approved":
        return
    actor = await connections.actor_of(tx, one.author_id)
    clients = await store.unsent(tx, broadcast_id)
    unfit = None
    if one.group_id is not None:
        unfit = await conversations.groups.fits(tx, actor, clients, body_of(one), one.id, None)
    resting: list[datetime] = []
    for client_id in clients:
        entry_id, refusal = None, unfit.code if unfit else None
        try:
            async with tx.savepoint():
                entry_id = None if unfit else await _say(tx, actor, one, client_id)
        except Refusal as refused:
            rests_until = connections.allowed_at(refused)
            if rests_until is not None:
                resting.append(rests_until)
                continue
            refusal = refused.code
        await store.reached(tx, broadcast_id, client_id, entry_id, refusal)
    if one.group_id is not None and unfit is None and len(clients) == one.recipients:
        groups = conversations.groups
        await groups.keep_post(tx, one.group_id, actor.person_id, one.id, body_of(one), clock.now())
    if resting:
        await jobs.schedule(tx, SEND, {"broadcast": str(one.id)}, min(resting))
        return
    await store.sent(tx, broadcast_id, clock.now())


def body_of(one: Broadcast) -> dict[str, Any]:
    """What is said: the words, and the card of the product, which the register fills in."""
    if one.product_id is None:
        return {"text": one.words}
    card = {"kind": "product", "title": "-", "product": str(one.product_id)}
    return {"text": one.words, "cards": [card]}


async def _say(tx: Tx, actor: Actor, one: Broadcast, client_id: UUID) -> UUID:
    (refusal,) = await connections.may_speak(tx, [Ask(actor, client_id, NOWHERE)])
    if refusal is not None:
        raise refusal
    client = (await identity.people(tx, [client_id]))[client_id]
    await connections.touch(tx, actor, client_id, "broadcast")
    talk = await conversations.open_for(tx, actor, client_id, client.language, Partner.PERSON)
    if talk.handler_id not in (None, actor.person_id):
        raise NotHandler
    await conversations.assign(tx, actor, talk.id, actor.person_id, Basis.FIRST_CONTACT.value)
    draft = Draft(
        actor, talk.id, Stream.SHARED, Kind.MESSAGE, body_of(one), uuid5(one.id, str(client_id))
    )  # fmt: skip
    return (await conversations.post_one(tx, draft)).entry.id


async def _record(tx: Tx, one: Broadcast, body: Mapping[str, object]) -> UUID:
    return await archive.append_one(
        tx, Fact("broadcast", one.id, one.author_id, one.environment, body)
    )
