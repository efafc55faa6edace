"""Proofs of professional investors: handed in by the client, read by those who decide, due again in time (SUIT-15)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, TooMany
from visavis.suitability.api import standing as standings
from visavis.suitability.rules import rights
from visavis.suitability.store import proofs as store
from visavis.suitability.types import InvestorCategory, Proof, ProofsDue

MOST = 10
AHEAD = timedelta(days=30)


async def may_hand_in(tx: Tx, actor: Actor) -> None:
    """Raise unless the client himself may hand in one more proof: `AnsweredByClientAlone`, `TooMany`."""
    await standings.alone(tx, actor)
    if len(await store.loose(tx, actor.person_id)) >= MOST:
        raise TooMany(limit=MOST)


async def keep(tx: Tx, actor: Actor, one: Proof) -> None:
    """Keep what the client hands in, for the application to come; the file is kept by the caller."""
    assert one.client_id == actor.person_id
    await store.insert(tx, one)


async def waiting(tx: Tx, actor: Actor) -> list[Proof]:
    """What the client has handed in for the application to come."""
    await standings.alone(tx, actor)
    return await store.loose(tx, actor.person_id)


async def proof(tx: Tx, actor: Actor, proof_id: UUID) -> Proof:
    """A proof, for the client himself and for those who decide on his application. Raises `NotFound`."""
    one = await store.find(tx, proof_id)
    may = one is not None and (actor.person_id == one.client_id or rights.may_approve(actor))
    if one is None or not may or one.environment is not actor.environment:
        raise NotFound
    return one


async def of(tx: Tx, found: Sequence[InvestorCategory]) -> dict[UUID, list[Proof]]:
    """The proofs of these applications; the caller has asked who may see them."""
    return await store.of_categories(tx, [one.id for one in found])


async def remind(tx: Tx) -> None:
    """Tell of proofs that are due again within 30 days, once."""
    now = clock.now()
    for client_id, until in await store.due(tx, now, now + AHEAD):
        await outbox.publish(tx, ProofsDue(client_id, clock.to_ms(until)))
