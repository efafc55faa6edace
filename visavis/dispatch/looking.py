"""Loads what decisions look at: the waiting requests, the staff who may serve, their presence, the hours."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.candidates import Advisor, Case
from visavis.dispatch.rules.hours import Hours, usual
from visavis.dispatch.rules.ladder import decide
from visavis.dispatch.rules.plans import Move, View, named
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.store import calendar, loads, offers, requests
from visavis.dispatch.types import Constraint, Load, Request
from visavis.identity import api as identity
from visavis.identity.types import Serving
from visavis.kernel.auth import Environment, system
from visavis.kernel.db import Tx
from visavis.kernel.giving_way import breathe

# So many of the staff are looked at between two turns of the loop.
SLICE = 256
AHEAD = timedelta(days=32)
BEHIND = timedelta(days=1)


async def decided(
    tx: Tx, environment: Environment, now: datetime, terms: Terms, policy: Policy
) -> list[Move]:
    """What this moment comes to; thinking about thousands is done beside the loop."""
    seen = await view(tx, environment, now, terms, policy)
    moves = await asyncio.to_thread(decide, seen)
    if all(one.mode is None for one in moves):
        return moves
    return await asyncio.to_thread(decide, await whole(tx, environment, seen))


async def view(
    tx: Tx, environment: Environment, now: datetime, terms: Terms, policy: Policy
) -> View:
    """What one round of decisions looks at, in a constant number of queries; of the staff those whom it can concern:
    who takes requests and can be reached, and whom a request names.
    """
    found = await requests.active(
        tx, environment, now, now - timedelta(seconds=policy.idle_close_seconds)
    )
    regions = await branch_regions(tx)
    waiting = await cases(tx, found, regions)
    fresh, asleep = timedelta(seconds=terms.presence_s), timedelta(seconds=policy.away_seconds)
    here, _ = await loads.here(tx, now - fresh, now - asleep)
    concerned = {*here, *(one for case in waiting for one in named(case))}
    return View(
        now,
        waiting,
        await advisors(tx, environment, regions, concerned),
        await hours(tx, now, terms, policy),
        terms,
        policy,
    )


async def whole(tx: Tx, environment: Environment, seen: View) -> View:
    """The same with all staff who serve clients: what comes to a decision says of each why he was passed over."""
    return replace(seen, advisors=await advisors(tx, environment, await branch_regions(tx)))


async def next_due(tx: Tx, after: datetime) -> datetime | None:
    """When the next timer runs out, of those that run out after that moment.

    What was due by then has been looked at: where nothing could be done about it, looking again at once is in vain.
    """
    times = (await requests.next_due(tx, after), await offers.next_expiry(tx, after))
    return min((at for at in times if at is not None), default=None)


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
    tx: Tx,
    environment: Environment,
    regions: Mapping[UUID, str],
    ids: Collection[UUID] | None = None,
) -> tuple[Advisor, ...]:
    """All who serve clients, or those named, as dispatch sees them at this moment."""
    staff = await identity.serving(tx, environment, ids)
    present = await loads.of(tx, [one.id for one in staff])
    found: list[Advisor] = []
    for first in range(0, len(staff), SLICE):
        part = staff[first : first + SLICE]
        found += [_advisor(one, present.get(one.id), regions) for one in part]
        await breathe()
    return tuple(found)


def _advisor(one: Serving, load: Load | None, regions: Mapping[UUID, str]) -> Advisor:
    """A member of staff with what he lacks for each need today (LIC-01, LIC-04)."""
    unmet = {
        need.value: (Constraint(lack.constraint.value), lack.detail)
        for need, lack in one.lacks.items()
    }
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
