"""Proof: a decision replayed under its own versions, and everything about one client and product in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, Record, RetentionClass
from visavis.custody import api as custody
from visavis.custody.types import Scope
from visavis.identity import api as identity
from visavis.identity.types import PersonKind
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.products import api as products
from visavis.products.types import ProductVersion
from visavis.suitability.api import configuring
from visavis.suitability.rules import replaying, rights
from visavis.suitability.store import clients, requests
from visavis.suitability.store import decisions as store
from visavis.suitability.types import (
    Assessment,
    ClientRequest,
    Document,
    DocumentKind,
    InvestorCategory,
    MatchDecision,
    Reason,
    Standing,
)

PAGE = 1000
BEGINNING = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Dossier:
    """Everything that proves suitability for one client and product (SUIT-17): `SuitabilityDossier`."""

    client_id: UUID
    product: Sequence[ProductVersion]
    assessments: Sequence[Assessment]
    categories: Sequence[InvestorCategory]
    decisions: Sequence[MatchDecision]
    requests: Sequence[tuple[ClientRequest, Sequence[requests.StepRow]]]
    documents: Sequence[Document]
    records: Sequence[Record]


@dataclass(frozen=True)
class Replayed:
    """How many decisions came out the same again, of how many too little was kept, and which came out otherwise."""

    same: int
    incomplete: int
    differing: tuple[UUID, ...]


async def replay(tx: Tx, actor: Actor, decision_id: UUID) -> tuple[MatchDecision, Reason | None]:
    """An old decision and what the rules say today from its own inputs and versions; they agree (SUIT-07).

    Raises `GrantMissing` for an examiner without a grant, `NotFound`, `Forbidden`.
    """
    if not rights.may_prove(actor):
        raise Forbidden
    within = await custody.opened(tx, actor)
    one = await store.decision(tx, decision_id)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    if within is not None:
        if not within.covers(one.client_id, one.at):
            raise NotFound
        await custody.on_record(tx, actor, within, "record", decision_id, one.client_id, "replay")
    documents = await configuring.documents(tx, actor)
    matrix = next(
        d for d in documents if d.kind == "matrix" and d.version == one.versions["matrix"]
    )
    version = await products.version(tx, one.product_id, one.product_version)
    found = replaying.replayed(
        Standing(one.client_id), one.inputs, version, configuring.matrix_of(matrix), one.path
    )
    return one, found


async def replay_all(tx: Tx) -> Replayed:
    """Every decision on record, made again under its own inputs and versions (SUIT-07); for the operator's machine.

    Decisions of early versions kept no permission and no amount: of those that rest on one nothing can be said.
    """
    matrices = {
        one.version: configuring.matrix_of(one)
        for one in await store.documents(tx, DocumentKind.MATRIX)
    }
    known: dict[tuple[UUID, int], ProductVersion | None] = {}
    same, incomplete, differing, after = 0, 0, [], None
    while page := await store.decisions_after(tx, after, PAGE):
        after = page[-1].id
        for one in page:
            key = (one.product_id, one.product_version)
            if key not in known:
                known[key] = await products.version(tx, *key)
            matrix = matrices[one.versions["matrix"]]
            again = replaying.replayed(
                Standing(one.client_id), one.inputs, known[key], matrix, one.path
            )
            if again == one.reason and one.allowed == (again is None):
                same += 1
            elif replaying.complete(one.inputs, one.path):
                differing.append(one.id)
            else:
                incomplete += 1
    return Replayed(same, incomplete, tuple(differing))


async def dossier(
    tx: Tx, actor: Actor, client_id: UUID, product_id: UUID, since: datetime, until: datetime
) -> Dossier:
    """All that is known about a client and a product from `since` to before `until`; the look goes on record.

    An examiner's is as wide as his grant. Raises `GrantMissing`, `NotFound`, `Forbidden`.
    """
    if not rights.may_prove(actor):
        raise Forbidden
    within = await _seen(tx, actor, client_id, str(product_id))
    first = BEGINNING
    if within is not None:
        # The firm's own see the whole way to a level; an examiner's grant has a beginning.
        since, until = _narrowed(since, until, within)
        first = since
    looked = {"by": str(actor.person_id), "product": str(product_id)}
    look = Fact(
        "suitability.dossier", client_id, client_id, actor.environment, looked, {},
        RetentionClass.SUITABILITY,
    )  # fmt: skip
    await archive.append_one(tx, look)
    versions = await products.versions(tx, product_id)
    if not versions:
        raise NotFound
    taken = [one for one in await clients.attempts(tx, client_id, first) if one.taken_at < until]
    asked = await requests.of_client(tx, client_id, product_id, since, until)
    steps = await requests.steps(tx, [one.id for one in asked])
    ids = [client_id, product_id, *(one.id for one in asked)]
    records = [one for key in ids for one in await archive.chain(tx, key)]
    return Dossier(
        client_id,
        versions,
        taken,
        [
            one
            for one in await clients.categories(tx, client_id)
            if within is None or since <= one.applied_at < until
        ],
        await store.decisions(tx, client_id, product_id, since, until),
        [(one, steps.get(one.id, [])) for one in asked],
        await store.documents(tx),
        [one for one in records if first <= one.at < until],
    )


async def _seen(tx: Tx, actor: Actor, client_id: UUID, product: str) -> Scope | None:
    """What an examiner's grant opens of this client, None for the firm's own; his look is on record.

    Raises `GrantMissing`, `NotFound`.
    """
    within = await custody.opened(tx, actor)
    client = (await identity.people(tx, [client_id])).get(client_id)
    if client is None or client.kind is not PersonKind.CLIENT:
        raise NotFound
    if client.environment is not actor.environment:
        raise NotFound
    if within is not None:
        if not within.covers(client_id):
            raise NotFound
        await custody.on_record(tx, actor, within, "dossier", client_id, client_id, product)
    return within


def _narrowed(since: datetime, until: datetime, within: Scope) -> tuple[datetime, datetime]:
    """The part of a period that a scope opens; empty where they do not meet."""
    from_us = max(clock.to_us(since), within.from_us)
    until_us = min(clock.to_us(until), within.until_us)
    return clock.from_us(from_us), clock.from_us(max(from_us, until_us))
