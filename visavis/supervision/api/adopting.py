"""What a process judges by: the database holds the truth, and every process compiles what is in force there.

It looks when the bus hints at news, and again and again without (see `watching.py`). A document that does not fit any
more, for example after an update of the shipped pack, is left out and told of; the others bind.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog

from visavis.identity import api as identity
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.supervision import judging
from visavis.supervision.rules import layers
from visavis.supervision.rules.pack import BrokenPack, Pack
from visavis.supervision.store import documents as store
from visavis.supervision.types.documents import HouseDocument

log = structlog.get_logger(__name__)

TOPIC = "policies"


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


def _layer(one: HouseDocument, numbers: Mapping[UUID, str]) -> layers.Layer:
    approver = numbers.get(one.approver_id, "") if one.approver_id else ""
    return layers.Layer(
        one.name, one.number, one.format, one.source, numbers.get(one.author_id, str(one.author_id)),
        approver or "not yet approved", one.effective,
    )  # fmt: skip
