"""Greetings that wait: asked for beyond the cap or in hours of rest, sent when that is over (CONN-04).

Until then the author sees and withdraws them; with his right to speak with the client they end (CONN-02).
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.channels.api import greeting
from visavis.channels.store import greetings as store
from visavis.channels.types import Greeting, QueuedGreeting
from visavis.connections import api as connections
from visavis.conversations.types import AlreadyGone, Conversation, Plan
from visavis.kernel import clock, jobs
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, Refusal, TooMany
from visavis.kernel.ids import new_id

JOB = "channels.send_greeting"
# So many of one author may wait: more is a broadcast, which another person approves (COMM-03).
MOST = 200


async def greet(
    tx: Tx, actor: Actor, client_id: UUID, template: str, client_key: UUID | None = None
) -> Conversation | QueuedGreeting:
    """Greet a client of one's own now, or as soon as her hours of rest or the cap allow it; one waits at most.

    Raises what `greeting.send` raises but for the two refusals that only say when, and `TooMany`.
    """
    chosen = greeting.chosen(actor, template)
    waits = await store.waiting(tx, [(actor.person_id, client_id)])
    try:
        async with tx.savepoint():
            talk = await greeting.send(tx, actor, client_id, chosen, client_key)
    except Refusal as refused:
        if connections.allowed_at(refused) is None:
            raise
        return waits[0] if waits else await _wait(tx, actor, client_id, chosen, refused)
    for one in waits:
        await _end(tx, actor, one, Plan.WITHDRAWN)
    return talk


async def queued(tx: Tx, actor: Actor) -> list[QueuedGreeting]:
    """What the actor has waiting, and what was refused at its moment, the next first."""
    greeting.greetings(actor)
    return await store.of_staff(tx, actor.person_id)


async def withdraw(tx: Tx, actor: Actor, greeting_id: UUID) -> None:
    """Take back what waits or was refused. Raises `NotFound` where it is not the actor's, `AlreadyGone`."""
    one = await store.locked(tx, greeting_id)
    if one is None or one.staff_id != actor.person_id:
        raise NotFound
    if one.state not in (Plan.WAITING, Plan.REFUSED):
        raise AlreadyGone
    await _end(tx, actor, one, Plan.WITHDRAWN)


async def send(tx: Tx, greeting_id: UUID) -> None:
    """Its moment has come: it is said in its author's name, waits on, or its author sees why it is not said."""
    one = await store.locked(tx, greeting_id)
    if one is None or one.state is not Plan.WAITING or one.send_at > clock.now():
        return
    actor = await connections.actor_of(tx, one.staff_id)
    try:
        async with tx.savepoint():
            words = greeting.chosen(actor, one.template)
            await greeting.send(tx, actor, one.client_id, words, one.id)
    except Refusal as refused:
        if connections.allowed_at(refused) is not None:
            await _later(tx, actor, one, refused)
            return
        one = replace(one, reason=refused.code, params=refused.params)
        await _keep(tx, actor, replace(one, state=Plan.REFUSED))
        return
    await _keep(tx, actor, replace(one, state=Plan.SENT, reason="", params={}))


async def stop(tx: Tx, whose: Sequence[tuple[UUID | None, UUID | None]]) -> None:
    """Nothing more that waits is said by (a member of staff or anybody, to a client or all) (CONN-02)."""
    found = await store.waiting(tx, whose)
    authors = {key: await connections.actor_of(tx, key) for key in {one.staff_id for one in found}}
    for one in found:
        await _end(tx, authors[one.staff_id], one, Plan.STOPPED)


async def _wait(
    tx: Tx, actor: Actor, client_id: UUID, chosen: Greeting, refused: Refusal
) -> QueuedGreeting:
    if len(await store.waiting(tx, [(actor.person_id, None)])) >= MOST:
        raise TooMany(limit=MOST)
    fresh = QueuedGreeting(
        new_id(), client_id, actor.person_id, chosen.id, chosen.version, clock.now(), Plan.WAITING
    )
    return await _later(tx, actor, fresh, refused)


async def _later(tx: Tx, actor: Actor, one: QueuedGreeting, refused: Refusal) -> QueuedGreeting:
    at = connections.allowed_at(refused)
    assert at is not None
    one = replace(one, send_at=at, reason=refused.code, params=refused.params)
    await jobs.schedule(tx, JOB, {"id": str(one.id)}, at, key=_key(one.id))
    await _keep(tx, actor, one)
    return one


async def _end(tx: Tx, actor: Actor, one: QueuedGreeting, state: Plan) -> None:
    await jobs.cancel(tx, _key(one.id))
    await _keep(tx, actor, replace(one, state=state))


async def _keep(tx: Tx, actor: Actor, one: QueuedGreeting) -> None:
    """On record with every step."""
    body = {
        "client": str(one.client_id), "staff": str(one.staff_id), "template": one.template,
        "version": str(one.version), "send_at": str(clock.to_us(one.send_at)), "state": one.state.value,
        "reason": one.reason,
    }  # fmt: skip
    fact = Fact("queued_greeting", one.id, one.client_id, actor.environment, body)
    await store.put(tx, one, await archive.append_one(tx, fact))
    tx.hint(f"person.{actor.person_id}", frame="changed", what="connections")


def _key(greeting_id: UUID) -> str:
    return f"{JOB}:{greeting_id}"
