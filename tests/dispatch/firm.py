"""A model firm for the market: what the store does with requests, offers and advisors, in memory."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from visavis.dispatch.policies import default
from visavis.dispatch.rules import states
from visavis.dispatch.rules.candidates import Advisor, Case, refusal
from visavis.dispatch.rules.hours import Hours, usual
from visavis.dispatch.rules.plans import Move, View
from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.types import (
    LIVE_STATES,
    Constraint,
    Offer,
    OfferState,
    Request,
    State,
    Status,
)
from visavis.kernel.auth import Environment

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TERMS = Terms()
PAUSE = timedelta(seconds=TERMS.ask_again_s)
POLICY = default()
NEEDS = ("serve", "advise_margin")
BRANCHES = (UUID(int=1), UUID(int=2))
LICENCE = (Constraint.LICENCE, "advisory:expired")
CLAIMABLE = frozenset({State.OFFERED, State.POOLED})


@dataclass
class Firm:
    """Requests, offers and advisors in memory; `apply` does what the store does, under the same conditions."""

    now: datetime = START
    requests: dict[UUID, Request] = field(default_factory=dict)
    offers: dict[UUID, Offer] = field(default_factory=dict)
    advisors: dict[UUID, Advisor] = field(default_factory=dict)
    last_id: int = 1000

    def new_id(self) -> UUID:
        self.last_id += 1
        return UUID(int=self.last_id)

    def view(self, environment: Environment) -> View:
        active = LIVE_STATES | {State.ACCEPTED}
        found = [
            one
            for one in self.requests.values()
            if one.environment is environment
            and (
                one.state in active
                or (
                    one.state in (State.SCHEDULED, State.MESSAGE_LEFT)
                    and one.due_at
                    and one.due_at <= self.now
                )
                or one.state is State.ANSWERED
            )
        ]
        cases = tuple(
            Case(
                one,
                tuple(
                    o
                    for o in self.offers.values()
                    if o.request_id == one.id and o.issued_at >= one.waiting_since
                ),
            )
            for one in found
        )
        staff = tuple(one for one in self.advisors.values() if one.environment is environment)
        return View(self.now, cases, staff, Hours(TERMS.zone, usual(POLICY)), TERMS, POLICY)

    def apply(self, move: Move) -> bool:
        request = self.requests[move.request.id]
        if request.version != move.request.version:
            return False
        if move.state is not request.state:
            assert states.may_follow(request.state, move.state), (request.state, move.state)
        released = move.request.advisor_id if move.released else None
        self.requests[request.id] = replace(
            request, state=move.state, stage=move.stage, due_at=move.due_at, version=request.version + 1,
            excluded=(*request.excluded, released) if released else request.excluded,
            back_at=self.back_at(request, released, move),
            stranded_at=self.now if move.stranded else None if released or move.woken else request.stranded_at,
            advisor_id=None if released else request.advisor_id,
            client_seen_at=self.now if released else request.client_seen_at,
            waiting_since=self.now if move.woken else request.waiting_since,
            patient=request.patient or move.state is State.MESSAGE_LEFT,
        )  # fmt: skip
        if released or (move.state is State.CLOSED and request.advisor_id):
            assert request.advisor_id is not None
            self.use(request.advisor_id, -1)
        for offer, state in move.ended:
            if self.offers[offer.id].state is OfferState.LIVE:
                self.offers[offer.id] = replace(offer, state=state, ended_at=self.now)
                if state is OfferState.EXPIRED:
                    self.miss(offer.advisor_id)
        for one in move.offers:
            offer = Offer(
                self.new_id(), request.id, one.advisor.id, UUID(int=0), one.rank, one.of, OfferState.LIVE, (), None,
                self.now, one.expires_at,
            )  # fmt: skip
            self.offers[offer.id] = offer
        return True

    def back_at(self, request: Request, released: UUID | None, move: Move) -> dict[UUID, datetime]:
        """When somebody who is released may be asked again."""
        ends = {released: self.now + move.pause} if released and move.pause else {}
        return {**request.back_at, **ends}

    def claim(self, request_id: UUID, advisor_id: UUID, before: frozenset[State]) -> bool:
        """The conditional update of the claim: state, constraints, capacity."""
        request, advisor = self.requests[request_id], self.advisors[advisor_id]
        if request.state not in before or advisor.load is None:
            return False
        here = replace(advisor, load=replace(advisor.load, seen_at=self.now))
        if refusal(request, here, self.now, TERMS, POLICY) is not None:
            return False
        self.advisors[advisor_id] = here
        self.use(advisor_id, 1)
        self.requests[request_id] = replace(
            request, state=State.ACCEPTED, advisor_id=advisor_id, accepted_at=self.now, touched_at=self.now,
            version=request.version + 1, due_at=None, stranded_at=None,
        )  # fmt: skip
        for offer in self.live(request_id):
            mine = offer.advisor_id == advisor_id
            self.offers[offer.id] = replace(
                offer, state=OfferState.ACCEPTED if mine else OfferState.TAKEN, ended_at=self.now
            )
        return True

    def live(self, request_id: UUID) -> list[Offer]:
        return [
            one
            for one in self.offers.values()
            if one.request_id == request_id and one.state is OfferState.LIVE
        ]

    def use(self, advisor_id: UUID, by: int) -> None:
        advisor = self.advisors[advisor_id]
        assert advisor.load is not None
        self.advisors[advisor_id] = replace(
            advisor, load=replace(advisor.load, used=advisor.load.used + by)
        )

    def miss(self, advisor_id: UUID) -> None:
        load = self.advisors[advisor_id].load
        assert load is not None
        count = load.missed_offers + 1
        taking = load.status in (Status.ONLINE, Status.BUSY)
        status = Status.BREAK if count >= TERMS.missed_offers and taking else load.status
        self.load(advisor_id, missed_offers=count, status=status)

    def load(self, advisor_id: UUID, **change: object) -> None:
        advisor = self.advisors[advisor_id]
        assert advisor.load is not None
        self.advisors[advisor_id] = replace(advisor, load=replace(advisor.load, **change))  # type: ignore[arg-type]
