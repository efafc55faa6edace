"""Who may speak, whom one may greet, and what counts as a contact."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import lifecycle, rules, store
from visavis.connections.api import wishing
from visavis.connections.api.looks import between
from visavis.connections.terms import terms
from visavis.connections.types import (
    Ask,
    Bar,
    Basis,
    BlockedByClient,
    Connection,
    Contact,
    ContactWishes,
    GreetingsRefused,
    NotConnected,
    QuietHours,
    State,
    TouchCapReached,
)
from visavis.identity import api as identity
from visavis.identity.types import Purpose, Standing
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.kernel.ids import new_id


async def actor_of(tx: Tx, staff_id: UUID) -> Actor:
    """A member of staff as he would act now, for what is said in his name while he is away."""
    one = (await identity.staff(tx, [staff_id]))[staff_id]
    return Actor(one.id, one.roles, one.environment, one.name, one.language, one.branch_id)


async def may_speak(tx: Tx, asks: Sequence[Ask]) -> list[Refusal | None]:
    """Whether each may speak at this moment, in order; two statements whatever the number of asks.

    Staff need an active connection, their registration and status of this very moment and the client's environment; a
    client always may in his own conversation, unless restricted; nobody crosses environments. What staff say long after
    the client's last turn is a proactive contact, whatever it holds, and keeps to the client's wishes and the firm's
    limits (CONN-04); only such asks cost further statements.
    """
    return [refusal for refusal, _ in await speakers(tx, asks)]


async def speakers(tx: Tx, asks: Sequence[Ask]) -> list[tuple[Refusal | None, Standing | None]]:
    """As `may_speak`, with how each speaker stands at this moment; nothing more is asked of the database."""
    if not asks:
        return []
    pairs = {(ask.client_id, ask.actor.person_id) for ask in asks if ask.actor.is_staff}
    people = await identity.standings(
        tx, {ask.client_id for ask in asks} | {staff_id for _, staff_id in pairs}
    )
    known = await store.places(tx, pairs) if pairs else {}

    def decide(ask: Ask) -> Refusal | None:
        client, actor = people.get(ask.client_id), ask.actor
        if actor.has(Role.ASSISTANT, Role.SYSTEM):
            return rules.may_machine_speak(actor, client)
        if not actor.is_staff:
            mine = actor.person_id == ask.client_id
            return rules.may_client_speak(actor, client if mine else None)
        staff = people.get(actor.person_id)
        able = staff.capabilities if staff else frozenset()
        place = known.get((ask.client_id, actor.person_id))
        return rules.may_staff_speak(actor, staff, able, client, place.state if place else None)

    answers = [decide(ask) for ask in asks]
    now = clock.now()
    for number, ask in enumerate(asks):
        place = known.get((ask.client_id, ask.actor.person_id))
        if ask.first and answers[number] is None and place and rules.unasked(now, place):
            answers[number] = await _may_begin(tx, ask, now)
    return [
        (answer, people.get(ask.actor.person_id)) for answer, ask in zip(answers, asks, strict=True)
    ]


async def _may_begin(tx: Tx, ask: Ask, now: datetime) -> Refusal | None:
    """Why the actor may not turn to the client of his own accord now; what belongs to his last touch may follow it."""
    last = await store.last_touch(tx, ask.client_id, ask.actor.person_id)
    if last is not None and now - last <= rules.SAME_TOUCH:
        return None
    one = await between(tx, ask.client_id, ask.actor.person_id)
    return (await greetable(tx, ask.actor, [one]))[ask.client_id] if one else NotConnected()


async def contact(tx: Tx, actor: Actor, met: Contact) -> None:
    """Count a delivered message between the two; a proposed connection is established by the first one."""
    known = await between(tx, met.client_id, met.staff_id)
    if known is None or known.state is State.DISSOLVED:
        return
    if not met.by_client:
        await _count_unasked(tx, known, met)
    if known.state is State.PROPOSED:
        # Whoever may not be connected any more (left, suspended) is counted, never connected.
        with contextlib.suppress(Refusal):
            await lifecycle.establish(tx, actor, met.client_id, met.staff_id, Basis.FIRST_CONTACT)
    await store.meet(tx, met, new_id())


async def _count_unasked(tx: Tx, one: Connection, met: Contact) -> None:
    """Put a delivered message on record as a proactive contact, where it is one and belongs to no other."""
    place = (await store.places(tx, [(met.client_id, met.staff_id)]))[met.client_id, met.staff_id]
    last = await store.last_touch(tx, met.client_id, met.staff_id)
    follows = last is not None and met.at - last <= rules.SAME_TOUCH
    if rules.unasked(met.at, place) and not follows:
        await _keep_touch(tx, one, "message", met.at)


def allowed_at(refusal: Refusal) -> datetime | None:
    """When a contact that was refused for its moment alone will be allowed; None where it is refused for good."""
    if not isinstance(refusal, QuietHours | TouchCapReached):
        return None
    return clock.from_us(int(str(refusal.params["allowed_at"])) * 1000)


async def _keep_touch(tx: Tx, one: Connection, kind: str, at: datetime) -> UUID:
    touch_id = new_id()
    body = {"actor": str(one.staff_id), "client": str(one.client_id), "kind": kind}
    record = await archive.append_one(
        tx, Fact("connection.touch", one.id, one.client_id, one.environment, body)
    )
    await store.add_touch(tx, touch_id, one.client_id, one.staff_id, kind, at, record)
    return touch_id


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
    return await _keep_touch(tx, one, kind, clock.now())


async def greetable(tx: Tx, actor: Actor, mine: Sequence[Connection]) -> dict[UUID, Refusal | None]:
    """Per client of `mine`, the actor's own connections: None where he may be greeted now, else why not."""
    limits, now = terms().limits, clock.now()
    clients = [one.client_id for one in mine]
    people = await identity.people(tx, clients)
    staff = (await identity.staff(tx, [actor.person_id])).get(actor.person_id)
    able = identity.capabilities(staff, identity.today()) if staff else frozenset()
    refusing = await identity.refusing_consent(tx, clients, Purpose.MARKETING)
    wishes = await store.wishes(tx, clients)
    barred = await wishing.bars_between(tx, clients, actor.person_id)
    touches = await store.touches(tx, clients, now - timedelta(days=limits.period_days))

    def unwished(client_id: UUID) -> Refusal | None:
        bar, wished = barred.get(client_id), wishes.get(client_id, ContactWishes())
        if bar is Bar.BLOCK:
            return BlockedByClient()
        if bar or client_id in refusing or not wished.greetings or wished.cap == 0:
            return GreetingsRefused()
        return rules.may_touch(now, touches.get(client_id, ()), rules.tightened(limits, wished))

    return {
        one.client_id: rules.may_greet(actor, staff, able, people.get(one.client_id), one)
        or unwished(one.client_id)
        for one in mine
    }
