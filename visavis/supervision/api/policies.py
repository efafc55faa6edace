"""The policy store: a document is proposed, tried on the past, decided on by another, and in force from its day on.

The database holds the truth; every process compiles what is in force there, when the bus hints at news and again and
again without (see `watching.py`). Each step is on record. A document whose own tests fail gets in nowhere: not at its
proposal, not at its approval, and not into the pack of a process.
"""

import asyncio
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id
from visavis.supervision import judging
from visavis.supervision.rules import layers, rights
from visavis.supervision.rules.pack import BrokenPack, Pack
from visavis.supervision.store import documents as store
from visavis.supervision.types.documents import (
    DocumentStep,
    HouseDocument,
    OwnPolicy,
    PolicyDecided,
    PolicyUntested,
    UnfitPolicy,
)

log = structlog.get_logger(__name__)

TOPIC = "policies"
PAGE, NOTE = 200, 2000
# The policies are about everybody: their records are sealed under a key of the firm's.
FIRM = UUID(int=(7 << 76) | (2 << 62) | 0x50)


@dataclass
class _Here:
    """What this process has adopted: the versions it was made of, and those that could not be used."""

    keys: tuple[str, ...] | None = None
    broken: Mapping[str, str] | None = None


_here = _Here()


@dataclass(frozen=True)
class Wanted:
    """What is to be in force: the layers over the shipped pack, and the ids of branches by their codes."""

    layers: tuple[layers.Layer, ...]
    branches: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells this from any other pack."""
        return tuple(one.key for one in self.layers)


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
    if one.state in {DocumentStep.APPROVED, DocumentStep.REFUSED}:
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
    if one.state in {DocumentStep.APPROVED, DocumentStep.REFUSED}:
        raise PolicyDecided
    return one


async def keep_backtest(tx: Tx, document_id: UUID, backtest: Mapping[str, Any], by: Actor) -> None:
    """Keep what a version would have done; nothing where it has been decided on meanwhile."""
    one = await store.locked(tx, document_id)
    if one is None or one.state in {DocumentStep.APPROVED, DocumentStep.REFUSED}:
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
    if one is None or one.state in {DocumentStep.APPROVED, DocumentStep.REFUSED}:
        return None
    return one, await _compiled(tx, one)


async def base(tx: Tx) -> Pack:
    """The pack in force by the database, which this process adopts."""
    await refresh(tx)
    return judging.pack()


async def wanted(tx: Tx, day: date | None = None, proposed: HouseDocument | None = None) -> Wanted:
    """What is to be in force on a day; with a proposal, as if that were approved."""
    found = {one.name: one for one in await store.in_force(tx, day or identity.today())}
    if proposed is not None:
        found.pop(proposed.name, None)
        if proposed.source:
            found[proposed.name] = proposed
    people = {key for one in found.values() for key in (one.author_id, one.approver_id) if key}
    staff = await identity.staff(tx, people) if people else {}
    numbers = {key: one.employee_no or str(key) for key, one in staff.items()}
    rows = tuple(_layer(one, numbers) for _, one in sorted(found.items()))
    branches = await identity.branches(tx, system()) if rows else ()
    return Wanted(rows, tuple((one.code, str(one.id)) for one in branches))


async def refresh(tx: Tx) -> bool:
    """Adopt what the database has in force; whether something has changed in this process."""
    return await adopt(await wanted(tx))


async def adopt(asked: Wanted) -> bool:
    """Compile and judge by it from now on; a document that breaks the pack is left out, and told of."""
    if asked.keys == (_here.keys or ()):
        _here.keys = asked.keys
        return False
    pack, broken = await asyncio.to_thread(_best, asked)
    for name, reason in broken.items():
        log.error("a policy document in force cannot be used", document=name, reason=reason)
    _here.keys, _here.broken = asked.keys, broken
    judging.adopt(pack)
    return True


def known() -> bool:
    """Whether this process has looked at the store at all."""
    return _here.keys is not None


def broken() -> Mapping[str, str]:
    """The documents in force that this process cannot use, with the reason."""
    return _here.broken or {}


def forget() -> None:
    """Judge by the shipped pack again, until the store is next looked at."""
    _here.keys = _here.broken = None
    judging.adopt(None)


def _best(asked: Wanted) -> tuple[Pack | None, dict[str, str]]:
    """The pack of all layers, or of those that can be used; None is the shipped one."""
    usable: list[layers.Layer] = []
    failing: dict[str, str] = {}
    pack: Pack | None = None
    try:
        return (judging.composed(asked.layers, asked.branches) if asked.layers else None), {}
    except BrokenPack as error:
        log.warning("the policies of the house do not fit together", reason=str(error))
    for layer in asked.layers:
        try:
            pack = judging.composed((*usable, layer), asked.branches)
            usable.append(layer)
        except BrokenPack as error:
            failing[layer.name] = str(error)
    return pack, failing


async def _compiled(tx: Tx, one: HouseDocument) -> Pack:
    """The pack with this version in it. Raises `UnfitPolicy`."""
    asked = await wanted(tx, max(one.effective, identity.today()), one)
    try:
        return await asyncio.to_thread(judging.composed, asked.layers, asked.branches)
    except BrokenPack as error:
        raise UnfitPolicy(reason=str(error)) from None


def _layer(one: HouseDocument, numbers: Mapping[UUID, str]) -> layers.Layer:
    approver = numbers.get(one.approver_id, "") if one.approver_id else ""
    return layers.Layer(
        one.name, one.number, one.format, one.source, numbers.get(one.author_id, str(one.author_id)),
        approver or "not yet approved", one.effective,
    )  # fmt: skip


async def _record(tx: Tx, actor: Actor, one: HouseDocument, body: Mapping[str, Any]) -> None:
    clear = {"document": one.name, "version": one.number, "effective": one.effective.isoformat()}
    said = {**body, "by": str(actor.person_id)}
    fact = Fact("policy", one.id, FIRM, one.environment, said, clear)
    await archive.append_one(tx, fact)


def standing(found: Sequence[HouseDocument]) -> dict[UUID, str]:
    """What each version is by now: its step, or for an approved one whether it waits, is in force, or has been."""
    today, newest = identity.today(), dict[str, HouseDocument]()
    begun = [one for one in found if one.state is DocumentStep.APPROVED and one.effective <= today]
    for one in sorted(begun, key=lambda it: (it.effective, it.number)):
        newest[one.name] = one
    told = {one.id: one.state.value for one in found}
    told |= {one.id: "replaced" for one in begun}
    told |= {one.id: "active" if one.source else "retired" for one in newest.values()}
    return told


def difference(before: HouseDocument | None, after: HouseDocument) -> list[str]:
    """What a version changes in the approved one before it, as lines of a unified diff."""
    old, new = (one.source.splitlines() if one else [] for one in (before, after))
    then, now = (f"{one.name}.{one.number}" if one else "" for one in (before, after))
    return list(difflib.unified_diff(old, new, then, now, lineterm="", n=2))
