"""Carries the ladder's moves out, each only if its request still has the version that was decided on.

Order of locks: requests in id order, offers, loads in id order, conversations in id order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.dispatch import evidence
from visavis.dispatch.rules.plans import Move
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.rules.scoring import why
from visavis.dispatch.store import leader as lease
from visavis.dispatch.store import loads, offers, requests
from visavis.dispatch.telling import tell_advisor, tell_client, tell_line
from visavis.dispatch.types import (
    Decision,
    MessageLeft,
    Offer,
    OfferMade,
    OfferState,
    RequestAbandoned,
    RequestClosed,
    RequestReleased,
    RequestStranded,
    State,
)
from visavis.kernel import outbox
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Event
from visavis.kernel.ids import new_id


@dataclass(frozen=True)
class Leader:
    """Under which epoch, when and by what the moves were decided."""

    epoch: int
    now: datetime
    terms: Terms
    policy: Policy


@dataclass(frozen=True)
class _Made:
    """A move with its decision and offers, ready to be kept."""

    move: Move
    decision: Decision | None
    offers: tuple[Offer, ...]


async def apply(tx: Tx, moves: Sequence[Move], leader: Leader) -> int:
    """Carry the moves out; returns how many were. The others were decided on a state that is no more."""
    if not await lease.holds(tx, leader.epoch):
        return 0
    done = await _change(tx, sorted(moves, key=lambda one: one.request.id), leader)
    if not done:
        return 0
    ends = [(offer.id, state) for move in done for offer, state in move.ended]
    if ends:
        await offers.end(tx, ends, leader.now, leader.epoch)
    made = [_made(move, leader) for move in done]
    await _keep(tx, made, leader)
    await _count(tx, made, leader)
    for move in sorted(done, key=lambda one: one.request.conversation_id):
        await _converse(tx, move)
    await outbox.publish(tx, *(event for one in made for event in _events(one)))
    await _tell(tx, made)
    return len(done)


async def _change(tx: Tx, moves: Sequence[Move], leader: Leader) -> list[Move]:
    woken = [move.request.conversation_id for move in moves if move.woken]
    busy = await requests.live_of(tx, woken) if woken else {}
    done: list[Move] = []
    for asked in moves:
        # The client has asked anew meanwhile: the sleeping request has nothing left to do.
        move = (
            replace(asked, state=State.CLOSED)
            if asked.woken and asked.request.conversation_id in busy
            else asked
        )
        released = move.request.advisor_id if move.released else None
        if await requests.move(
            tx,
            move.request,
            leader.epoch,
            move.state,
            move.stage,
            move.due_at,
            released,
            move.woken,
            leader.now,
            leader.now + move.pause if move.pause is not None else None,
            move.stranded,
        ):
            done.append(move)
    return done


def _made(move: Move, leader: Leader) -> _Made:
    if move.mode is None:
        return _Made(move, None, ())
    decision = Decision(
        new_id(), move.request.id, move.stage, move.mode, leader.policy.version,
        tuple(one.advisor.id for one in move.offers), move.candidates, leader.now,
    )  # fmt: skip
    # A request may begin while its round is under way, or by a clock that is ahead: no offer is older than the wait.
    issued = max(leader.now, move.request.waiting_since)
    planned = tuple(
        Offer(
            new_id(), move.request.id, one.advisor.id, decision.id, one.rank, one.of, OfferState.LIVE,
            why(move.request, one.advisor), None, issued, one.expires_at,
        )
        for one in move.offers
    )  # fmt: skip
    return _Made(move, decision, planned)


async def _keep(tx: Tx, made: Sequence[_Made], leader: Leader) -> None:
    facts: list[Fact] = []
    for one in made:
        request = replace(
            one.move.request, state=one.move.state, version=one.move.request.version + 1
        )
        body = {"reason": one.move.released} if one.move.released else {}
        ended = {str(offer.id): state.value for offer, state in one.move.ended}
        event = "stranded" if one.move.stranded else "moved"
        facts.append(evidence.changed(request, event, ended=ended, epoch=leader.epoch, **body))
        if one.decision is not None:
            facts.append(evidence.decided(request, one.decision))
        facts += [evidence.offered(request, offer) for offer in one.offers]
    records = iter(await archive.append(tx, facts))
    kept: list[tuple[Offer, UUID]] = []
    for one in made:
        next(records)
        if one.decision is not None:
            await offers.decide(tx, one.decision, next(records), leader.epoch)
        kept += [(offer, next(records)) for offer in one.offers]
    if kept:
        await offers.insert(tx, [one[0] for one in kept], [one[1] for one in kept], leader.epoch)


async def _count(tx: Tx, made: Sequence[_Made], leader: Leader) -> None:
    missed = Counter(
        offer.advisor_id
        for one in made
        for offer, state in one.move.ended
        if state is OfferState.EXPIRED
    )
    offered = Counter(offer.advisor_id for one in made for offer in one.offers)
    freed = [
        one.move.request.advisor_id
        for one in made
        if one.move.request.advisor_id is not None
        and (one.move.released or one.move.state is State.CLOSED)
    ]
    await loads.lock(tx, {*missed, *offered, *freed})
    if missed:
        await loads.missed(tx, missed, leader.terms.missed_offers, leader.now, leader.epoch)
        for advisor_id in missed:
            tell_advisor(tx, advisor_id, "presence")
    if offered:
        await loads.offered(tx, offered, leader.now.date(), leader.epoch)
    if freed:
        await loads.give_back(tx, freed, leader.now)


async def _converse(tx: Tx, move: Move) -> None:
    request = move.request
    actor = system(request.environment)
    if move.released:
        await conversations.unassign(
            tx, actor, request.conversation_id, f"dispatch_{move.released}"
        )
    code = {State.MESSAGE_LEFT: "message_left", State.ABANDONED: "request_abandoned"}.get(
        move.state
    )
    if move.released and move.state is State.WAITING:
        code = "request_moved_on"
    if code is not None and move.state is not request.state:
        await conversations.say_system(tx, [request.conversation_id], code, {})


def _events(made: _Made) -> list[Event]:
    move, request = made.move, made.move.request
    found: list[Event] = [
        OfferMade(offer.id, request.id, offer.advisor_id) for offer in made.offers
    ]
    if move.released and request.advisor_id is not None:
        found.append(RequestReleased(request.id, request.advisor_id, move.released))
    if move.stranded:
        found.append(RequestStranded(request.id, request.client_id))
    if move.state is State.ABANDONED:
        found.append(RequestAbandoned(request.id, request.client_id))
    if move.state is State.MESSAGE_LEFT:
        found.append(MessageLeft(request.id, request.client_id, request.own_advisor_id))
    if move.state is State.CLOSED:
        found.append(RequestClosed(request.id, request.client_id))
    return found


async def _tell(tx: Tx, made: Sequence[_Made]) -> None:
    for one in made:
        move = one.move
        for offer in one.offers:
            tell_advisor(tx, offer.advisor_id, "offer", offer.id)
        for ended, _ in move.ended:
            tell_advisor(tx, ended.advisor_id, "offer_gone", ended.id)
        asked_anew = bool(move.offers) and move.request.stranded_at is not None
        moved = move.state is not move.request.state or move.stage is not move.request.stage
        if moved or move.stranded or asked_anew or (move.ended and move.request.stranded_at):
            tell_client(tx, move.request)
        if move.state in (State.ABANDONED, State.MESSAGE_LEFT):
            await tell_line(tx, move.request)
