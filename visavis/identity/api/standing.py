"""The standing of staff: locking, suspending, taking the second factor away, and saying that somebody has left."""

from typing import Any
from uuid import UUID

from visavis.identity import evidence, rules
from visavis.identity.api import sessions
from visavis.identity.api.entry import INVITATION
from visavis.identity.store import administration as store
from visavis.identity.store import credentials
from visavis.identity.store import people as persons
from visavis.identity.store import sessions as tokens
from visavis.identity.types import (
    HasLeft,
    LastAdministrator,
    LicenceChanged,
    PersonStatus,
    Staff,
    StaffLeft,
    StaffSuspended,
)
from visavis.kernel import outbox
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound


async def lock(tx: Tx, actor: Actor, staff_id: UUID) -> Staff:
    """Lock an account: no sign-in, and every session ends now. Raises `Forbidden`, `NotFound`, `LastAdministrator`."""
    administrator(actor)
    one = await present(tx, staff_id)
    await not_the_last(tx, one)
    await credentials.set_lock(tx, staff_id, locked=True)
    await sessions.end_all(tx, staff_id)
    await record(tx, "staff_locked", actor, staff_id, one.environment, {})
    return await known(tx, staff_id)


async def unlock(tx: Tx, actor: Actor, staff_id: UUID) -> Staff:
    """Let an account sign in again, and forget its failures. Raises `Forbidden`, `NotFound`, `HasLeft`."""
    administrator(actor)
    one = await present(tx, staff_id)
    await credentials.set_lock(tx, staff_id, locked=False)
    await record(tx, "staff_unlocked", actor, staff_id, one.environment, {})
    return await known(tx, staff_id)


async def reset_totp(tx: Tx, actor: Actor, staff_id: UUID) -> Staff:
    """Take the second factor and recovery codes away; the next sign-in enrols anew, and every session ends now."""
    administrator(actor)
    one = await present(tx, staff_id)
    await credentials.set_totp(tx, staff_id, None)
    await credentials.set_recovery_codes(tx, staff_id, [])
    await sessions.end_all(tx, staff_id)
    await record(tx, "totp_reset", actor, staff_id, one.environment, {})
    return await known(tx, staff_id)


async def suspend(tx: Tx, actor: Actor, staff_id: UUID, reason: str) -> Staff:
    """Take every right until further notice; sessions end now, and `StaffSuspended` is published."""
    administrator(actor)
    one = await present(tx, staff_id)
    await not_the_last(tx, one)
    await store.set_status(tx, staff_id, PersonStatus.SUSPENDED)
    await sessions.end_all(tx, staff_id)
    await outbox.publish(tx, StaffSuspended(staff_id))
    body = {"reason": reason, "status": PersonStatus.SUSPENDED.value}
    await record(tx, "staff_suspended", actor, staff_id, one.environment, body)
    return await known(tx, staff_id)


async def reinstate(tx: Tx, actor: Actor, staff_id: UUID, reason: str) -> Staff:
    """End a suspension. Raises `Forbidden`, `NotFound`, `HasLeft`."""
    administrator(actor)
    one = await present(tx, staff_id)
    await store.set_status(tx, staff_id, PersonStatus.ACTIVE)
    await outbox.publish(tx, LicenceChanged(staff_id))
    body = {"reason": reason, "status": PersonStatus.ACTIVE.value}
    await record(tx, "staff_reinstated", actor, staff_id, one.environment, body)
    return await known(tx, staff_id)


async def mark_left(tx: Tx, actor: Actor, staff_id: UUID, reason: str) -> Staff:
    """Say that somebody has left the firm: sessions and invitations end now, and `StaffLeft` is published (CONN-02)."""
    administrator(actor)
    one = await present(tx, staff_id)
    await not_the_last(tx, one)
    await store.set_status(tx, staff_id, PersonStatus.LEFT)
    await tokens.cancel_tokens(tx, staff_id, INVITATION)
    await sessions.end_all(tx, staff_id)
    await outbox.publish(tx, StaffLeft(staff_id))
    body = {"reason": reason, "status": PersonStatus.LEFT.value}
    await record(tx, "staff_left", actor, staff_id, one.environment, body)
    return await known(tx, staff_id)


def administrator(actor: Actor) -> None:
    """Raise `Forbidden` for whoever is no administrator."""
    if not rules.may_administer(actor):
        raise Forbidden


async def known(tx: Tx, staff_id: UUID) -> Staff:
    """The member of staff; raises `NotFound`."""
    found = (await persons.staff(tx, [staff_id])).get(staff_id)
    if found is None:
        raise NotFound
    return found


async def present(tx: Tx, staff_id: UUID) -> Staff:
    """The member of staff, locked until the transaction ends; raises `NotFound`, `HasLeft`."""
    if await credentials.by_id(tx, staff_id) is None:
        raise NotFound
    one = await known(tx, staff_id)
    if one.status is PersonStatus.LEFT:
        raise HasLeft
    return one


async def not_the_last(tx: Tx, one: Staff) -> None:
    """Raise `LastAdministrator` when nobody else could administer."""
    if Role.ADMINISTRATOR in one.roles and not await store.other_administrators(tx, one.id):
        raise LastAdministrator


async def record(
    tx: Tx, kind: str, actor: Actor, object_id: UUID, environment: Environment, body: dict[str, Any]
) -> None:
    """Put an act of administration on record."""
    await evidence.administration(tx, kind, actor, object_id, environment, body)
