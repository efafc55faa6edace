"""How well an advisor fits a request: the score with its parts, and every candidate in order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from visavis.dispatch.rules.candidates import (
    TAKING,
    TURN_OVER,
    Advisor,
    Book,
    Case,
    push_refusal,
    reach,
)
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.types import Candidate, Load, Request
from visavis.kernel import clock


def offers_today(load: Load, now: datetime) -> int:
    """Offers received on this UTC day, the unit of the fairness term."""
    return load.offers_today if load.offers_day == now.date() else 0


def mean_offers(advisors: Iterable[Advisor], now: datetime) -> float:
    """The mean of today's offers over the advisors who are on duty; 0 where there is none."""
    counts = [
        offers_today(a.load, now)
        for a in advisors
        if a.load is not None and a.load.status in TAKING
    ]
    return sum(counts) / len(counts) if counts else 0.0


def score(
    case: Case, advisor: Advisor, mean: float, now: datetime, terms: Terms, policy: Policy
) -> dict[str, float]:
    """The parts of the pair's score: skill, region, relationship, load, fairness, waiting, sleep (dispatch design 2.3).

    Fairness compares today's offers with the mean of those on duty, clipped to -1..2, so that nobody starves or hogs.
    """
    weights, request, load = policy.weights, case.request, advisor.load
    assert load is not None
    near = 1.0 if advisor.branch_id == request.branch_id and request.branch_id else 0.0
    if not near and advisor.region and advisor.region == case.region:
        near = policy.same_region
    waited = clock.between_s(request.waiting_since, now) / policy.waiting_unit_seconds
    excess = offers_today(load, now) / mean - 1 if mean else 0.0
    parts = {
        "skill": weights.skill
        * (policy.skill_listed if request.topic in advisor.topics else policy.skill_other),
        "region": weights.region * near,
        "own": weights.own * (advisor.id == request.own_advisor_id),
        "load": -weights.load * load.used / load.capacity,
        "fairness": -weights.fairness * min(max(excess, -1.0), 2.0),
        "waiting": weights.waiting * min(max(waited, 0.0), policy.waiting_cap),
        "asleep": -weights.asleep * (load.pushable and reach(load, now, terms, policy) == "asleep"),
    }
    return {name: round(value, 6) + 0.0 for name, value in parts.items()}


def survey(
    case: Case,
    advisors: Sequence[Advisor],
    book: Book,
    mean: float,
    now: datetime,
    terms: Terms,
    policy: Policy,
) -> tuple[Candidate, ...]:
    """Every advisor as a candidate: first those who may be offered the request, best first, then the refused.

    Whoever has let this request pass before comes after all who have not.
    """
    eligible: list[Candidate] = []
    refused: list[Candidate] = []
    for advisor in advisors:
        found = push_refusal(case, advisor, book, now, terms, policy)
        if found is not None:
            refused.append(Candidate(advisor.id, refused=found[0], detail=found[1]))
            continue
        parts = score(case, advisor, mean, now, terms, policy)
        eligible.append(Candidate(advisor.id, round(sum(parts.values()), 6), parts))
    asked = {offer.advisor_id for offer in case.offers if offer.state in TURN_OVER}
    eligible.sort(key=lambda one: (one.staff_id in asked, -one.score, one.staff_id))
    return (*eligible, *refused)


def why(request: Request, advisor: Advisor) -> tuple[Mapping[str, Any], ...]:
    """Why this advisor, in codes for the offer card: what he is to the client first, then what he can."""
    found: list[Mapping[str, Any]] = []
    if advisor.id == request.own_advisor_id:
        found.append({"code": "own_client", "params": {}})
    found.append({"code": "licence", "params": {"need": request.capability}})
    if request.topic in advisor.topics:
        found.append({"code": "topic", "params": {"topic": request.topic}})
    found.append({"code": "language", "params": {"language": request.language}})
    if request.branch_id is not None and advisor.branch_id == request.branch_id:
        found.append({"code": "branch", "params": {}})
    assert advisor.load is not None
    free = {"used": advisor.load.used, "capacity": advisor.load.capacity}
    return (*found, {"code": "free", "params": free})
