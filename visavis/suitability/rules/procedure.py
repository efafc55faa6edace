"""The client's own request as a state machine (CSRC order 130 arts 19, 20; SUIT-03, 04, 10).

A mismatch: the client asks, is told that it is unsuitable, is checked not to be of the lowest class, is shown the
special warning, confirms, is permitted. For the special risk levels an independent person calls him back and a cooling
period passes before the permission. Only the client himself makes the first step and the confirmation.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from visavis.kernel.auth import Actor, Role
from visavis.suitability.types import (
    AnsweredByClientAlone,
    ClientRequest,
    RequestState,
    SpecialWarning,
    Step,
    Terms,
    WrongStep,
)

SATURDAY, LONGEST_BREAK = 5, 366
CLIENTS_OWN = frozenset({Step.CLIENT_REQUESTED, Step.CLIENT_CONFIRMED})
CALLERS = (Role.SUPERVISOR, Role.OPERATOR)
LIVE = frozenset({RequestState.OPEN, RequestState.PERMITTED})


def route(mismatch: bool, special: bool) -> tuple[Step, ...]:
    """All steps to a permission, in order."""
    steps = [Step.CLIENT_REQUESTED]
    if mismatch:
        steps += [Step.TOLD_UNSUITABLE, Step.NOT_LOWEST_CHECKED]
    steps += [Step.SPECIAL_WARNING_SHOWN, Step.CLIENT_CONFIRMED]
    if special:
        steps.append(Step.CALLED_BACK)
    return (*steps, Step.PERMITTED)


def may_make(actor: Actor, step: Step, client_id: object) -> bool:
    """Whether the step is this actor's: the client's own ones, independent staff's call, the platform's rest."""
    if step in CLIENTS_OWN:
        return actor.has(Role.CLIENT) and actor.person_id == client_id
    if step is Step.CALLED_BACK:
        return actor.has(*CALLERS)
    return actor.has(Role.SYSTEM)


def check(
    actor: Actor,
    client_id: object,
    mismatch: bool,
    special: bool,
    done: Sequence[Step],
    step: Step,
) -> None:
    """Raise unless `step` is the next one and this actor's to make."""
    steps = route(mismatch, special)
    if len(done) >= len(steps) or tuple(done) != steps[: len(done)] or steps[len(done)] is not step:
        raise WrongStep(state=done[-1].value if done else "")
    if not may_make(actor, step, client_id):
        raise AnsweredByClientAlone


def cooled(one: ClientRequest, terms: Terms, at: datetime) -> bool:
    """Whether the cooling period since the client's confirmation has passed; there is none for other levels."""
    if not one.special:
        return True
    return one.confirmed_at is not None and at - one.confirmed_at >= timedelta(
        hours=terms.cooling_hours
    )


def ripe(one: ClientRequest, terms: Terms, at: datetime) -> bool:
    """Whether nothing but the permission is missing."""
    done = tuple(step for step, _ in one.steps)
    return (
        one.state is RequestState.OPEN
        and done == route(one.mismatch, one.special)[:-1]
        and cooled(one, terms, at)
    )


def covers(one: ClientRequest, version: int, amount: int, at: datetime) -> bool:
    """Whether a permission stands for this version and amount at this moment (SUIT-04)."""
    return (
        one.state is RequestState.PERMITTED
        and one.product_version == version
        and (one.amount_upto is None or amount <= one.amount_upto)
        and one.expires_at is not None
        and at < one.expires_at
    )


def continues(one: ClientRequest, version: int, band: int | None, at: datetime) -> bool:
    """Whether a living request still is the one for this version and amount band, its permission not run out."""
    same = one.product_version == version and one.amount_upto == band
    return same and (one.expires_at is None or at < one.expires_at)


def permitted_until(
    at: datetime, hours: int, zone: str, exceptions: Mapping[date, bool]
) -> datetime:
    """When a permission given at `at` runs out: each 24 hours of it are one trading day (SUIT-04, OPS-04).

    Given on a Friday for a day it stands until the same time on Monday. `exceptions` says of days that differ from
    their weekday whether they are trading days; a year without any ends the search.
    """
    local = at.astimezone(ZoneInfo(zone))
    days, rest = divmod(hours, 24)
    day = local.date()
    for _ in range(LONGEST_BREAK):
        if not days:
            break
        day += timedelta(days=1)
        days -= exceptions.get(day, day.weekday() < SATURDAY)
    ends = datetime.combine(day, local.time(), local.tzinfo) + timedelta(hours=rest)
    return ends.astimezone(at.tzinfo)


def amount_band(terms: Terms, amount: int) -> int | None:
    """The upper end of the amount's band in yuan; None beyond the last."""
    return min((one for one in terms.amount_bands if amount <= one), default=None)


def warning_hash(warning: SpecialWarning) -> str:
    """SHA-256 of the warning's texts: which words the client has confirmed."""
    texts = [warning.title, warning.text, warning.sentence]
    joined = "\x1f".join(text[language] for text in texts for language in sorted(text))
    return hashlib.sha256(joined.encode()).hexdigest()
