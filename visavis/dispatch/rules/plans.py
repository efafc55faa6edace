"""What decisions look at and what they come to: the view, the move, the planned offer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.candidates import Advisor, Case
from visavis.dispatch.rules.hours import Hours
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.types import (
    Candidate,
    Mode,
    Offer,
    OfferState,
    Request,
    Stage,
    State,
    Status,
)


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
    # For how long whoever is released is passed over; None: for good.
    pause: timedelta | None = None
    stranded: bool = False


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
class Hungry:
    """A request that wants offers in this round."""

    case: Case
    ended: tuple[tuple[Offer, OfferState], ...]
    candidates: tuple[Candidate, ...]
    wanted: int
    planned: list[Advisor]


def live_offers(case: Case) -> list[Offer]:
    """The case's offers that were not ended yet, expired or not."""
    return [offer for offer in case.offers if offer.state is OfferState.LIVE]


def named(case: Case) -> set[UUID]:
    """The staff whom a request concerns whoever else there is: the client's own, its advisor, who is asked now."""
    request = case.request
    ids = {
        request.own_advisor_id,
        request.advisor_id,
        *(one.advisor_id for one in live_offers(case)),
    }
    return {one for one in ids if one is not None}


def after_misses(view: View) -> tuple[Advisor, ...]:
    """The advisors in a fixed order; who misses his last allowed offer at this moment is on a break at once."""
    missed: dict[UUID, int] = {}
    for case in view.cases:
        for offer in live_offers(case):
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
