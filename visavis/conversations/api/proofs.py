"""Files that a client hands in beside conversations: proofs of a professional investor, kept like any file of his."""

from pathlib import Path
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.conversations.api import files
from visavis.conversations.files import Served
from visavis.conversations.terms import limits
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.suitability import api as suitability
from visavis.suitability.types import Proof


async def may_hand_in(tx: Tx, actor: Actor) -> None:
    """Raise unless the client himself may hand in one more proof: `AnsweredByClientAlone`, `TooMany`."""
    await suitability.proofs.may_hand_in(tx, actor)


async def hand_in(tx: Tx, actor: Actor, name: str, data: bytes, served: Served) -> Proof:
    """Keep an examined file as a proof; its original is sealed, the key is in the record."""
    await may_hand_in(tx, actor)
    stored = await files.store_away(actor, name, data, served)
    fact = Fact(
        "professional_proof", actor.person_id, actor.person_id, actor.environment, stored.body, stored.clear,
        RetentionClass.SUITABILITY,
    )  # fmt: skip
    one = Proof(
        stored.id, actor.person_id, actor.environment, None, stored.name, served.type, len(served.data),
        *stored.paths, stored.digest, clock.now(), await archive.append_one(tx, fact),
    )  # fmt: skip
    await suitability.proofs.keep(tx, actor, one)
    return one


async def proof(tx: Tx, actor: Actor, proof_id: UUID) -> tuple[Proof, Path]:
    """A proof that the actor may see, and where its served copy lies. Raises `NotFound`."""
    one = await suitability.proofs.proof(tx, actor, proof_id)
    return one, limits().folder / one.served_path
