"""The house's policies as the room of review works with them: the store, and the back-test of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from visavis.identity import api as identity
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.review.api import backtesting
from visavis.review.api.backtesting import Example
from visavis.supervision.api import mask, policies
from visavis.supervision.types import Policy
from visavis.supervision.types.documents import HouseDocument

__all__ = [
    "Example",
    "HouseDocument",
    "Policy",
    "Read",
    "Store",
    "again",
    "decide",
    "listed",
    "marked",
    "mask",
    "propose",
    "read",
]


@dataclass(frozen=True)
class Store:
    """All versions with what each is by now, and the pack by which this process judges."""

    documents: Sequence[HouseDocument]
    standing: Mapping[UUID, str]
    pack: str
    policies: Sequence[Policy]
    broken: Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """One version, what it changes as lines of a diff, and the sample of its back-test."""

    document: HouseDocument
    standing: str
    difference: Sequence[str]
    examples: Sequence[Example]


async def listed(tx: Tx, actor: Actor) -> Store:
    """The store at a glance. Raises `Forbidden`."""
    found = await policies.documents(tx, actor)
    pack = await policies.base(tx)
    return Store(
        found,
        policies.standing(found, identity.today()),
        pack.version,
        list(pack.policies.values()),
        policies.broken(),
    )


async def propose(
    tx: Tx, actor: Actor, name: str, source: str, form: str, effective: date, note: str
) -> HouseDocument:
    """Propose a version, or without a source the end of a document; its back-test begins."""
    one = await policies.propose(tx, actor, name, source, form, effective, note)
    await backtesting.begin(tx, one)
    return one


async def read(tx: Tx, actor: Actor, document_id: UUID) -> Read:
    """One version; whose words its sample shows is on record."""
    one, before = await policies.document(tx, actor, document_id)
    shown = await backtesting.examples(tx, actor, one)
    stands = policies.standing(await policies.documents(tx, actor), identity.today())
    return Read(one, stands.get(one.id, one.state.value), policies.difference(before, one), shown)


async def again(tx: Tx, actor: Actor, document_id: UUID) -> HouseDocument:
    """Try a proposal on the past again, for example after another one has come into force."""
    one = await policies.undecided(tx, actor, document_id)
    await backtesting.begin(tx, one)
    return one


async def marked(
    tx: Tx, actor: Actor, document_id: UUID, entry_id: UUID, breach: bool
) -> Mapping[str, Any]:
    """Say whether a text of the sample is a breach; the figures by now. Raises `NotFound`."""
    one = await policies.undecided(tx, actor, document_id)
    return await backtesting.mark(tx, actor, one, entry_id, breach)


async def decide(
    tx: Tx, actor: Actor, document_id: UUID, approve: bool, note: str
) -> HouseDocument:
    """Bring a version into force on its day, or refuse it; never one's own."""
    return await policies.decide(tx, actor, document_id, approve, note)
