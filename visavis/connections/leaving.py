"""What a leaver leaves behind: one list of his clients with successor and outcome, parted slice by slice (CONN-02).

Behind the door (`api`). The list is a hand-over like a planned one, without notice; a plan that was open is overtaken.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from visavis.connections import handing, lifecycle, store
from visavis.connections.types import Handover, HandoverClient, Reason, Stage
from visavis.kernel import clock, jobs
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id


async def part(
    tx: Tx, actor: Actor, staff_id: UUID, limit: int, chosen: Mapping[UUID, UUID]
) -> bool:
    """End some of what a leaver still has, its outcome on his list; whether there may be more.

    `chosen` names successors of single clients; whom a client was promised, or chose, goes before the rule.
    """
    listed = await _listed(tx, actor, staff_id, chosen)
    ending = await store.ending_of_staff(tx, staff_id, limit)
    heirs = await lifecycle.part(tx, actor, ending, Reason.STAFF_LEFT, None)
    if listed is None or listed.id is None:
        return False
    await store.parted(
        tx, listed.id, {one.client_id: heirs.get(one.client_id) for one in ending}, clock.now()
    )
    if len(ending) == limit:
        return True
    await store.close(tx, listed.id, clock.now())
    await handing.record(tx, actor, listed, "done")
    return False


async def _listed(
    tx: Tx, actor: Actor, staff_id: UUID, chosen: Mapping[UUID, UUID]
) -> Handover | None:
    """The leaver's list; made where there is none and he has clients, taken over from a plan by notice."""
    known = await store.open_of_staff(tx, staff_id)
    if known and known.stage is Stage.RUNNING and known.reason is Reason.STAFF_LEFT:
        return known
    living = await store.living_of_staff(tx, staff_id)
    lines = [HandoverClient(one.client_id, one.id, chosen.get(one.client_id)) for one in living]
    if known and known.id:
        await jobs.cancel(tx, handing.key(known))
        await store.overtake(tx, known.id)
        await store.add_clients(tx, known.id, lines)
        known = replace(known, reason=Reason.STAFF_LEFT)
        await handing.record(tx, actor, known, "planned")
        return known
    if not living:
        return None
    now = clock.now()
    fresh = Handover(
        new_id(), staff_id, living[0].environment, Reason.STAFF_LEFT, None, Stage.RUNNING,
        now, now, len(lines), 0, 0, 0, 0, 0, actor.person_id,
    )  # fmt: skip
    noted = await handing.record(tx, actor, fresh, "planned")
    await store.add_handover(tx, fresh, lines, noted)
    return fresh
