"""The ladder: what happens next to each request, decided from one view of the firm; deterministic, time injected.

Own advisor first (sole offer, or a short hold while he is full) → offer to the best k (派单) → grab pool (抢单), where
a free advisor who was not asked still gets his own offer, and who let it pass is asked again after a while → at night
a message or a booked slot. Whoever stays silent after accepting, disconnects or may no longer serve loses the request,
and it moves on by itself. Where nobody can be asked for long, the request is stranded: those on call are told, and its
client sees the other ways.
"""

from datetime import timedelta

from visavis.dispatch.rules.candidates import Advisor, Book, Case, push_refusal, reach, refusal
from visavis.dispatch.rules.handled import handled, stranded
from visavis.dispatch.rules.plans import Hungry, Move, Planned, View, after_misses, live_offers
from visavis.dispatch.rules.scoring import mean_offers, survey
from visavis.dispatch.rules.sharing import share, window
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
)

# Somebody refused for one of these alone is on duty: the firm is not asleep.
ON_DUTY = frozenset({None, Constraint.CAPACITY, Constraint.LIVE_OFFER, Constraint.ASKED})


def decide(view: View) -> list[Move]:
    """The moves of this round, oldest request first; an empty list means that nothing can be done now."""
    return _Round(view).moves()


class _Round:
    """One round over a view: reservations grow as offers are planned, so that nobody is promised twice."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.now = view.now
        self.advisors = after_misses(view)
        self.by_id = {advisor.id: advisor for advisor in self.advisors}
        self.open = view.hours.is_open(view.now)
        # Who can be reached at all: the others need no second look.
        self.present = [
            one
            for one in self.advisors
            if reach(one.load, view.now, view.terms, view.policy) in ("fresh", "asleep")
        ]
        self.mean = mean_offers(self.present, view.now)
        self.book = Book()
        self.hungry: list[Hungry] = []
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
        found += share(self.view, self.book, self.by_id, self.hungry)
        moving = {one.request.id for one in found}
        return found + [
            Move(
                one.request, one.request.state, one.request.stage, one.request.due_at, stranded=True
            )
            for one in self.view.cases
            if one.request.id not in moving and stranded(one, self.view)
        ]

    def _step(self, case: Case) -> Move | None:
        request = case.request
        if request.state in HANDLED:
            advisor = self.by_id.get(request.advisor_id) if request.advisor_id else None
            return handled(request, advisor, self.view)
        if request.state in (State.SCHEDULED, State.MESSAGE_LEFT):
            if request.due_at is None or request.due_at > self.now:
                return None
            return Move(request, State.WAITING, Stage.OWN, woken=True)
        ended = self._ended(case)
        gone = self.now - request.client_seen_at >= timedelta(
            seconds=self.view.policy.abandon_seconds
        )
        if gone and not request.patient:
            live = live_offers(case)
            return Move(
                request, State.ABANDONED, request.stage,
                ended=tuple((offer, OfferState.WITHDRAWN) for offer in live),
            )  # fmt: skip
        if request.state is State.OFFERED and len(ended) < len(live_offers(case)):
            return (
                Move(request, State.OFFERED, request.stage, request.due_at, ended=ended)
                if ended
                else None
            )
        return self._climb(case, ended)

    def _ended(self, case: Case) -> tuple[tuple[Offer, OfferState], ...]:
        """Live offers that end now: expired, or withdrawn because their advisor may or can no longer serve."""
        found: list[tuple[Offer, OfferState]] = []
        for offer in live_offers(case):
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
                if not ended and request.state is not State.OFFERED:
                    return None
                return Move(request, State.WAITING, Stage.OWN, ended=ended)
            if wait:
                return self._night(case, ended)
        if not self.open and not any(self._asked(case, one) in ON_DUTY for one in self.present):
            return self._night(case, ended)
        if request.state is State.POOLED and all(self._asked(case, one) for one in self.present):
            return Move(request, State.POOLED, Stage.POOL, ended=ended) if ended else None
        candidates = self._survey(case)
        live = len(live_offers(case)) - len(ended)
        self.hungry.append(Hungry(case, ended, candidates, view.terms.offer_count - live, []))
        return None

    def _survey(self, case: Case) -> tuple[Candidate, ...]:
        view = self.view
        return survey(case, self.advisors, self.book, self.mean, self.now, view.terms, view.policy)

    def _asked(self, case: Case, advisor: Advisor) -> Constraint | None:
        found = push_refusal(case, advisor, self.book, self.now, self.view.terms, self.view.policy)
        return found[0] if found is not None else None

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
            candidates = self._survey(case)
            expires = self.now + timedelta(seconds=window(self.view, own, terms.own_offer_s))
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
                candidates = self._survey(case)
                return Move(
                    request, State.HELD, Stage.OWN, due, Mode.HOLD, (), candidates, ended
                ), False  # fmt: skip
        return None, patient and (
            found[0] in (Constraint.PRESENCE, Constraint.CAPACITY, Constraint.ASKED)
        )

    def _night(self, case: Case, ended: tuple[tuple[Offer, OfferState], ...]) -> Move | None:
        """Nobody is on duty: after a moment to choose a slot, the request becomes a message for the next opening."""
        request, opening = case.request, self.view.hours.next_opening(self.now)
        if request.stage is Stage.NIGHT or request.patient:
            if opening is None or (
                not request.patient and request.due_at is not None and request.due_at > self.now
            ):
                return None
            return Move(request, State.MESSAGE_LEFT, Stage.NIGHT, opening, ended=ended)
        due = self.now + timedelta(seconds=self.view.policy.night_message_seconds)
        return Move(
            request, State.WAITING, Stage.NIGHT, due, Mode.NONE, (), self._survey(case), ended
        )
