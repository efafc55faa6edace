"""Loads what decisions look at: the waiting requests, the staff who may serve, their presence, the hours."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.candidates import Advisor, Case
from visavis.dispatch.rules.hours import Hours, usual
from visavis.dispatch.rules.plans import View
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.store import calendar, loads, offers, requests
from visavis.dispatch.types import Constraint, Load, Request
from visavis.identity import api as identity
from visavis.identity.types import Need, Staff
from visavis.kernel.auth import Environment, system
from visavis.kernel.db import Tx

AHEAD = timedelta(days=32)
BEHIND = timedelta(days=1)


async def view(
    tx: Tx, environment: Environment, now: datetime, terms: Terms, policy: Policy
) -> View:
    """Everything one round of decisions looks at, in a constant number of queries."""
    found = await requests.active(
        tx, environment, now, now - timedelta(seconds=policy.idle_close_seconds)
    )
    regions = await branch_regions(tx)
    return View(
        now,
        await cases(tx, found, regions),
        await advisors(tx, await identity.serving_staff(tx, environment), now, regions),
        await hours(tx, now, terms, policy),
        terms,
        policy,
    )


async def cases(
    tx: Tx, found: Collection[Request], regions: Mapping[UUID, str]
) -> tuple[Case, ...]:
    """Requests with the offers made since they began to wait."""
    made = await offers.of_requests(tx, [one.id for one in found])
    return tuple(
        Case(
            one,
            tuple(offer for offer in made.get(one.id, ()) if offer.issued_at >= one.waiting_since),
            regions.get(one.branch_id, "") if one.branch_id else "",
        )
        for one in found
    )


async def advisors(
    tx: Tx, staff: Sequence[Staff], now: datetime, regions: Mapping[UUID, str]
) -> tuple[Advisor, ...]:
    """Staff as dispatch sees them at this moment."""
    present = await loads.of(tx, [one.id for one in staff])
    return tuple(advisor(one, present.get(one.id), now, regions) for one in staff)


def advisor(one: Staff, load: Load | None, now: datetime, regions: Mapping[UUID, str]) -> Advisor:
    """A member of staff with what he lacks for each need on the local day of `now` (LIC-01, LIC-04)."""
    today = identity.today(now)
    unmet: dict[str, tuple[Constraint, str]] = {}
    for need in Need:
        lack = identity.meets(one, need, today)
        if lack is not None:
            unmet[need.value] = (Constraint(lack.constraint.value), lack.detail)
    return Advisor(
        one.id, one.environment, frozenset(one.languages), frozenset(one.topics), one.branch_id,
        regions.get(one.branch_id, ""), unmet, load, one.reach,
    )  # fmt: skip


async def branch_regions(tx: Tx) -> dict[UUID, str]:
    """The region of every branch."""
    return {one.id: one.region for one in await identity.branches(tx, system())}


async def hours(tx: Tx, now: datetime, terms: Terms, policy: Policy) -> Hours:
    """The firm's hours around `now`."""
    days = await calendar.days_between(tx, (now - BEHIND).date(), (now + AHEAD).date())
    return Hours(
        terms.zone, usual(policy), await calendar.weeks(tx), {one.day: one for one in days}
    )
