"""Who takes over a client: by rule, as promised, or chosen; each one within his contract (LIC-02).

Behind the door (`api`) and `lifecycle`; nothing is written here.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from visavis.connections import rules, store
from visavis.connections.types import Connection, NoSuchSuccessor
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

DECLINED_DAYS = 365


async def able(
    tx: Tx, ending: Sequence[Connection], successor_id: UUID, *, every: bool = False
) -> set[UUID]:
    """Which of these clients of one member of staff a colleague may take over now.

    Raises `NoSuchSuccessor` where it is none of them, or with `every` where it is not each.
    """
    pool = await candidates(tx, ending[0].environment)
    one = next((each for each in pool if each.staff.id == successor_id), None)
    if successor_id == ending[0].staff_id:
        raise NoSuchSuccessor(reason="same_person")
    if one is None:
        raise NoSuchSuccessor(reason="not_serving")
    if rules.lacks_licence(one.staff.roles, one.capabilities) is not None:
        raise NoSuchSuccessor(reason="licence_expired")
    clients = [each.client_id for each in ending]
    blocking = {
        key for key, who in (await store.blocked(tx, clients)).items() if successor_id in who
    }
    outside = rules.outside([one], clients, await identity.homes.of(tx, clients))
    found = {key for key in clients if key not in blocking and not outside[key]}
    if not found or (every and len(found) < len(clients)):
        raise NoSuchSuccessor(reason="blocked" if blocking else "outside_contract")
    return found


async def heirs(tx: Tx, ending: Sequence[Connection]) -> dict[UUID, UUID | None]:
    """Who takes over clients of one member of staff: whom they were promised, where he still can, else by rule."""
    found = await by_rule(tx, ending)
    promised = await store.promised(tx, [one.client_id for one in ending])
    pool = await candidates(tx, ending[0].environment)
    fit = {
        one.staff.id
        for one in pool
        if rules.lacks_licence(one.staff.roles, one.capabilities) is None
    }
    barred = await _barred(tx, list(promised), pool)
    kept = {key: heir for key, heir in promised.items() if heir in fit - barred[key]}
    return found | kept


async def by_rule(tx: Tx, ending: Sequence[Connection]) -> dict[UUID, UUID | None]:
    """The successors that `rules.succession` finds for clients of one member of staff."""
    leaver = (await identity.staff(tx, [ending[0].staff_id]))[ending[0].staff_id]
    clients = [one.client_id for one in ending]
    people = await identity.people(tx, clients)
    pool = await candidates(tx, ending[0].environment)
    since = clock.now() - timedelta(days=DECLINED_DAYS)
    declined = await store.declined(tx, clients, since)
    barred = await _barred(tx, clients, pool)
    return rules.succession(
        leaver,
        {client: people[client].language for client in clients},
        pool,
        {client: barred[client].union(declined.get(client, ())) for client in clients},
    )


async def choices(tx: Tx, mine: Connection, language: str, limit: int) -> list[UUID]:
    """Whom a client may choose instead of his own advisor: the first ones by the rule of succession."""
    leaver = (await identity.staff(tx, [mine.staff_id]))[mine.staff_id]
    pool = await candidates(tx, mine.environment)
    barred = (await _barred(tx, [mine.client_id], pool))[mine.client_id]
    found: list[UUID] = []
    while len(found) < limit:
        one = rules.successor(leaver, language, pool, barred.union(found))
        if one is None:
            break
        found.append(one)
    return found


async def candidates(tx: Tx, environment: Environment) -> list[rules.Candidate]:
    """Everybody who serves clients in this environment, with capabilities of this moment and own clients."""
    staff = await identity.serving_staff(tx, environment)
    counts = await store.own_counts(tx, [one.id for one in staff])
    today = identity.today()
    return [
        rules.Candidate(one, identity.capabilities(one, today), counts.get(one.id, 0))
        for one in staff
    ]


async def _barred(
    tx: Tx, clients: Collection[UUID], pool: Sequence[rules.Candidate]
) -> dict[UUID, frozenset[UUID]]:
    """Who may not take over each of these clients: whom she has blocked, whose contract does not reach her."""
    blocked = await store.blocked(tx, clients)
    outside = rules.outside(pool, clients, await identity.homes.of(tx, clients))
    return {key: blocked[key] | outside[key] for key in clients}
