"""The states of a request: which may follow which, and what a client may choose in each.

Every change of state raises the request's version, so that a decision made on an older state changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from visavis.dispatch.rules.candidates import is_excluded
from visavis.dispatch.types import LIVE_STATES, Choice, Request, Stage, State

_LADDER = frozenset({State.WAITING, State.HELD, State.OFFERED, State.POOLED})
_EXITS = frozenset({State.MESSAGE_LEFT, State.SCHEDULED, State.ABANDONED, State.CANCELLED})
_WAKES = frozenset({State.WAITING, State.CLOSED, State.CANCELLED})

NEXT: Mapping[State, frozenset[State]] = {
    State.WAITING: _LADDER | _EXITS,
    State.HELD: _LADDER | _EXITS,
    State.OFFERED: _LADDER | _EXITS | {State.ACCEPTED},
    State.POOLED: _LADDER | _EXITS | {State.ACCEPTED},
    State.SCHEDULED: _WAKES,
    State.MESSAGE_LEFT: _WAKES,
    State.ACCEPTED: frozenset({State.ANSWERED, State.WAITING, State.CLOSED}),
    State.ANSWERED: frozenset({State.WAITING, State.CLOSED}),
    State.CLOSED: frozenset(),
    State.ABANDONED: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_follow(now: State, then: State) -> bool:
    """Whether a request in state `now` may be moved to `then`."""
    return then in NEXT[now]


def is_stranded(request: Request, now: datetime) -> bool:
    """Whether the client is to be told that nobody can be asked now; an offer that stands means that somebody is."""
    asked = request.state is State.OFFERED or (request.due_at is not None and request.due_at > now)
    return is_live(request.state) and request.stranded_at is not None and not asked


def is_live(state: State) -> bool:
    """Whether the request waits for somebody now: these are the ones that the ladder moves."""
    return state in LIVE_STATES


def may_widen(request: Request) -> bool:
    """Whether a few advisors are asked, so that the client can have all of them asked instead."""
    return request.state is State.OFFERED and request.stage is Stage.OFFER


def choices(request: Request, now: datetime, *, own_able: bool = True) -> tuple[Choice, ...]:
    """What the client may choose now; at night there is nobody to take instead of the own advisor.

    `own_able`: he is licensed for what is asked; else nobody is promised that he will come.
    """
    if request.state in (State.SCHEDULED, State.MESSAGE_LEFT):
        return (Choice.CANCEL,)
    if not is_live(request.state):
        return ()
    found = [Choice.MESSAGE, Choice.CANCEL]
    if request.stage is Stage.NIGHT:
        return tuple(found)
    if may_widen(request):
        found.insert(0, Choice.ANOTHER)
    if (
        own_able
        and request.own_advisor_id
        and not is_excluded(request, request.own_advisor_id, now)
    ):
        if request.stage is Stage.OWN:
            found.insert(0, Choice.ANOTHER)
        if request.wait_for != "mine":
            found.insert(0, Choice.WAIT)
    return tuple(found)
