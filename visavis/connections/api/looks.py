"""Looking at connections: own and former ones, lists, cards, counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from visavis.connections import rules, store
from visavis.connections.terms import terms
from visavis.connections.types import Connection, PersonCard, State
from visavis.identity import api as identity
from visavis.identity.types import Person, PersonKind, PersonStatus, Staff
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Forbidden, NotFound

REPLY_DAYS = 30
REPLIES_AT_LEAST = 5
# More own clients than anybody serves; a search by name looks through all of them.
MOST = 10_000


@dataclass(frozen=True)
class Listing:
    """A page of connections with the people in it; `next` is the cursor of the following page."""

    items: tuple[Connection, ...]
    people: Mapping[UUID, Person]
    next: UUID | None


async def own(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, Connection]:
    """Each client's living own connection: his manager by the firm's book or by succession."""
    return await store.own(tx, client_ids) if client_ids else {}


async def between(tx: Tx, client_id: UUID, staff_id: UUID) -> Connection | None:
    """The living connection of the two, else their last one."""
    return (await store.pairs(tx, [(client_id, staff_id)])).get((client_id, staff_id))


async def connection(tx: Tx, connection_id: UUID) -> Connection | None:
    """One connection; the caller has checked that its reader may know it."""
    return await store.by_id(tx, connection_id)


async def several(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Connection]:
    """Those of these connections that there are; the caller has checked that its reader may know them."""
    return await store.by_ids(tx, ids)


async def of_client(tx: Tx, client_id: UUID) -> list[Connection]:
    """All connections of a client, the newest first, ended ones included."""
    return await store.of_client(tx, client_id)


async def of_staff(tx: Tx, staff_id: UUID) -> list[Connection]:
    """Everything of a member of staff that has not ended."""
    return await store.living_of_staff(tx, staff_id)


async def ever_with(tx: Tx, staff_id: UUID) -> set[UUID]:
    """The clients with whom a member of staff is or was connected."""
    return await store.ever_with(tx, staff_id)


async def active_clients(tx: Tx, staff_id: UUID) -> set[UUID]:
    """The clients with whom a member of staff is actively connected."""
    return await store.active_clients(tx, staff_id)


async def active_pairs(tx: Tx, asked: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of these (client, staff) who are actively connected."""
    found = await store.places(tx, asked) if asked else {}
    return {pair for pair, place in found.items() if place.state is State.ACTIVE}


async def my_clients(
    tx: Tx,
    actor: Actor,
    state: State | None,
    met: bool | None,
    name: str,
    after: UUID | None,
    limit: int,
) -> Listing:
    """The actor's clients, the newest first; `met=False` keeps those whom he was never in contact with.

    `name` keeps clients whose name or number contains it.

    Raises `Forbidden`.
    """
    if not actor.roles & SERVING:
        raise Forbidden
    wanted, most = state.value if state else None, limit + 1
    found = await store.mine(tx, actor.person_id, wanted, met, after, MOST if name else most)
    if name:
        people = await identity.people(tx, [one.client_id for one in found])
        found = [one for one in found if rules.is_called(people[one.client_id], name)]
    return await _listing(tx, found, limit)


async def firm_list(
    tx: Tx, actor: Actor, wanted: Mapping[str, Any], after: UUID | None, limit: int
) -> Listing:
    """The firm's connections in the actor's environment; `wanted` may hold state, staff_id, client_id, tie, met.

    Raises `Forbidden`.
    """
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
    if client.kind is not PersonKind.CLIENT:
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
    """Per member of staff how far his clients have come; counts only, of the actor's environment.

    Raises `Forbidden`.
    """
    if not rules.may_oversee(actor):
        raise Forbidden
    return await store.funnel(tx, actor.environment, clock.now() - timedelta(days=dormant_days))
