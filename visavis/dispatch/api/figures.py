"""The board's numbers, for those who run the firm's service or supervise it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import reach
from visavis.dispatch.store import figures, loads
from visavis.dispatch.terms import figures as shared_figures
from visavis.dispatch.terms import terms
from visavis.dispatch.types import BoardFigures, Crew, Duty, Load, Request, Status
from visavis.identity import api as identity
from visavis.identity.types import Post
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden

WINDOW = timedelta(hours=4)
STEP = timedelta(minutes=5)
LONGEST_LIST = 200


def may_see_board(actor: Actor) -> bool:
    """Whether the actor may see the firm's service in numbers."""
    return actor.has(Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)


async def board(tx: Tx, actor: Actor, environment: Environment) -> BoardFigures:
    """Everything the board shows, of one world, over the last 4 hours; a second old at most. Raises `Forbidden`."""
    _check(actor)
    return await shared_figures().answer(environment, partial(_figures, tx, environment))


async def _figures(tx: Tx, environment: Environment) -> BoardFigures:
    now = clock.now()
    last = _ceiling(now)
    return BoardFigures(
        now,
        tuple(await figures.lanes(tx, environment)),
        await figures.totals(tx, environment, now - WINDOW, now),
        tuple(await figures.series(tx, environment, last - WINDOW, last, STEP)),
        tuple(await _crews(tx, environment, now)),
    )


async def duty(tx: Tx, environment: Environment) -> list[Duty]:
    """Who serves now: branch, topics, and how many more conversations he could take; by id."""
    now, policy = clock.now(), default()
    longest = timedelta(seconds=max(terms().presence_s, policy.away_seconds))
    here = {
        load.advisor_id: load
        for load in await loads.taking(tx, now - longest)
        if reach(load, now, terms(), policy) in ("fresh", "asleep")
    }
    return [
        _duty(post, here[post.staff_id]) for post in await identity.posts(tx, environment, here)
    ]


async def listed(
    tx: Tx,
    actor: Actor,
    environment: Environment,
    kind: str,
    branch_id: UUID | None,
    topic: str | None,
) -> Sequence[Request]:
    """The requests behind a number of the board, oldest first, 200 at most. Raises `Forbidden`."""
    _check(actor)
    return await figures.listed(
        tx, environment, kind, branch_id, topic, clock.now() - WINDOW, LONGEST_LIST
    )


def _check(actor: Actor) -> None:
    if not may_see_board(actor):
        raise Forbidden


async def _crews(tx: Tx, environment: Environment, now: datetime) -> list[Crew]:
    """Those of `duty`, counted where they are stored: the board names nobody."""
    fresh = now - timedelta(seconds=terms().presence_s)
    asleep = now - timedelta(seconds=default().away_seconds)
    ids, free = await loads.here(tx, fresh, asleep)
    posts = await identity.post_counts(tx, environment, ids, free)
    return [Crew(*one) for one in posts]


def _duty(post: Post, load: Load) -> Duty:
    free = max(load.capacity - load.used, 0) if load.status is Status.ONLINE else 0
    return Duty(
        post.staff_id, post.branch_id, tuple(sorted(post.topics)), load.status, load.used, load.capacity, free
    )  # fmt: skip


def _ceiling(now: datetime) -> datetime:
    """The end of the step in which `now` lies."""
    step = int(STEP.total_seconds())
    seconds = clock.to_us(now) // 1_000_000 // step * step + step
    return clock.from_us(seconds * 1_000_000)
