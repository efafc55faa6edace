"""Shares free advisors out among the requests that want offers, and turns what was planned into moves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from visavis.dispatch.rules.candidates import Advisor, Book, reach
from visavis.dispatch.rules.plans import Hungry, Move, Planned, View
from visavis.dispatch.types import Mode, Stage, State


def share(
    view: View, book: Book, by_id: Mapping[UUID, Advisor], hungry: Sequence[Hungry]
) -> list[Move]:
    """Each hungry request its best free advisor first, oldest request first; then second choices, up to k."""
    for _ in range(view.terms.offer_count):
        for one in hungry:
            if len(one.planned) < one.wanted:
                _plan_next(one, book, by_id)
    return [move for one in hungry if (move := _served(view, one)) is not None]


def window(view: View, advisor: Advisor, usual_s: float) -> float:
    """How long the advisor has to answer, in seconds: longer where only a notice reaches his device."""
    asleep = reach(advisor.load, view.now, view.terms, view.policy) == "asleep"
    return max(usual_s, view.terms.offer_away_s) if asleep else usual_s


def _plan_next(one: Hungry, book: Book, by_id: Mapping[UUID, Advisor]) -> None:
    request = one.case.request
    for candidate in one.candidates:
        if candidate.refused is not None:
            return
        advisor = by_id[candidate.staff_id]
        load = advisor.load
        if load is None or book.holds(advisor.id, request.id):
            continue
        if load.used + book.reserved(advisor.id, request.id) < load.capacity:
            book.reserve(advisor.id, request.id)
            one.planned.append(advisor)
            return


def _served(view: View, one: Hungry) -> Move | None:
    request = one.case.request
    late = view.now - request.waiting_since >= timedelta(seconds=view.terms.pool_after_s)
    pooled = request.state is State.POOLED or late or not one.planned
    if request.state is State.POOLED and not one.planned:
        return Move(request, State.POOLED, Stage.POOL, ended=one.ended) if one.ended else None
    planned = tuple(
        Planned(
            advisor,
            rank,
            len(one.planned),
            view.now + timedelta(seconds=window(view, advisor, view.terms.offer_s)),
        )
        for rank, advisor in enumerate(one.planned, 1)
    )
    return Move(
        request,
        State.POOLED if pooled else State.OFFERED,
        Stage.POOL if pooled else Stage.OFFER,
        min((each.expires_at for each in planned), default=None),
        Mode.OFFER if planned else Mode.POOL,
        planned,
        one.candidates,
        one.ended,
    )
