"""Restricting a client, and legal holds; what is kept of him, and until when."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.custody.api import filing, looking
from visavis.custody.rules import retention as rules
from visavis.custody.rules import rights
from visavis.custody.store import finding
from visavis.custody.store import keeping as store
from visavis.custody.types import AlreadySettled, GroundNeeded, Hold, Kept, Regime
from visavis.identity import api as identity
from visavis.identity.types import Person, PersonKind
from visavis.kernel import clock
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id

WORDS = (4, 500)


def compliance(actor: Actor) -> None:
    """Raise `Forbidden` unless the actor answers for the record."""
    if not rules.may_keep(actor):
        raise Forbidden


def worded(field: str, text: str) -> str:
    """The text without white space around it; raises `GroundNeeded` unless it says something."""
    text = text.strip()
    if not WORDS[0] <= len(text) <= WORDS[1] or "\x00" in text:
        raise GroundNeeded(field=field)
    return text


def retention(actor: Actor) -> list[tuple[str, Regime]]:
    """How long each class is kept, and on whose word; raises `Forbidden`."""
    if not rights.may_see_health(actor):
        raise Forbidden
    return [(one.value, rules.regime_of(one)) for one in RetentionClass]


async def restrict_client(tx: Tx, actor: Actor, client_id: UUID, basis: str) -> Person:
    """Keep a client's data for the law's sake alone: no path shows him any more but compliance's (DATA-02).

    Raises `Forbidden`, `GroundNeeded`, `NotFound`.
    """
    compliance(actor)
    return await identity.restrict(tx, actor, client_id, worded("basis", basis))


async def kept_of(tx: Tx, actor: Actor, client_id: UUID) -> tuple[Person, list[Kept], list[Hold]]:
    """What is on record of a client by class, until when, on whose word; and what holds it. Raises `NotFound`."""
    compliance(actor)
    one = await client_of(tx, actor, client_id)
    return one, await parts_of(tx, client_id), await store.holds(tx, client_id)


async def client_of(tx: Tx, actor: Actor, client_id: UUID) -> Person:
    """The client, in the actor's environment; raises `NotFound`."""
    return (await clients_of(tx, actor, [client_id]))[client_id]


async def clients_of(tx: Tx, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Person]:
    """The clients, in the actor's environment; raises `NotFound` where one of them is none."""
    found = await identity.people(tx, ids)
    if found.keys() != set(ids) or any(
        one.kind is not PersonKind.CLIENT or one.environment is not actor.environment
        for one in found.values()
    ):
        raise NotFound
    return found


async def client_with(tx: Tx, actor: Actor, ref: str) -> Person:
    """The client with this number at the broker, restricted or not; an examiner's, if the grant covers him.

    That an examiner asked is on record.

    Raises `Forbidden`, `GrantMissing`, `NotFound`.
    """
    within = None if rules.may_keep(actor) else await looking.scope_of(tx, actor, "")
    one = await identity.client_by_ref(tx, actor.environment, ref.strip())
    if one is None or (within and within.clients is not None and one.id not in within.clients):
        raise NotFound
    if within:
        await looking.on_record(tx, actor, within, "search", one.id, one.id, ref.strip())
    return one


async def numbers_of(tx: Tx, actor: Actor, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """The numbers at the broker of clients whom a list names, without those of whom nothing is left to say.

    For who sees such lists: compliance, and examiners, whose lists name clients of their grants. Raises `Forbidden`.
    """
    if not actor.has(Role.SUPERVISOR, Role.EXAMINER):
        raise Forbidden
    found = await identity.people(tx, {one for one in ids if one})
    return {one.id: one.external_ref for one in found.values() if one.external_ref}


async def parts_of(tx: Tx, client_id: UUID) -> list[Kept]:
    """What is on record of a client, by class, everything filed."""
    while await filing.file_records(tx):
        pass
    return [
        rules.kept(RetentionClass(row["retention_class"]), row["records"], row["newest_us"])
        for row in await finding.newest_of(tx, client_id, rules.RESTRICTING)
    ]


async def place_hold(tx: Tx, actor: Actor, client_id: UUID | None, reason: str, basis: str) -> Hold:
    """Let nothing of a client be destroyed, or with None of anybody, whatever its age; raises `Forbidden`."""
    compliance(actor)
    if client_id is not None:
        await client_of(tx, actor, client_id)
    one = Hold(
        new_id(), client_id, worded("reason", reason), worded("basis", basis), actor.person_id, clock.now()
    )  # fmt: skip
    await store.stay(tx, client_id)
    await store.add_hold(tx, one, await archive.append_one(tx, _fact("hold.placed", actor, one)))
    return one


async def release_hold(tx: Tx, actor: Actor, hold_id: UUID, reason: str) -> Hold:
    """Release a hold; raises `Forbidden`, `NotFound`, `AlreadySettled`."""
    compliance(actor)
    found = await store.hold(tx, hold_id)
    if found is None:
        raise NotFound
    if found.released_at is not None:
        raise AlreadySettled
    one = replace(
        found, released_by=actor.person_id, released_at=clock.now(), release_reason=worded("reason", reason)
    )  # fmt: skip
    await store.release(tx, one, await archive.append_one(tx, _fact("hold.released", actor, one)))
    return one


async def holds(tx: Tx, actor: Actor) -> list[Hold]:
    """All holds there ever were, newest first; raises `Forbidden`."""
    compliance(actor)
    return await store.holds(tx)


def _fact(kind: str, actor: Actor, one: Hold) -> Fact:
    body = {
        "actor": str(actor.person_id), "client": str(one.client_id) if one.client_id else None,
        "reason": one.reason, "basis": one.basis, "released": one.released_at is not None,
        "release_reason": one.release_reason,
    }  # fmt: skip
    return Fact(kind, one.id, SYSTEM_ID, Environment.REAL, body)
