"""Every decision of suitability goes on record with its inputs and versions (SUIT-17)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id
from visavis.products.types import NO_RECORD, ProductVersion
from visavis.suitability.rules import replaying
from visavis.suitability.store import decisions as store
from visavis.suitability.types import (
    ClientRequest,
    Documents,
    MatchDecision,
    Path,
    Reason,
    Standing,
)


class Judged(NamedTuple):
    """Who a decision is about, on which path, for whom, why (None: allowed)."""

    standing: Standing
    version: ProductVersion
    path: Path
    actor: Actor
    reason: Reason | None
    conversation_id: UUID | None
    reference: UUID | None
    around: replaying.Around = replaying.PLAIN


async def keep_request_decision(
    tx: Tx,
    actor: Actor,
    standing: Standing,
    version: ProductVersion,
    reason: Reason | None,
    request: ClientRequest | None,
    documents: Documents,
) -> None:
    """Keep the decision on a client's own request."""
    reference = request.id if request else None
    judged = Judged(standing, version, Path.REQUEST, actor, reason, None, reference)
    await keep(tx, [judged], documents)


async def keep(tx: Tx, judged: Sequence[Judged], documents: Documents) -> None:
    """Keep decisions and their records; nothing is asked where there is none."""
    if not judged:
        return
    made = [_decision(one, documents) for one in judged]
    records = await archive.append(tx, [_fact(one) for one in made])
    await store.keep(
        tx, [replace(one, record_id=record) for one, record in zip(made, records, strict=True)]
    )


def _decision(judged: Judged, documents: Documents) -> MatchDecision:
    standing, version, path, actor, reason, conversation_id, reference, around = judged
    versions = {key: documents.versions[key] for key in ("matrix", "bands", "terms")}
    return MatchDecision(
        new_id(), standing.client_id, actor.environment, version.product_id, version.version, path,
        reason is None, reason, replaying.inputs(standing, version, around), versions, actor.person_id, conversation_id,
        reference, clock.now(), NO_RECORD,
    )  # fmt: skip


def _fact(one: MatchDecision) -> Fact:
    body = {
        "inputs": one.inputs, "versions": one.versions, "actor": str(one.actor_id), "path": one.path.value,
        "conversation": str(one.conversation_id or ""), "reference": str(one.reference or ""),
    }  # fmt: skip
    clear = {
        "decision": str(one.id), "product": str(one.product_id), "version": one.product_version,
        "allowed": one.allowed, "reason": one.reason.value if one.reason else "",
    }  # fmt: skip
    return Fact(
        "match", one.client_id, one.client_id, one.environment, body, clear, RetentionClass.SUITABILITY
    )  # fmt: skip
