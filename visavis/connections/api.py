"""The door of connections: who may speak, who belongs to whom, and the firm's acts upon it."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import book, lifecycle, rules, store
from visavis.connections.terms import install, terms
from visavis.connections.types import (
    Ask,
    Basis,
    BookResult,
    Connection,
    Contact,
    NotConnected,
    PersonCard,
    Reason,
    State,
)
from visavis.identity import api as identity
from visavis.identity.types import Person, PersonStatus, Staff
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor, Role
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Forbidden, NotFound, Refusal, TooMany
from visavis.kernel.ids import new_id

__all__ = [
    "Listing", "between", "cards", "client_view", "connection", "contact", "decline", "dissolve", "establish",
    "firm_list", "funnel", "greetable", "import_book", "install", "may_speak", "my_clients", "of_client", "of_staff",
    "own", "part_with_leaver", "rest", "successors", "touch",
]  # fmt: skip

REPLY_DAYS = 30
REPLIES_AT_LEAST = 5
DECLINES = 3
DECLINE_DAYS = 90


async def may_speak(tx: Tx, asks: Sequence[Ask]) -> list[Refusal | None]:
    """Whether each may speak at this moment, in order; four statements whatever the number of asks.

    Staff need an active connection, their registration and status of this very moment and the client's environment; a
    client always may in his own conversation, unless restricted; nobody crosses environments.
    """
    if not asks:
        return []
    clients = await identity.people(tx, {ask.client_id for ask in asks})
    speaking = [ask for ask in asks if ask.actor.is_staff]
    staff = await identity.staff(tx, {ask.actor.person_id for ask in speaking})
    pairs = {(ask.client_id, ask.actor.person_id) for ask in speaking}
    known = await store.pairs(tx, pairs) if pairs else {}
    today = identity.today()
    able = {one.id: identity.capabilities(one, today) for one in staff.values()}

    def decide(ask: Ask) -> Refusal | None:
        client, actor = clients.get(ask.client_id), ask.actor
        if actor.has(Role.ASSISTANT, Role.SYSTEM):
            return rules.may_machine_speak(actor, client)
        if not actor.is_staff:
            return rules.may_client_speak(actor, client)
        return rules.may_staff_speak(
            actor, staff.get(actor.person_id), able.get(actor.person_id, frozenset()), client,
            known.get((ask.client_id, actor.person_id)),
        )  # fmt: skip

    return [decide(ask) for ask in asks]


async def own(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, Connection]:
    """Each client's living own connection: his manager by the firm's book or by succession."""
    return await store.own(tx, client_ids) if client_ids else {}


async def between(tx: Tx, client_id: UUID, staff_id: UUID) -> Connection | None:
    """The living connection of the two, else their last one."""
    return (await store.pairs(tx, [(client_id, staff_id)])).get((client_id, staff_id))


async def connection(tx: Tx, connection_id: UUID) -> Connection | None:
    """One connection; the caller has checked that its reader may know it."""
    return await store.by_id(tx, connection_id)


async def of_client(tx: Tx, client_id: UUID) -> list[Connection]:
    """All connections of a client, the newest first, ended ones included."""
    return await store.of_client(tx, client_id)


async def of_staff(tx: Tx, staff_id: UUID) -> list[Connection]:
    """Everything of a member of staff that has not ended."""
    return await store.living_of_staff(tx, staff_id)


async def establish(
    tx: Tx, actor: Actor, client_id: UUID, staff_id: UUID, basis: Basis
) -> Connection:
    """Connect the two: proposed becomes active, a stranger becomes served; an active connection is returned as it is.

    `acceptance` may be claimed only by whoever accepted the firm's offer, `first_contact` only where the firm's book
    has proposed the two; everything else is an administrator's or the platform's act (CONN-01).
    """
    return await lifecycle.establish(tx, actor, client_id, staff_id, basis)


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


async def rest(tx: Tx, actor: Actor, connection_id: UUID, reason: Reason | None) -> Connection:
    """Suspend a connection for `reason`, or take it up again (None); administrators only."""
    _administrator(actor)
    return await lifecycle.rest(tx, actor, connection_id, reason)


async def dissolve(
    tx: Tx, actor: Actor, connection_id: UUID, reason: Reason, successor_id: UUID | None = None
) -> Connection:
    """End a connection at once; the successor, chosen or by rule, is proposed in the same step; administrators only.

    Raises `AlreadyDissolved`, `NoSuchSuccessor`, `NotFound`.
    """
    _administrator(actor)
    return await lifecycle.dissolve(tx, actor, connection_id, reason, successor_id)


async def part_with_leaver(tx: Tx, actor: Actor, staff_id: UUID) -> int:
    """Dissolve everything of somebody who has left, with successors; how many that were. Repeating changes nothing."""
    if not actor.has(Role.SYSTEM):
        _administrator(actor)
    ending = await store.living_of_staff(tx, staff_id, lock=True)
    await lifecycle.part(tx, actor, ending, Reason.STAFF_LEFT, None)
    return len(ending)


async def decline(tx: Tx, actor: Actor, choice: UUID | None) -> Connection | None:
    """The client wants another advisor: the firm ends the own connection and proposes `choice` or one by rule.

    Three times in 90 days at most; returns the new own connection, None where nobody can take over.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    await store.lock_client(tx, actor.person_id)
    mine = (await store.own(tx, [actor.person_id])).get(actor.person_id)
    if mine is None:
        raise NotFound
    since = clock.now() - timedelta(days=DECLINE_DAYS)
    if len((await store.declined(tx, [mine.client_id], since)).get(mine.client_id, [])) >= DECLINES:
        raise TooMany(retry_after=DECLINE_DAYS * 86400)
    chosen = None
    if choice is not None:
        await lifecycle.check_successor(tx, mine, choice)
        chosen = {mine.client_id: choice}
    await lifecycle.part(tx, actor, [mine], Reason.CLIENT_DECLINED, chosen)
    return (await store.own(tx, [actor.person_id])).get(actor.person_id)


async def successors(tx: Tx, actor: Actor, limit: int = 3) -> list[UUID]:
    """Whom a client may choose instead of his own advisor: the first ones by the rule of succession."""
    mine = (await store.own(tx, [actor.person_id])).get(actor.person_id)
    if mine is None:
        return []
    leaver = (await identity.staff(tx, [mine.staff_id]))[mine.staff_id]
    pool = await lifecycle.candidates(tx, mine.environment)
    found: list[UUID] = []
    while len(found) < limit:
        one = rules.successor(leaver, actor.language, pool, frozenset(found))
        if one is None:
            break
        found.append(one)
    return found


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


async def greetable(tx: Tx, actor: Actor, mine: Sequence[Connection]) -> dict[UUID, Refusal | None]:
    """Per client of `mine`, the actor's own connections: None where he may be greeted now, else why not."""
    limits, now = terms().limits, clock.now()
    clients = [one.client_id for one in mine]
    people = await identity.people(tx, clients)
    staff = (await identity.staff(tx, [actor.person_id])).get(actor.person_id)
    able = identity.capabilities(staff, identity.today()) if staff else frozenset()
    touches = await store.touches(tx, clients, now - timedelta(days=limits.period_days))
    return {
        one.client_id: rules.may_greet(actor, staff, able, people.get(one.client_id), one)
        or rules.may_touch(now, touches.get(one.client_id, ()), limits)
        for one in mine
    }


@dataclass(frozen=True)
class Listing:
    """A page of connections with the people in it; `next` is the cursor of the following page."""

    items: tuple[Connection, ...]
    people: Mapping[UUID, Person]
    next: UUID | None


async def my_clients(
    tx: Tx, actor: Actor, state: State | None, met: bool | None, after: UUID | None, limit: int
) -> Listing:
    """The actor's clients, the newest first; `met=False` keeps those whom he has never been in contact with."""
    if not actor.roles & SERVING:
        raise Forbidden
    found = await store.mine(
        tx, actor.person_id, state.value if state else None, met, after, limit + 1
    )
    return await _listing(tx, found, limit)


async def firm_list(
    tx: Tx, actor: Actor, wanted: Mapping[str, Any], after: UUID | None, limit: int
) -> Listing:
    """The firm's connections in the actor's environment; `wanted` may hold state, staff_id, client_id, tie, met."""
    if not rules.may_oversee(actor):
        raise Forbidden
    found = await store.listed(tx, actor.environment, wanted, after, limit + 1)
    return await _listing(tx, found, limit)


async def _listing(tx: Tx, found: Sequence[Connection], limit: int) -> Listing:
    page = tuple(found[:limit])
    ids = {one.client_id for one in page} | {one.staff_id for one in page}
    return Listing(
        page, await identity.people(tx, ids), page[-1].id if len(found) > limit else None
    )


async def client_view(tx: Tx, actor: Actor, client_id: UUID) -> tuple[Person, list[Connection]]:
    """A client with the history of his connections, for his own staff and supervisors; else `NotFound`."""
    client = (await identity.people(tx, [client_id])).get(client_id)
    history = await store.of_client(tx, client_id)
    if client is None or client.environment != actor.environment:
        raise NotFound
    if not actor.is_staff or not rules.may_see_client(actor, history):
        raise NotFound
    return client, history


async def cards(tx: Tx, staff_ids: Collection[UUID]) -> dict[UUID, PersonCard]:
    """What a client may know of members of staff; the usual reply is the median of observed ones, or None."""
    staff = await identity.staff(tx, staff_ids)
    since = clock.now() - timedelta(days=REPLY_DAYS)
    usual = await store.usual_replies(tx, staff_ids, since, REPLIES_AT_LEAST)
    return {one.id: _card(one, usual.get(one.id)) for one in staff.values()}


def _card(one: Staff, usual_reply_s: int | None) -> PersonCard:
    known = terms()
    return PersonCard(
        one.id, one.name, one.name_en, identity.primary_role(one.roles).value, one.code, known.firm,
        known.firm_en, one.branch_name, one.branch_name_en, one.photo_url,
        f"/verify/{one.code}" if one.code else None, usual_reply_s,
        one.status is PersonStatus.ACTIVE,
    )  # fmt: skip


async def funnel(tx: Tx, actor: Actor, dormant_days: int) -> list[Row]:
    """Per member of staff how far his clients have come; counts only, of the actor's environment."""
    if not rules.may_oversee(actor):
        raise Forbidden
    return await store.funnel(tx, actor.environment, clock.now() - timedelta(days=dormant_days))


async def import_book(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> BookResult:
    """Bring the firm's client-manager book: all rows or none; a repeated import changes nothing; administrators only.

    Raises `UnreadableBook` where the file as a whole cannot be used.
    """
    _administrator(actor)
    return await book.bring(tx, actor, data, dry_run=dry_run)


def _administrator(actor: Actor) -> None:
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden
