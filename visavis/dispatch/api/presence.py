"""Presence: who is here, for how many conversations, and how his device is reached."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.conversations import api as conversations
from visavis.dispatch import evidence
from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import TAKING, reach
from visavis.dispatch.store import clients, loads
from visavis.dispatch.telling import tell_advisor, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import Load, NotServing, Presence, Status
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed

MOST = 20
RELOAD_S = 10.0


async def set_presence(
    tx: Tx, actor: Actor, status: Status, capacity: int | None = None
) -> Presence:
    """Say whether one is here and for how many at once (1 to 20). Raises `NotServing`, `Malformed`."""
    if not actor.has(*SERVING):
        raise NotServing
    if capacity is not None and not 1 <= capacity <= MOST:
        raise Malformed(field="capacity", reason=f"from_one {MOST}")
    known = (await loads.of(tx, [actor.person_id])).get(actor.person_id)
    most = capacity or (known.capacity if known is not None else await _usual_capacity(tx, actor))
    load = await loads.put(tx, actor.person_id, status, most, clock.now())
    if known is None or (known.status, known.capacity) != (status, most):
        await archive.append(tx, [evidence.presence(actor, status, most)])
    tell_advisor(tx, actor.person_id, "presence")
    tell_advisor(tx, actor.person_id, "pool")
    for one in await conversations.handled_by(tx, actor.person_id):
        tx.hint(f"person.{one.client_id}", frame="presence", id=str(actor.person_id))
    wake_engine(tx)
    return _presence(load)


async def my_presence(tx: Tx, actor: Actor) -> Presence:
    """The actor's own presence; off where none was ever set. Raises `NotServing`."""
    if not actor.has(*SERVING):
        raise NotServing
    load = (await loads.of(tx, [actor.person_id])).get(actor.person_id)
    if load is None:
        return Presence(actor.person_id, Status.OFF, await _usual_capacity(tx, actor), 0)
    return Presence(actor.person_id, load.status, load.capacity, load.used)


async def presences(tx: Tx, staff_ids: Collection[UUID]) -> dict[UUID, Presence]:
    """The presence of these advisors as others may see it: who was silent too long is off."""
    found = await loads.of(tx, staff_ids)
    return {
        one: _presence(found[one]) if one in found else Presence(one, Status.OFF, 0, 0)
        for one in staff_ids
    }


async def heartbeat(tx: Tx, *actors: Actor) -> None:
    """The actors' pages have been heard of: an advisor is here, a client still waits; however many, two statements."""
    now = clock.now()
    waiting = [one.person_id for one in actors if one.has(Role.CLIENT)]
    if waiting:
        await clients.seen_clients(tx, waiting, now)
    serving = [one.person_id for one in actors if one.has(*SERVING)]
    before = await loads.seen(tx, serving, now) if serving else []
    if any(
        one.status in TAKING and reach(one, now, terms(), default()) != "fresh" for one in before
    ):
        wake_engine(tx)


async def gone(tx: Tx, actor: Actor) -> None:
    """The actor's last page is gone: after a moment for reloading, only a notice can reach his device."""
    if actor.has(*SERVING):
        silent = timedelta(seconds=max(terms().presence_s - RELOAD_S, 0))
        await loads.unseen(tx, actor.person_id, clock.now() - silent)


async def set_pushable(tx: Tx, staff_id: UUID, on: bool) -> None:
    """Whether a notice reaches the advisor's sleeping device: then he still gets offers, with a longer window."""
    staff = (await identity.staff(tx, [staff_id])).get(staff_id)
    if staff is not None:
        await loads.set_pushable(tx, staff_id, on, staff.capacity, clock.now())


async def reconcile(tx: Tx) -> list[UUID]:
    """Make every advisor's used capacity what his accepted requests say; returns whose it was not."""
    found = await loads.reconcile(tx, clock.now())
    for advisor_id in found:
        tell_advisor(tx, advisor_id, "presence")
    if found:
        wake_engine(tx)
    return found


async def _usual_capacity(tx: Tx, actor: Actor) -> int:
    staff = (await identity.staff(tx, [actor.person_id])).get(actor.person_id)
    if staff is None:
        raise NotServing
    return staff.capacity


def _presence(load: Load) -> Presence:
    now = clock.now()
    reached = reach(load, now, terms(), default())
    if load.status in TAKING and reached == "silent":
        load = replace(load, status=Status.OFF)
    away = load.seen_at is None or now - load.seen_at > timedelta(seconds=terms().presence_s)
    return Presence(load.advisor_id, load.status, load.capacity, load.used, away)
