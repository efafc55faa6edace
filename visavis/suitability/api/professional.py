"""Ordinary and professional investors: recognised by law, applied for, answered with reasons, given up (SUIT-15)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.connections import api as connections
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id
from visavis.suitability.api import configuring, ending
from visavis.suitability.api import standing as standings
from visavis.suitability.rules import categories, rights, scoring
from visavis.suitability.store import clients as store
from visavis.suitability.store import proofs
from visavis.suitability.types import (
    AlreadyProfessional,
    CategoryState,
    ConditionsNotMet,
    Evidence,
    InvestorCategory,
    Professional,
)

LIVE = frozenset({CategoryState.APPLIED, CategoryState.ACCEPTED})
MONTH = timedelta(days=30)


async def test(tx: Tx, actor: Actor) -> Professional:
    """The conditions and the test that goes with an application, for the client himself."""
    await standings.alone(tx, actor)
    return (await configuring.in_force(tx)).professional


async def apply(
    tx: Tx,
    actor: Actor,
    evidence: Evidence,
    *,
    confirms: bool,
    answers: Mapping[str, Sequence[str]],
) -> InvestorCategory:
    """The client applies to be professional: conditions, risk confirmation, test, proofs (order 130 art 12).

    Raises `ConditionsNotMet`, `AlreadyProfessional`; a supervisor answers with reasons and may refuse.
    """
    law = await test(tx, actor)
    if not confirms:
        raise ConditionsNotMet(what="confirmation")
    missing = categories.lacks_to_apply(evidence, law)
    if missing is not None:
        raise ConditionsNotMet(what=missing)
    score = scoring.right(law.questions, answers)
    if score < law.pass_mark:
        raise ConditionsNotMet(what="test")
    await _may_become(tx, actor.person_id)
    if not await proofs.loose(tx, actor.person_id):
        raise ConditionsNotMet(what="proofs")
    one = InvestorCategory(
        new_id(), actor.person_id, actor.environment, CategoryState.APPLIED, "application", asdict(evidence),
        score, "", clock.now(), None, None, None,
    )  # fmt: skip
    await store.insert_category(tx, one, await _record(tx, one))
    await proofs.give(tx, actor.person_id, one.id)
    return one


async def recognise(
    tx: Tx, actor: Actor, client_id: UUID, evidence: Evidence, basis: str
) -> InvestorCategory:
    """A supervisor recognises a professional by law from proofs, until they are due again (order 130 art 8).

    `basis` names the proofs. Raises `ConditionsNotMet`, `AlreadyProfessional`, `NotFound`.
    """
    if not rights.may_approve(actor):
        raise Forbidden
    client, _ = await connections.client_view(tx, actor, client_id)
    if len(basis.strip()) < 4:
        raise Malformed(field="basis", reason="the proofs")
    law = (await configuring.in_force(tx)).professional
    missing = categories.lacks(evidence, law)
    if missing is not None:
        raise ConditionsNotMet(what=missing)
    await _may_become(tx, client.id)
    now = clock.now()
    one = InvestorCategory(
        new_id(), client.id, client.environment, CategoryState.ACCEPTED, basis, asdict(evidence), None, basis,
        now, actor.person_id, now, now + law.valid_months * MONTH,
    )  # fmt: skip
    await store.insert_category(tx, one, await _record(tx, one))
    await ending.changed(tx, [client.id])
    return one


async def applications(
    tx: Tx, actor: Actor, state: CategoryState = CategoryState.APPLIED
) -> list[InvestorCategory]:
    """Applications that wait for their answer; or who is professional, whose proofs are due first.

    Raises `Forbidden`.
    """
    if not rights.may_approve(actor):
        raise Forbidden
    return await store.conversions(tx, actor.environment, state, clock.now())


async def decide(
    tx: Tx, actor: Actor, category_id: UUID, accepted: bool, answer: str
) -> InvestorCategory:
    """Answer an application with reasons. Raises `NotFound`, `Malformed` for an answer without reasons.

    Raises `Forbidden`, `AlreadyProfessional`.
    """
    if not rights.may_approve(actor):
        raise Forbidden
    if len(answer.strip()) < 4:
        raise Malformed(field="answer", reason="reasons")
    one = await store.category(tx, category_id)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    if one.state is not CategoryState.APPLIED:
        raise AlreadyProfessional
    law = (await configuring.in_force(tx)).professional
    now = clock.now()
    one = replace(
        one,
        state=CategoryState.ACCEPTED if accepted else CategoryState.REFUSED,
        answer=answer.strip(),
        decided_by=actor.person_id,
        decided_at=now,
        valid_until=now + law.valid_months * MONTH if accepted else None,
    )
    await store.change_category(tx, one, await _record(tx, one))
    await ending.changed(tx, [one.client_id])
    return one


async def step_down(tx: Tx, actor: Actor) -> None:
    """The client is ordinary again from this moment, with the full protection; his notice is enough (art 11).

    Raises `NotFound`.
    """
    await standings.alone(tx, actor)
    live = [one for one in await store.categories(tx, actor.person_id) if one.state in LIVE]
    if not live:
        raise NotFound
    one = replace(live[0], state=CategoryState.ENDED, decided_at=clock.now())
    await store.change_category(tx, one, await _record(tx, one))
    await ending.changed(tx, [actor.person_id])


async def mine(tx: Tx, actor: Actor) -> InvestorCategory | None:
    """The client's newest conversion."""
    found = await store.categories(tx, actor.person_id)
    return found[0] if found else None


async def _may_become(tx: Tx, client_id: UUID) -> None:
    await store.lock(tx, client_id)
    if (await standings.standing(tx, client_id)).lowest:
        raise ConditionsNotMet(what="C1 (lowest)")
    if any(one.state in LIVE for one in await store.categories(tx, client_id)):
        raise AlreadyProfessional


async def _record(tx: Tx, one: InvestorCategory) -> UUID:
    body: dict[str, Any] = {
        "basis": one.basis, "answer": one.answer, "by": str(one.decided_by or ""), "score": one.score or 0,
        "evidence": {key: str(value) for key, value in one.evidence.items()},
    }  # fmt: skip
    return await archive.append_one(
        tx,
        Fact(
            "investor_category",
            one.client_id,
            one.client_id,
            one.environment,
            body,
            {"conversion": str(one.id), "state": one.state.value},
            RetentionClass.SUITABILITY,
        ),
    )
