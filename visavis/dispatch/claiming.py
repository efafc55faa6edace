"""The claim: accepting an offer and grabbing from the pool are one atomic act, and it has exactly one winner.

Whoever changes the request's row first has it; the others wait for that commit and are told `already_taken`. The hard
constraints are checked again under that lock, and the slot is taken by the statement that checks the capacity.
Order of locks: request, offers, load, connection, conversation.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import api as conversations
from visavis.conversations.types import ClientKeyReused
from visavis.dispatch import evidence, looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import Advisor, Case, refusal
from visavis.dispatch.rules.scoring import mean_offers, score
from visavis.dispatch.store import loads, offers, requests
from visavis.dispatch.telling import tell_advisor, tell_client, tell_line, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    HANDLED,
    AlreadyTaken,
    Candidate,
    Claimed,
    Constraint,
    Decision,
    Mode,
    NotEligible,
    NotServing,
    Offer,
    OfferOver,
    OfferState,
    Request,
    RequestAccepted,
    RequestOver,
    Stage,
    State,
)
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.ids import new_id

BY_OFFER = (State.OFFERED, State.POOLED)
BY_GRAB = (State.POOLED,)


async def claim(
    tx: Tx, actor: Actor, request_id: UUID, client_key: UUID, offer: Offer | None
) -> Claimed:
    """Win the request or say why not; the same key always gets the first answer.

    Raises `AlreadyTaken`, `OfferOver`, `RequestOver`, `NotEligible`, `ClientKeyReused`, `NotServing`.
    """
    again = await _answered(tx, actor, request_id, client_key)
    if again is not None:
        return again
    now = clock.now()
    due = now + timedelta(seconds=terms().first_word_s)
    states = BY_OFFER if offer is not None else BY_GRAB
    request = await requests.claim(tx, request_id, actor.person_id, states, now, due)
    if request is None:
        return await _lost(tx, actor, request_id, client_key)
    if offer is not None and not await offers.settle(tx, offer.id, OfferState.ACCEPTED, now):
        raise OfferOver
    advisor = await _checked(tx, actor, request, now)
    if not await loads.take(tx, actor.person_id, now):
        raise NotEligible(constraint=Constraint.CAPACITY.value)
    losers = await offers.end_others(tx, request.id, OfferState.TAKEN, now, str(actor.person_id))
    answer = await _keep(tx, request, advisor, client_key, offer, now)
    await _introduce(tx, request, actor.person_id)
    await _tell(tx, request, actor.person_id, losers)
    return answer


async def _answered(tx: Tx, actor: Actor, request_id: UUID, client_key: UUID) -> Claimed | None:
    again = await offers.claimed(tx, actor.person_id, client_key)
    if again is not None and again.request_id != request_id:
        raise ClientKeyReused
    return again


async def _lost(tx: Tx, actor: Actor, request_id: UUID, client_key: UUID) -> Claimed:
    """Somebody was faster: another advisor, or this one's own first attempt, whose answer stands."""
    again = await _answered(tx, actor, request_id, client_key)
    if again is not None:
        return again
    request = await requests.by_id(tx, request_id)
    if request is None or request.environment is not actor.environment:
        raise NotFound
    if request.state in HANDLED or request.accepted_at is not None:
        raise AlreadyTaken
    raise RequestOver if request.ended_at is not None else OfferOver


async def _checked(tx: Tx, actor: Actor, request: Request, now: datetime) -> Advisor:
    """The claimant with every hard constraint checked at this moment; raises `NotEligible`, `NotServing`."""
    regions = await looking.branch_regions(tx)
    mine = await looking.advisors(tx, actor.environment, regions, [actor.person_id])
    if not mine or mine[0].load is None:
        raise NotServing
    # Who claims is there, whatever his device last said.
    advisor = replace(mine[0], load=replace(mine[0].load, seen_at=now))
    found = refusal(request, advisor, now, terms(), default())
    if found is not None:
        raise NotEligible(constraint=found[0].value, detail=found[1])
    return advisor


async def _keep(
    tx: Tx, request: Request, advisor: Advisor, client_key: UUID, offer: Offer | None, now: datetime
) -> Claimed:
    answer = Claimed(request.id, request.conversation_id)
    waited = clock.between_s(request.waiting_since, now)
    how = "accept" if offer is not None else "grab"
    facts = [evidence.claimed(request, str(advisor.id), how, str(client_key), waited)]
    decision = None if offer is not None else _own_decision(request, advisor, now)
    if decision is not None:
        facts.append(evidence.decided(request, decision))
    records = await archive.append(tx, facts)
    if decision is not None:
        await offers.decide(tx, decision, records[1], None)
    await offers.insert_claim(
        tx, new_id(), answer, advisor.id, client_key, request.environment.value, request.capability, waited, now,
        records[0],
    )  # fmt: skip
    await outbox.publish(
        tx, RequestAccepted(request.id, advisor.id, clock.between_s(request.opened_at, now))
    )
    return answer


def _own_decision(request: Request, advisor: Advisor, now: datetime) -> Decision:
    """A grab is the advisor's own decision: it names him, his score and that he was eligible."""
    parts = score(Case(request), advisor, mean_offers([advisor], now), now, terms(), default())
    candidate = Candidate(advisor.id, round(sum(parts.values()), 6), parts)
    return Decision(
        new_id(),
        request.id,
        Stage.POOL,
        Mode.GRAB,
        default().version,
        (advisor.id,),
        (candidate,),
        now,
    )


async def _introduce(tx: Tx, request: Request, advisor_id: UUID) -> None:
    """The firm connects the two, and the advisor joins the conversation with a line that says so."""
    firm = system(request.environment)
    await connections.establish(tx, firm, request.client_id, advisor_id, Basis.ACCEPTANCE)
    await conversations.assign(
        tx, firm, request.conversation_id, advisor_id, Basis.ACCEPTANCE.value
    )


async def _tell(tx: Tx, request: Request, advisor_id: UUID, losers: Collection[Offer]) -> None:
    for offer in losers:
        tell_advisor(tx, offer.advisor_id, "offer_gone", offer.id)
    tell_client(tx, request)
    await tell_line(tx, request)
    tell_advisor(tx, advisor_id, "presence")
    wake_engine(tx)
