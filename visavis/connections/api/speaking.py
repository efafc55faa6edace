"""Who may speak, whom one may greet, and what counts as a contact."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import lifecycle, rules, store
from visavis.connections.api.looks import between
from visavis.connections.terms import terms
from visavis.connections.types import (
    Ask,
    Basis,
    Connection,
    Contact,
    GreetingsRefused,
    NotConnected,
    State,
)
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Refusal
from visavis.kernel.ids import new_id


async def may_speak(tx: Tx, asks: Sequence[Ask]) -> list[Refusal | None]:
    """Whether each may speak at this moment, in order; two statements whatever the number of asks.

    Staff need an active connection, their registration and status of this very moment and the client's environment; a
    client always may in his own conversation, unless restricted; nobody crosses environments.
    """
    if not asks:
        return []
    pairs = {(ask.client_id, ask.actor.person_id) for ask in asks if ask.actor.is_staff}
    people = await identity.standings(
        tx, {ask.client_id for ask in asks} | {staff_id for _, staff_id in pairs}
    )
    known = await store.states(tx, pairs) if pairs else {}

    def decide(ask: Ask) -> Refusal | None:
        client, actor = people.get(ask.client_id), ask.actor
        if actor.has(Role.ASSISTANT, Role.SYSTEM):
            return rules.may_machine_speak(actor, client)
        if not actor.is_staff:
            mine = actor.person_id == ask.client_id
            return rules.may_client_speak(actor, client if mine else None)
        staff = people.get(actor.person_id)
        able = staff.capabilities if staff else frozenset()
        return rules.may_staff_speak(
            actor, staff, able, client, known.get((ask.client_id, actor.person_id))
        )

    return [decide(ask) for ask in asks]


async def contact(tx: Tx, actor: Actor, met: Contact) -> None:
    """Count a delivered message between the two; a proposed connection is established by the first one."""
    known = await between(tx, met.client_id, met.staff_id)
    if known is None or known.state is State.DISSOLVED:
        return
    if known.state is State.PROPOSED:
        # Whoever may not be connected any more (left, suspended) is counted, never connected.
        with contextlib.suppress(Refusal):
            await lifecycle.establish(tx, actor, met.client_id, met.staff_id, Basis.FIRST_CONTACT)
    await store.meet(tx, met, new_id())


async def touch(tx: Tx, actor: Actor, client_id: UUID, kind: str) -> UUID:
    """Put a proactive contact on record, or say when one will be allowed (CONN-04); returns its id.

    Raises `TouchCapReached`, `QuietHours`, or why this member of staff may not contact this client at all.
    """
    await store.lock_client(tx, client_id)
    one = await between(tx, client_id, actor.person_id)
    if one is None:
        raise NotConnected
    refusal = (await greetable(tx, actor, [one]))[client_id]
    if refusal is not None:
        raise refusal
    touch_id, now = new_id(), clock.now()
    body = {"actor": str(actor.person_id), "client": str(client_id), "kind": kind}
    record = await archive.append_one(
        tx, Fact("connection.touch", one.id, client_id, one.environment, body)
    )
    await store.add_touch(tx, touch_id, client_id, actor.person_id, kind, now, record)
    return touch_id


async def greetings_welcome(tx: Tx, actor: Actor) -> bool:
    """Whether the client may be greeted."""
    return actor.person_id not in await store.refusing(tx, [actor.person_id])


async def welcome_greetings(tx: Tx, actor: Actor, welcome: bool) -> None:
    """Keep the client's own wish, on record: greetings are welcome, or nobody writes to him unasked (CONN-04)."""
    if not actor.has(Role.CLIENT):
        raise Forbidden
    me = actor.person_id
    body = {"client": str(me), "greetings": welcome}
    record = await archive.append_one(
        tx, Fact("connection.preference", me, me, actor.environment, body)
    )
    await store.prefer(tx, me, welcome, clock.now(), record)


def rest_until(at: datetime) -> datetime | None:
    """When the clients' hours of rest around `at` end, or None outside of them."""
    return rules.quiet_until(at, terms().limits)


async def greetable(tx: Tx, actor: Actor, mine: Sequence[Connection]) -> dict[UUID, Refusal | None]:
    """Per client of `mine`, the actor's own connections: None where he may be greeted now, else why not."""
    limits, now = terms().limits, clock.now()
    clients = [one.client_id for one in mine]
    people = await identity.people(tx, clients)
    staff = (await identity.staff(tx, [actor.person_id])).get(actor.person_id)
    able = identity.capabilities(staff, identity.today()) if staff else frozenset()
    refusing = await store.refusing(tx, clients)
    touches = await store.touches(tx, clients, now - timedelta(days=limits.period_days))
    return {
        one.client_id: rules.may_greet(actor, staff, able, people.get(one.client_id), one)
        or (GreetingsRefused() if one.client_id in refusing else None)
        or rules.may_touch(now, touches.get(one.client_id, ()), limits)
        for one in mine
    }
