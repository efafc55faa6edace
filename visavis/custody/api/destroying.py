"""Destruction: asked for by one, decided by another, carried out by the clerk; a certificate stays."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.custody.api import exporting, keeping
from visavis.custody.rules import retention as rules
from visavis.custody.store import exports, finding
from visavis.custody.store import keeping as store
from visavis.custody.terms import terms
from visavis.custody.types import AlreadySettled, Destruction, DestructionState
from visavis.identity import api as identity
from visavis.identity.types import PersonStatus
from visavis.kernel import clock
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.ids import new_id


async def ask_for_destruction(tx: Tx, actor: Actor, client_id: UUID, reason: str) -> Destruction:
    """Ask that all that is kept of a restricted client be destroyed.

    Raises `Forbidden`, `NotFound`, `NotRestricted`, `StillRetained`, `OnHold`, `AlreadySettled`.
    """
    keeping.compliance(actor)
    await keeping.client_of(tx, actor, client_id)
    await _check(tx, client_id)
    one = Destruction(
        new_id(), client_id, DestructionState.ASKED, keeping.worded("reason", reason), actor.person_id, clock.now()
    )  # fmt: skip
    record = await archive.append_one(tx, _fact("destruction.asked", one))
    if not await store.add_destruction(tx, one, record):
        raise AlreadySettled
    return one


async def decide_destruction(
    tx: Tx, actor: Actor, destruction_id: UUID, approve: bool, note: str
) -> Destruction:
    """Approve or refuse what somebody else has asked for; an approved one is carried out within seconds.

    Raises `NotFound`, `AlreadySettled`, `SamePerson`, and again what speaks against it.
    """
    keeping.compliance(actor)
    found = await store.destruction(tx, destruction_id)
    if found is None:
        raise NotFound
    if found.state is not DestructionState.ASKED:
        raise AlreadySettled
    refusal = rules.may_decide(actor, found)
    if refusal is not None:
        raise refusal
    if approve:
        await _check(tx, found.client_id)
    one = replace(
        found, state=DestructionState.APPROVED if approve else DestructionState.REFUSED,
        decided_by=actor.person_id, decided_at=clock.now(), note=note.strip()[:500].replace("\x00", ""),
    )  # fmt: skip
    await store.decide(tx, one, await archive.append_one(tx, _fact("destruction.decided", one)))
    return one


async def destructions(tx: Tx, actor: Actor) -> list[Destruction]:
    """All destructions with their certificates, newest first; raises `Forbidden`."""
    keeping.compliance(actor)
    return await store.destructions(tx)


async def destroy(database: Database) -> Destruction | None:
    """Carry out the oldest approved destruction: rows, keys and master key in one commit, then files.

    A hold that was placed meanwhile wins. None where there is nothing to do.
    """
    async with database.transaction() as tx:
        one = await store.next_approved(tx)
        if one is None:
            return None
        if await store.holds(tx, one.client_id):
            await _give_up(tx, one)
            return one
        counts, paths = await store.erase(tx, terms().erasures, one.client_id)
        files = [terms().folder / "files" / path for path in paths]
        for each in await exports.holding(tx, one.client_id):
            files += exporting.files_of(each)
        await finding.forget(tx, one.client_id)
        gone = await archive.destroy_keys(tx, one.client_id)
        await archive.rotate_masters(tx)
        certificate = _certificate(one, counts, gone, len(paths))
        record = await archive.append_one(
            tx, _fact("destruction.done", replace(one, state=DestructionState.DONE), certificate)
        )
        await store.certify(tx, one.id, certificate, clock.now(), record)
    await asyncio.to_thread(_unlink, files)
    return one


async def resume_rotation(database: Database) -> bool:
    """Finish a rotation of the masters that broke off before the former ones were destroyed; whether there was one."""
    if archive.masters_left() < 2:
        return False
    async with database.transaction() as tx:
        await archive.rotate_masters(tx)
    return True


async def _check(tx: Tx, client_id: UUID) -> None:
    person = (await identity.people(tx, [client_id]))[client_id]
    hold = rules.binding(await store.holds(tx, client_id), clock.now())
    parts = await keeping.parts_of(tx, client_id)
    restricted = person.status is PersonStatus.RESTRICTED
    refusal = rules.may_destroy(restricted, parts, hold, clock.now_us())
    if refusal is not None:
        raise refusal


async def _give_up(tx: Tx, one: Destruction) -> None:
    held = replace(one, state=DestructionState.REFUSED, note="on hold")
    await store.decide(tx, held, await archive.append_one(tx, _fact("destruction.decided", held)))


def _certificate(
    one: Destruction, counts: Mapping[str, int], gone: Sequence[tuple[UUID, str]], files: int
) -> dict[str, Any]:
    days = terms().backup_days
    return {
        "client": str(one.client_id),
        "asked_by": str(one.asked_by),
        "decided_by": str(one.decided_by),
        "at": str(clock.now_us()),
        "keys": [{"id": str(key), "retention": retention} for key, retention in gone],
        "rows": dict(sorted(counts.items())),
        "files": files,
        "master_rotated": True,
        "backups_gone_after_days": days,
    }


def _fact(kind: str, one: Destruction, certificate: Mapping[str, Any] | None = None) -> Fact:
    body = {
        "client": str(one.client_id), "state": one.state.value, "reason": one.reason,
        "asked_by": str(one.asked_by), "decided_by": str(one.decided_by) if one.decided_by else None,
        "note": one.note, **({"certificate": certificate} if certificate else {}),
    }  # fmt: skip
    return Fact(kind, one.id, SYSTEM_ID, Environment.REAL, body, {"state": one.state.value})


def _unlink(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
