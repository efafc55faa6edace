"""Opening hours and the calendar: everybody may read them, administrators change them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.dispatch.looking import hours
from visavis.dispatch.policies import default
from visavis.dispatch.rules.hours import lasts_until_midnight, usual
from visavis.dispatch.store import calendar as store
from visavis.dispatch.telling import wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import CalendarDay, Opening
from visavis.identity import api as identity
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound

LONGEST = timedelta(days=800)
MOST_DAYS = 1000


async def hours_of(tx: Tx, actor: Actor, branch_id: UUID) -> tuple[Opening, ...]:
    """The week of a branch; the policy's where it has none of its own. Raises `NotFound`."""
    await _known(tx, actor, branch_id)
    return await store.week(tx, branch_id) or usual(default())


async def working_spans(tx: Tx, first: datetime, days: int) -> list[tuple[datetime, datetime]]:
    """When the firm works from `first` on for so many days: its open spans, in order."""
    firm = await hours(tx, first, terms(), default())
    local = first.astimezone(ZoneInfo(firm.zone)).date()
    return [span for day in range(days + 1) for span in firm.spans(local + timedelta(days=day))]


async def put_hours(
    tx: Tx, actor: Actor, branch_id: UUID, week: Sequence[Opening]
) -> tuple[Opening, ...]:
    """Replace the week of a branch; empty: the policy's hours. Raises `Forbidden`, `Malformed`, `NotFound`."""
    _administrator(actor)
    await _known(tx, actor, branch_id)
    ordered = sorted(week, key=lambda one: (one.weekday, one.opens))
    for one in ordered:
        all_day = lasts_until_midnight(one)
        if not 0 <= one.weekday <= 6 or (one.opens >= one.closes and not all_day):
            raise Malformed(field="week", reason="weekday 0 to 6, opens before closes")
    for one, following in pairwise(ordered):
        touching = lasts_until_midnight(one) or following.opens < one.closes
        if one.weekday == following.weekday and touching:
            raise Malformed(field="week", reason="spans of a day must not overlap")
    await store.put_week(tx, branch_id, ordered)
    await _record(
        tx, actor, branch_id, "hours", [f"{o.weekday} {o.opens}-{o.closes}" for o in ordered]
    )
    return await hours_of(tx, actor, branch_id)


async def calendar(tx: Tx, actor: Actor, first: date, last: date) -> list[CalendarDay]:
    """The days that differ from their weekday. Raises `Malformed` for more than 800 days."""
    del actor
    if not timedelta(0) <= last - first <= LONGEST:
        raise Malformed(field="last", reason="at most 800 days after the first")
    return await store.days_between(tx, first, last)


async def put_calendar(tx: Tx, actor: Actor, days: Sequence[CalendarDay]) -> int:
    """Add or replace exceptional days: holidays, make-up working days. Raises `Forbidden`, `Malformed`."""
    _administrator(actor)
    if len(days) > MOST_DAYS or len({one.day for one in days}) < len(days):
        raise Malformed(field="days", reason=f"days {MOST_DAYS}")
    await store.put_days(tx, days)
    await _record(
        tx, actor, actor.person_id, "calendar",
        [f"{one.day} trading={one.trading} working={one.working}" for one in days],
    )  # fmt: skip
    return len(days)


async def remove_day(tx: Tx, actor: Actor, day: date) -> None:
    """Let a day be like its weekday again. Raises `Forbidden`, `NotFound`."""
    _administrator(actor)
    if not await store.remove_day(tx, day):
        raise NotFound
    await _record(tx, actor, actor.person_id, "calendar", [f"{day} removed"])


def _administrator(actor: Actor) -> None:
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden


async def _known(tx: Tx, actor: Actor, branch_id: UUID) -> None:
    if all(one.id != branch_id for one in await identity.branches(tx, actor)):
        raise NotFound


async def _record(tx: Tx, actor: Actor, subject: UUID, what: str, lines: list[str]) -> None:
    body = {"what": what, "by": str(actor.person_id), "lines": lines}
    await archive.append(
        tx,
        [Fact("administration", subject, actor.person_id, actor.environment, body, {"what": what})],
    )
    wake_engine(tx)
