"""The policy store: a document is proposed, tried on the past, decided on by another, and in force from its day on.

Each step is on record. A document whose own tests fail gets in nowhere: not at its
proposal, not at its approval, and not into the pack of a process.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id
from visavis.supervision import judging
from visavis.supervision.api.adopting import (
    TOPIC,
    Wanted,
    adopt,
    base,
    broken,
    forget,
    known,
    refresh,
    wanted,
)
from visavis.supervision.rules import layers, rights
from visavis.supervision.rules.pack import BrokenPack, Pack
from visavis.supervision.rules.versions import difference, standing
from visavis.supervision.store import documents as store
from visavis.supervision.types.documents import (
    DocumentStep,
    HouseDocument,
    OwnPolicy,
    PolicyDecided,
    PolicyUntested,
    UnfitPolicy,
)

__all__ = [
    "TOPIC",
    "Wanted",
    "adopt",
    "base",
    "broken",
    "decide",
    "difference",
    "document",
    "documents",
    "forget",
    "keep_backtest",
    "known",
    "proposal",
    "propose",
    "refresh",
    "standing",
    "undecided",
    "wanted",
]
PAGE, NOTE = 200, 2000
# The policies are about everybody: their records are sealed under a key of the firm's.
FIRM = UUID(int=(7 << 76) | (2 << 62) | 0x50)


async def propose(
    tx: Tx, actor: Actor, name: str, source: str, form: str, effective: date, note: str
) -> HouseDocument:
    """Propose a version of a document; without a source, that the document of this name be retired.

    Raises `Forbidden`, `Malformed`, `UnfitPolicy` with the place or the test that fails.
    """
    if not rights.may_propose(actor):
        raise Forbidden
    if not layers.NAME.fullmatch(name) or form not in layers.FORMATS:
        raise Malformed(field="name", reason="small letters, figures, dashes; json or yaml")
    if effective < identity.today():
        raise UnfitPolicy(reason="effective lies in the past")
    number = await store.next_number(tx, name)
    one = HouseDocument(
        new_id(), actor.environment, name, number, form, source.strip(), note.strip()[:NOTE], DocumentStep.DRAFT,
        actor.person_id, clock.now(), effective,
    )  # fmt: skip
    if not one.source and all(known.name != name for known in await store.in_force(tx, effective)):
        raise UnfitPolicy(reason=f"no document {name} will be in force")
    await _compiled(tx, one)
    await store.insert(tx, one)
    await _record(tx, actor, one, {"what": "proposed", "source": one.source, "note": one.note})
    return one


async def documents(tx: Tx, actor: Actor) -> list[HouseDocument]:
    """All versions of the house's documents, newest first. Raises `Forbidden`."""
    if not rights.may_read(actor):
        raise Forbidden
    return await store.listed(tx, PAGE)


async def document(
    tx: Tx, actor: Actor, document_id: UUID
) -> tuple[HouseDocument, HouseDocument | None]:
    """A version, and the approved one before it. Raises `Forbidden`, `NotFound`."""
    if not rights.may_read(actor):
        raise Forbidden
    one = await store.find(tx, document_id)
    if one is None:
        raise NotFound
    return one, await store.before(tx, one)


async def decide(
    tx: Tx, actor: Actor, document_id: UUID, approve: bool, note: str
) -> HouseDocument:
    """Approve a version that was tried on the past, or refuse one; never its author.

    Raises `Forbidden`, `NotFound`, `OwnPolicy`, `PolicyDecided`, `PolicyUntested`, `UnfitPolicy`.
    """
    if not rights.may_propose(actor):
        raise Forbidden
    one = await store.locked(tx, document_id)
    if one is None:
        raise NotFound
    if one.author_id == actor.person_id:
        raise OwnPolicy
    if one.decided:
        raise PolicyDecided
    note, today = note.strip()[:NOTE], identity.today()
    state = DocumentStep.APPROVED if approve else DocumentStep.REFUSED
    if approve:
        tried = one.backtest or {}
        if one.state is not DocumentStep.TESTED or tried.get("pack") != (await base(tx)).version:
            raise PolicyUntested
        await _compiled(tx, one)
    after = replace(
        one, state=state, approver_id=actor.person_id, decision_note=note, decided_at=clock.now(),
        effective=max(one.effective, today),
    )  # fmt: skip
    await store.decide(
        tx, one.id, state, actor.person_id, note, after.effective, after.decided_at or clock.now()
    )
    await _record(
        tx, actor, after, {"what": state.value, "note": note, "backtest": _figures(one.backtest)}
    )
    tx.hint(TOPIC)
    return after


async def undecided(tx: Tx, actor: Actor, document_id: UUID) -> HouseDocument:
    """A version that may be tried on the past (again). Raises `Forbidden`, `NotFound`, `PolicyDecided`."""
    if not rights.may_propose(actor):
        raise Forbidden
    one, _ = await document(tx, actor, document_id)
    if one.decided:
        raise PolicyDecided
    return one


async def keep_backtest(tx: Tx, document_id: UUID, backtest: Mapping[str, Any], by: Actor) -> None:
    """Keep what a version would have done; nothing where it has been decided on meanwhile."""
    one = await store.locked(tx, document_id)
    if one is None or one.decided:
        return
    await store.tested(tx, document_id, backtest, clock.now())
    await _record(tx, by, one, {"what": "tested", "backtest": _figures(backtest)})


def _figures(backtest: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the record says of a back-test: no sample, and shares as text."""
    told = {key: value for key, value in (backtest or {}).items() if key != "sample"}
    return {key: str(value) if isinstance(value, float) else value for key, value in told.items()}


async def proposal(tx: Tx, document_id: UUID) -> tuple[HouseDocument, Pack] | None:
    """A version that waits for its decision, and the pack that it would make; None where nothing waits."""
    one = await store.find(tx, document_id)
    if one is None or one.decided:
        return None
    return one, await _compiled(tx, one)


async def _compiled(tx: Tx, one: HouseDocument) -> Pack:
    """The pack with this version in it. Raises `UnfitPolicy`."""
    asked = await wanted(tx, max(one.effective, identity.today()), one)
    try:
        return await asyncio.to_thread(judging.composed, asked.layers, asked.branches)
    except BrokenPack as error:
        raise UnfitPolicy(reason=str(error)) from None


async def _record(tx: Tx, actor: Actor, one: HouseDocument, body: Mapping[str, Any]) -> None:
    clear = {"document": one.name, "version": one.number, "effective": one.effective.isoformat()}
    said = {**body, "by": str(actor.person_id)}
    fact = Fact("policy", one.id, FIRM, one.environment, said, clear)
    await archive.append_one(tx, fact)
