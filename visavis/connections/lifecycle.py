"""The life of a connection: established, resting, dissolved with a successor; every step is the firm's and on record.

Behind the door (`api.py`); all writes of one step happen in the caller's transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import rules, store, succeeding
from visavis.connections.types import (
    AlreadyDissolved,
    Basis,
    BlockedByClient,
    Connection,
    ConnectionDissolved,
    ConnectionEstablished,
    ConnectionProposed,
    NotConnected,
    Reason,
    State,
    Tie,
)
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.events import Event
from visavis.kernel.ids import new_id

NO_RECORD = UUID(int=0)


def fact(kind: str, actor: Actor, one: Connection, **more: object) -> Fact:
    """What goes on record about a step: actor, reason or basis, both parties (CONN-01)."""
    return Fact(
        f"connection.{kind}",
        one.id,
        one.client_id,
        one.environment,
        {
            "actor": str(actor.person_id),
            "client": str(one.client_id),
            "staff": str(one.staff_id),
            "tie": one.tie.value,
            "basis": one.basis,
            **more,
        },
        {"state": one.state.value},
    )


async def establish(
    tx: Tx, actor: Actor, client_id: UUID, staff_id: UUID, basis: Basis
) -> Connection:
    """Make the connection active, whatever led here; see `api.establish`."""
    await store.lock_client(tx, client_id)
    known = await store.pairs(tx, [(client_id, staff_id), (client_id, actor.person_id)])
    existing = known.get((client_id, staff_id))
    if existing is not None and existing.state is State.DISSOLVED:
        existing = None
    client = (await identity.people(tx, [client_id])).get(client_id)
    staff = (await identity.staff(tx, [staff_id])).get(staff_id)
    if client is None or staff is None:
        raise NotConnected
    refusal = rules.may_establish(
        actor, staff, client, basis, existing, known.get((client_id, actor.person_id))
    )
    if refusal is not None:
        raise refusal
    if staff_id in (await store.blocked(tx, [client_id]))[client_id]:
        raise BlockedByClient
    now = clock.now()
    if existing is not None and existing.state is State.ACTIVE:
        if basis is not Basis.FIRST_CONTACT:
            await store.turned(tx, existing.id, now)
        return existing
    if existing is None:
        one = _fresh(client_id, staff_id, client.environment, Tie.SERVED, basis, State.ACTIVE)
        one = replace(one, established_at=now, established_by=actor.person_id)
        if not await store.add(tx, [one], unless_known=True):
            # Somebody else has connected the two at the same moment: his connection stands.
            return await establish(tx, actor, client_id, staff_id, basis)
        record = await archive.append_one(tx, fact("established", actor, one))
        one = replace(one, record_id=record)
        await store.recorded(tx, one.id, record)
    else:
        one = await _activate(tx, actor, existing, basis)
    await outbox.publish(tx, ConnectionEstablished(one.id, client_id, staff_id))
    _changed(tx, [client_id, staff_id])
    return one


async def _activate(tx: Tx, actor: Actor, existing: Connection, basis: Basis) -> Connection:
    now, by = clock.now(), actor.person_id
    one = replace(
        existing, state=State.ACTIVE, basis=basis.value, established_at=now, established_by=by
    )
    record = await archive.append_one(tx, fact("established", actor, one))
    await store.activate(tx, one.id, basis, now, by, record)
    return replace(one, record_id=record)


async def rest(tx: Tx, actor: Actor, connection_id: UUID, reason: Reason | None) -> Connection:
    """Suspend an active connection for `reason`, or take a suspended one up again without one."""
    one = await store.by_id(tx, connection_id, lock=True)
    if one is None or one.environment != actor.environment:
        raise NotFound
    wanted, needed = (State.SUSPENDED, State.ACTIVE) if reason else (State.ACTIVE, State.SUSPENDED)
    if one.state is State.DISSOLVED:
        raise AlreadyDissolved
    if one.state is wanted:
        return one
    if one.state is not needed:
        raise NotConnected
    one = replace(one, state=wanted, reason=reason.value if reason else None)
    kind = "suspended" if reason else "resumed"
    record = await archive.append_one(tx, fact(kind, actor, one, reason=one.reason or ""))
    await store.rest(tx, one.id, one.state, one.reason, record)
    tx.hint(f"person.{one.staff_id}", frame="rights")
    _changed(tx, [one.client_id, one.staff_id])
    return replace(one, record_id=record)


async def dissolve(
    tx: Tx, actor: Actor, connection_id: UUID, reason: Reason, successor_id: UUID | None
) -> Connection:
    """End one connection and propose its successor, the chosen one or the one by rule."""
    one = await store.by_id(tx, connection_id, lock=True)
    if one is None or one.environment != actor.environment:
        raise NotFound
    if one.state is State.DISSOLVED:
        raise AlreadyDissolved
    chosen = None
    if successor_id is not None:
        await succeeding.able(tx, [one], successor_id)
        chosen = {one.client_id: successor_id}
    await part(tx, actor, [one], reason, chosen)
    ended = await store.by_id(tx, connection_id)
    assert ended is not None
    return ended


async def part(
    tx: Tx,
    actor: Actor,
    ending: Sequence[Connection],
    reason: Reason,
    chosen: Mapping[UUID, UUID | None] | None,
) -> dict[UUID, UUID | None]:
    """End connections of one member of staff in one step: facts, successors, events, hints; set-based.

    Who keeps another own connection needs no new one: its holder is the successor. Returns the successors by client.
    """
    if not ending:
        return {}
    now = clock.now()
    ended = [replace(one, state=State.DISSOLVED, reason=reason.value) for one in ending]
    facts = [fact("dissolved", actor, one, reason=reason.value) for one in ended]
    records = await archive.append(tx, facts)
    ids = [one.id for one in ending]
    await store.end(tx, ids, now, actor.person_id, reason.value, records)
    clients = [one.client_id for one in ending]
    following: dict[UUID, UUID | None] = {
        client: kept.staff_id for client, kept in (await store.own(tx, clients)).items()
    }
    open_ones = [one for one in ending if one.client_id not in following]
    if open_ones:
        fresh = chosen if chosen is not None else await succeeding.heirs(tx, open_ones)
        following |= fresh
        await propose(
            tx, actor,
            [(one, heir) for one in open_ones if (heir := fresh.get(one.client_id)) is not None],
        )  # fmt: skip
    events: list[Event] = [
        ConnectionDissolved(one.id, one.client_id, one.staff_id, following.get(one.client_id))
        for one in ending
    ]
    await outbox.publish(tx, *events)
    for staff_id in {one.staff_id for one in ending}:
        tx.hint(f"person.{staff_id}", frame="rights")
    _changed(tx, {one.staff_id for one in ending} | set(clients))
    return following


async def propose(tx: Tx, actor: Actor, heirs: Sequence[tuple[Connection, UUID]]) -> None:
    """Hand clients over as proposed own connections; where the two are connected already, the tie becomes own."""
    if not heirs:
        return
    known = await store.pairs(tx, [(one.client_id, heir) for one, heir in heirs])
    living = {pair for pair, one in known.items() if one.state is not State.DISSOLVED}
    fresh = [
        replace(
            _fresh(one.client_id, heir, one.environment, Tie.OWN, Basis.SUCCESSION, State.PROPOSED),
            successor_of=one.id,
        )
        for one, heir in heirs
        if (one.client_id, heir) not in living
    ]
    await keep_proposed(tx, actor, fresh)
    await make_own(tx, actor, [known[pair] for pair in sorted(living)])
    _changed(tx, {heir for _, heir in heirs})


async def make_own(tx: Tx, actor: Actor, served: Sequence[Connection]) -> None:
    """Let living connections become the clients' own ones: whoever served already is now the manager too."""
    if not served:
        return
    kept = [replace(one, tie=Tie.OWN) for one in served]
    records = await archive.append(tx, [fact("taken_over", actor, one) for one in kept])
    await store.take_as_own(tx, [(one.client_id, one.staff_id) for one in kept], records)


async def keep_proposed(tx: Tx, actor: Actor, fresh: Collection[Connection]) -> None:
    """Keep new proposed connections with their records and events."""
    if not fresh:
        return
    records = await archive.append(tx, [fact("proposed", actor, one) for one in fresh])
    await store.add(
        tx, [replace(one, record_id=record) for one, record in zip(fresh, records, strict=True)]
    )
    await outbox.publish(
        tx, *(ConnectionProposed(one.id, one.client_id, one.staff_id) for one in fresh)
    )


def _fresh(
    client_id: UUID, staff_id: UUID, environment: Environment, tie: Tie, basis: Basis, state: State
) -> Connection:
    return Connection(
        new_id(), client_id, staff_id, environment, state, tie, basis.value, clock.now(), None,
        None, None, None, None, None, None, None, 0, NO_RECORD,
    )  # fmt: skip


def _changed(tx: Tx, people: Collection[UUID]) -> None:
    for person_id in people:
        tx.hint(f"person.{person_id}", frame="changed", what="connections")
