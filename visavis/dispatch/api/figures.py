"""The board's numbers, for those who run the firm's service or supervise it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch import looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import Advisor, reach
from visavis.dispatch.store import figures
from visavis.dispatch.terms import terms
from visavis.dispatch.types import BoardFigures, Duty, Request, Status
from visavis.identity import api as identity
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
    """Everything the board shows, of one world, over the last 4 hours. Raises `Forbidden`."""
    _check(actor)
    now = clock.now()
    last = _ceiling(now)
    return BoardFigures(
        now,
        tuple(await figures.lanes(tx, environment)),
        await figures.totals(tx, environment, now - WINDOW),
        tuple(await figures.series(tx, environment, last - WINDOW, last, STEP)),
        tuple(await duty(tx, environment)),
    )


async def duty(tx: Tx, environment: Environment) -> list[Duty]:
    """Who serves now: branch, topics, and how many more conversations he could take."""
    now = clock.now()
    regions = await looking.branch_regions(tx)
    found = await looking.advisors(tx, await identity.serving_staff(tx, environment), now, regions)
    return [one for each in found if (one := _duty(each, now)) is not None]


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


def _duty(advisor: Advisor, now: datetime) -> Duty | None:
    load = advisor.load
    if load is None or reach(load, now, terms(), default()) not in ("fresh", "asleep"):
        return None
    free = max(load.capacity - load.used, 0) if load.status is Status.ONLINE else 0
    return Duty(
        advisor.id,
        advisor.branch_id,
        tuple(sorted(advisor.topics)),
        load.status,
        load.used,
        load.capacity,
        free,
    )


def _ceiling(now: datetime) -> datetime:
    """The end of the step in which `now` lies."""
    step = int(STEP.total_seconds())
    seconds = clock.to_us(now) // 1_000_000 // step * step + step
    return clock.from_us(seconds * 1_000_000)
