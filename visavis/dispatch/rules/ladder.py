"""The ladder: what happens next to each request, decided from one view of the firm; deterministic, time injected.

Own advisor first (sole offer, or a short hold while he is full) → offer to the best k (派单) → grab pool (抢单), where
a free advisor who was not asked still gets his own offer → at night a message or a booked slot. Whoever stays silent
after accepting, disconnects or may no longer serve loses the request, and it moves on by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.candidates import (
    Advisor,
    Book,
    Case,
    push_refusal,
    reach,
    refusal,
    survey,
    why,
)
from visavis.dispatch.rules.hours import Hours
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.types import (
    HANDLED,
    Candidate,
    Constraint,
    Mode,
    Offer,
    OfferState,
    Request,
    Stage,
    State,
    Status,
)

# Somebody refused for one of these alone is on duty: the firm is not asleep.
ON_DUTY = frozenset({None, Constraint.CAPACITY, Constraint.LIVE_OFFER, Constraint.ASKED})


@dataclass(frozen=True)
class Planned:
    """An offer to be made."""

    advisor: Advisor
    rank: int
    of: int
    expires_at: datetime


@dataclass(frozen=True)
class Move:
    """What is to happen to one request; it counts only while the request still has this version."""

    request: Request
    state: State
    stage: Stage
    due_at: datetime | None = None
    mode: Mode | None = None
    offers: tuple[Planned, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    ended: tuple[tuple[Offer, OfferState], ...] = ()
    released: str = ""
    woken: bool = False


@dataclass(frozen=True)
class View:
    """Everything that a round of decisions looks at; one environment at a time."""

    now: datetime
    cases: tuple[Case, ...]
    advisors: tuple[Advisor, ...]
    hours: Hours
    terms: Terms
    policy: Policy


@dataclass
class _Hungry:
    """A request that wants offers in this round."""

    case: Case
    ended: tuple[tuple[Offer, OfferState], ...]
    candidates: tuple[Candidate, ...]
    wanted: int
    planned: list[Advisor]


def decide(view: View) -> list[Move]:
    """The moves of this round, oldest request first; an empty list means that nothing can be done now."""
    return _Round(view).moves()


class _Round:
    """One round over a view: reservations grow as offers are planned, so that nobody is promised twice."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.now = view.now
        self.advisors = _after_misses(view)
        self.by_id = {advisor.id: advisor for advisor in self.advisors}
        self.open = view.hours.is_open(view.now)
        self.book = Book()
        self.hungry: list[_Hungry] = []
        for case in view.cases:
            for offer in case.offers:
                if offer.state is OfferState.LIVE and offer.expires_at > view.now:
                    self.book.reserve(offer.advisor_id, case.request.id)

    def moves(self) -> list[Move]:
        found: list[Move] = []
        for case in sorted(
            self.view.cases, key=lambda one: (one.request.waiting_since, one.request.id)
        ):
            move = self._step(case)
            if move is not None:
                found.append(move)
        return found + self._feed()

    def _step(self, case: Case) -> Move | None:
        request = case.request
        if request.state in HANDLED:
            return self._handled(request)
        if request.state in (State.SCHEDULED, State.MESSAGE_LEFT):
            if request.due_at is None or request.due_at > self.now:
                return None
            return Move(request, State.WAITING, Stage.OWN, woken=True)
        ended = self._ended(case)
        gone = self.now - request.client_seen_at >= timedelta(
            seconds=self.view.policy.abandon_seconds
        )
        if gone and not request.patient:
            live = _live(case)
            return Move(
                request, State.ABANDONED, request.stage,
                ended=tuple((offer, OfferState.WITHDRAWN) for offer in live),
            )  # fmt: skip
        if request.state is State.OFFERED and len(ended) < len(_live(case)):
            return (
                Move(request, State.OFFERED, request.stage, request.due_at, ended=ended)
                if ended
                else None
            )
        return self._climb(case, ended)

    def _handled(self, request: Request) -> Move | None:
        """An accepted or answered request: is its advisor still there, and does anybody still talk?"""
        advisor = self.by_id.get(request.advisor_id) if request.advisor_id else None
        reason = ""
        if advisor is None or request.capability in advisor.unmet:
            reason = "ineligible"
        elif request.state is State.ACCEPTED and request.accepted_at is not None:
            if self.now >= request.accepted_at + timedelta(seconds=self.view.terms.first_word_s):
                reason = "silent"
            elif reach(advisor.load, self.now, self.view.terms, self.view.policy) == "silent":
                reason = "disconnected"
        if reason:
            return Move(request, State.WAITING, Stage.OFFER, released=reason)
        idle = self.now - request.touched_at >= timedelta(
            seconds=self.view.policy.idle_close_seconds
        )
        if request.state is State.ANSWERED and idle:
            return Move(request, State.CLOSED, request.stage)
        return None

    def _ended(self, case: Case) -> tuple[tuple[Offer, OfferState], ...]:
        """Live offers that end now: expired, or withdrawn because their advisor may or can no longer serve."""
        found: list[tuple[Offer, OfferState]] = []
        for offer in _live(case):
            advisor = self.by_id.get(offer.advisor_id)
            if offer.expires_at <= self.now:
                found.append((offer, OfferState.EXPIRED))
            elif advisor is None or self._refused(case.request, advisor) is not None:
                found.append((offer, OfferState.WITHDRAWN))
        return tuple(found)

    def _refused(self, request: Request, advisor: Advisor) -> tuple[Constraint, str] | None:
        return refusal(request, advisor, self.now, self.view.terms, self.view.policy)

    def _climb(self, case: Case, ended: tuple[tuple[Offer, OfferState], ...]) -> Move | None:
        request, view = case.request, self.view
        if request.stage in (Stage.OWN, Stage.NIGHT):
            move, wait = self._own(case, ended)
            if move is not None:
                return move
            if wait and self.open:
                return None
            if wait:
                candidates = survey(
                    case, self.advisors, self.book, self.now, view.terms, view.policy
                )
                return self._night(request, candidates, ended)
        candidates = survey(case, self.advisors, self.book, self.now, view.terms, view.policy)
        if not self.open and all(one.refused not in ON_DUTY for one in candidates):
            return self._night(request, candidates, ended)
        live = len(_live(case)) - len(ended)
        self.hungry.append(_Hungry(case, ended, candidates, view.terms.offer_count - live, []))
        return None

    def _own(
        self, case: Case, ended: tuple[tuple[Offer, OfferState], ...]
    ) -> tuple[Move | None, bool]:
        """The own advisor's turn: a move, or whether to go on waiting for him; (None, False) widens."""
        request, terms = case.request, self.view.terms
        own = self.by_id.get(request.own_advisor_id) if request.own_advisor_id else None
        if own is None:
            return None, False
        found = push_refusal(case, own, self.book, self.now, terms, self.view.policy)
        patient = request.wait_for == "mine"
        if found is None:
            candidates = survey(case, self.advisors, self.book, self.now, terms, self.view.policy)
            expires = self.now + timedelta(seconds=self._window(own, terms.own_offer_s))
            self.book.reserve(own.id, request.id)
            return Move(
                request, State.OFFERED, Stage.OWN, expires, Mode.OWN,
                (Planned(own, 1, 1, expires),), candidates, ended,
            ), False  # fmt: skip
        if found[0] is Constraint.CAPACITY:
            if request.state is State.HELD:
                return None, patient or (request.due_at is not None and request.due_at > self.now)
            if terms.own_hold_s > 0 or patient:
                due = None if patient else self.now + timedelta(seconds=terms.own_hold_s)
                candidates = survey(
                    case, self.advisors, self.book, self.now, terms, self.view.policy
                )
                return Move(
                    request, State.HELD, Stage.OWN, due, Mode.HOLD, (), candidates, ended
                ), False  # fmt: skip
        return None, patient and found[0] in (Constraint.PRESENCE, Constraint.CAPACITY)

    def _window(self, advisor: Advisor, usual_s: float) -> float:
        """How long the advisor has to answer: longer where only a notice reaches his device."""
        asleep = reach(advisor.load, self.now, self.view.terms, self.view.policy) == "asleep"
        return max(usual_s, self.view.terms.offer_away_s) if asleep else usual_s

    def _night(
        self,
        request: Request,
        candidates: tuple[Candidate, ...],
        ended: tuple[tuple[Offer, OfferState], ...],
    ) -> Move | None:
        """Nobody is on duty: after a moment to choose a slot, the request becomes a message for the next opening."""
        opening = self.view.hours.next_opening(self.now)
        if request.stage is Stage.NIGHT or request.patient:
            if opening is None or (
                not request.patient and request.due_at is not None and request.due_at > self.now
            ):
                return None
            return Move(request, State.MESSAGE_LEFT, Stage.NIGHT, opening, ended=ended)
        due = self.now + timedelta(seconds=self.view.policy.night_message_seconds)
        return Move(request, State.WAITING, Stage.NIGHT, due, Mode.NONE, (), candidates, ended)

    def _feed(self) -> list[Move]:
        """Share the free advisors out: each hungry request its best one first, then second choices, up to k."""
        for _ in range(self.view.terms.offer_count):
            for one in self.hungry:
                if len(one.planned) < one.wanted:
                    self._plan_next(one)
        return [move for one in self.hungry if (move := self._served(one)) is not None]

    def _plan_next(self, one: _Hungry) -> None:
        for candidate in one.candidates:
            if candidate.refused is not None:
                return
            advisor = self.by_id[candidate.staff_id]
            load = advisor.load
            if load is None or self.book.holds(advisor.id, one.case.request.id):
                continue
            if load.used + self.book.reserved(advisor.id, one.case.request.id) < load.capacity:
                self.book.reserve(advisor.id, one.case.request.id)
                one.planned.append(advisor)
                return

    def _served(self, one: _Hungry) -> Move | None:
        request, terms = one.case.request, self.view.terms
        late = self.now - request.waiting_since >= timedelta(seconds=terms.pool_after_s)
        pooled = request.state is State.POOLED or late or not one.planned
        if pooled and not one.planned and request.state is State.POOLED:
            return Move(request, State.POOLED, Stage.POOL, ended=one.ended) if one.ended else None
        planned = tuple(
            Planned(
                advisor,
                rank,
                len(one.planned),
                self.now + timedelta(seconds=self._window(advisor, terms.offer_s)),
            )
            for rank, advisor in enumerate(one.planned, 1)
        )
        due = min((each.expires_at for each in planned), default=None)
        return Move(
            request,
            State.POOLED if pooled else State.OFFERED,
            Stage.POOL if pooled else Stage.OFFER,
            due,
            Mode.OFFER if planned else Mode.POOL,
            planned,
            one.candidates,
            one.ended,
        )


def reasons(move: Move, planned: Planned) -> Sequence[object]:
    """Why this advisor, as the offer card says it."""
    return why(move.request, planned.advisor)


def _live(case: Case) -> list[Offer]:
    return [offer for offer in case.offers if offer.state is OfferState.LIVE]


def _after_misses(view: View) -> tuple[Advisor, ...]:
    """The advisors in a fixed order; who misses his last allowed offer at this moment is on a break at once."""
    missed: dict[UUID, int] = {}
    for case in view.cases:
        for offer in _live(case):
            if offer.expires_at <= view.now:
                missed[offer.advisor_id] = missed.get(offer.advisor_id, 0) + 1
    found: list[Advisor] = []
    for advisor in sorted(view.advisors, key=lambda one: one.id):
        load = advisor.load
        if load is None or advisor.id not in missed:
            found.append(advisor)
            continue
        count = load.missed_offers + missed[advisor.id]
        status = Status.BREAK if count >= view.terms.missed_offers else load.status
        found.append(replace(advisor, load=replace(load, missed_offers=count, status=status)))
    return tuple(found)
