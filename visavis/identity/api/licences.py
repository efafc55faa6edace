"""Licences: adding them, changing status and last day; the register that capabilities are derived from."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from visavis.identity import evidence, rules
from visavis.identity.api import sessions
from visavis.identity.store import administration as store
from visavis.identity.store import people as persons
from visavis.identity.terms import today
from visavis.identity.types import (
    HasLeft,
    Licence,
    LicenceChanged,
    LicenceDetails,
    LicenceStatus,
    LicenceType,
    PersonStatus,
    Staff,
    Taken,
)
from visavis.kernel import outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound


async def licences(tx: Tx, actor: Actor, staff_id: UUID) -> tuple[Licence, ...]:
    """The licences of a member of staff, the own ones included. Raises `Forbidden`, `NotFound`."""
    if not rules.may_list_staff(actor) and actor.person_id != staff_id:
        raise Forbidden
    return (await _staff(tx, staff_id)).licences


async def add_licence(tx: Tx, actor: Actor, staff_id: UUID, details: LicenceDetails) -> Licence:
    """Add a licence. Raises `Forbidden`, `NotFound`, `HasLeft`, `Malformed`; `Taken` for a second contract (LIC-05)."""
    if not rules.may_administer(actor):
        raise Forbidden
    one = await _staff(tx, staff_id)
    if one.status is PersonStatus.LEFT:
        raise HasLeft
    if details.valid_to < details.valid_from:
        raise Malformed(field="valid_to", reason="before valid_from")
    if not details.number.strip() or not details.source.strip():
        raise Malformed(field="number", reason="missing")
    if details.type is LicenceType.AGENT and rules.overlaps(one.licences, details):
        raise Taken(field="agent")
    licence_id = await store.add_licence(tx, staff_id, details)
    body = asdict(details) | {
        "type": details.type.value,
        "valid_from": details.valid_from.isoformat(),
        "valid_to": details.valid_to.isoformat(),
        "licence": str(licence_id),
    }
    await _changed(tx, actor, one, "licence_added", body)
    return await _licence(tx, licence_id)


async def change_licence(
    tx: Tx,
    actor: Actor,
    licence_id: UUID,
    *,
    status: LicenceStatus | None = None,
    valid_to: date | None = None,
) -> Licence:
    """Suspend, revoke, reinstate or extend a licence; it counts at once. Raises `Forbidden`, `Malformed`."""
    if not rules.may_administer(actor):
        raise Forbidden
    before = await _licence(tx, licence_id)
    if valid_to is not None and valid_to < before.valid_from:
        raise Malformed(field="valid_to", reason="before valid_from")
    await store.change_licence(tx, licence_id, status, valid_to)
    body: dict[str, object] = {"licence": str(licence_id)}
    if status is not None:
        body["status"] = status.value
    if valid_to is not None:
        body["valid_to"] = valid_to.isoformat()
    await _changed(tx, actor, await _staff(tx, before.staff_id), "licence_changed", body)
    return await _licence(tx, licence_id)


async def licences_turn(tx: Tx) -> int:
    """Tell of licences that began or ended by their day, so that no pool keeps who may not serve; how many staff."""
    turned = await store.licences_turned(tx, today())
    await outbox.publish(tx, *map(LicenceChanged, turned))
    for staff_id in turned:
        sessions.rights_changed(tx, staff_id)
    return len(turned)


async def _changed(tx: Tx, actor: Actor, one: Staff, kind: str, body: dict[str, object]) -> None:
    await outbox.publish(tx, LicenceChanged(one.id))
    sessions.rights_changed(tx, one.id)
    await evidence.administration(tx, kind, actor, one.id, one.environment, body)


async def _staff(tx: Tx, staff_id: UUID) -> Staff:
    found = (await persons.staff(tx, [staff_id])).get(staff_id)
    if found is None:
        raise NotFound
    return found


async def _licence(tx: Tx, licence_id: UUID) -> Licence:
    found = await store.licence(tx, licence_id)
    if found is None:
        raise NotFound
    return found
