"""Where the ladder does not climb: a request in somebody's hands, and one that nobody can be asked to take."""

from datetime import timedelta

from visavis.dispatch.rules.candidates import Advisor, Case, reach
from visavis.dispatch.rules.plans import Move, View, live_offers
from visavis.dispatch.types import LIVE_STATES, Request, Stage, State


def handled(request: Request, advisor: Advisor | None, view: View) -> Move | None:
    """An accepted or answered request: is its advisor still there, and does anybody still talk?"""
    reason = ""
    if advisor is None or request.capability in advisor.unmet:
        reason = "ineligible"
    elif request.state is State.ACCEPTED and request.accepted_at is not None:
        if view.now >= request.accepted_at + timedelta(seconds=view.terms.first_word_s):
            reason = "silent"
        elif reach(advisor.load, view.now, view.terms, view.policy) == "silent":
            reason = "disconnected"
    if reason:
        pause = timedelta(seconds=view.terms.ask_again_s)
        return Move(
            request, State.WAITING, Stage.OFFER, released=reason,
            pause=None if reason == "ineligible" else pause,
        )  # fmt: skip
    idle = view.now - request.touched_at >= timedelta(seconds=view.policy.idle_close_seconds)
    if request.state is State.ANSWERED and idle:
        return Move(request, State.CLOSED, request.stage)
    return None


def stranded(case: Case, view: View) -> bool:
    """Nobody was asked in this round, nobody is being asked, and it has been so for too long."""
    request = case.request
    return (
        request.state in LIVE_STATES
        and request.stage is not Stage.NIGHT
        and request.stranded_at is None
        and not live_offers(case)
        and view.now - request.waiting_since >= timedelta(seconds=view.terms.strand_s)
    )
