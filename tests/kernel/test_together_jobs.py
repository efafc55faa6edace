"""Reactions that take many events at once: one transaction for all, and each alone where that fails."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.world import World
from visavis.kernel import clock, outbox
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery, Event
from visavis.kernel.jobs import Runner
from visavis.kernel.outbox import Gathering, Reactions, together


@dataclass(frozen=True)
class Counted(Event):
    """Something with a number has happened."""

    number: int


@dataclass(frozen=True)
class Named(Event):
    """Something else has happened."""

    number: int


@pytest.fixture
def composed() -> Iterator[None]:
    """The table of reactions as it was, whatever a test composes."""
    before = outbox.reactions()
    yield
    outbox.compose(before)


async def told(world: World, bad: int) -> tuple[list[list[int]], Runner]:
    """Five events of one kind among two of another; the groups in which they were seen, and their runner."""
    groups: list[list[int]] = []

    @together
    async def on_counted(tx: Tx, deliveries: Sequence[Delivery]) -> None:
        numbers = [one.event.number for one in deliveries if isinstance(one.event, Counted)]
        groups.append(numbers)
        await tx.executemany(
            "INSERT INTO attempt (key, window_start, count) VALUES ($1, $2, 1)",
            [(f"counted {one}", clock.now()) for one in numbers],
        )
        if bad in numbers:
            raise RuntimeError("one of these cannot be done")

    async def on_named(tx: Tx, delivery: Delivery) -> None:
        del tx
        assert isinstance(delivery.event, Named)
        groups.append([-delivery.event.number])

    table: dict[type[Event], Sequence[Gathering | outbox.Reaction]] = {
        Counted: (on_counted,), Named: (on_named,),
    }  # fmt: skip
    reactions: Reactions = table
    outbox.compose(reactions)
    async with world.tx() as tx:
        await outbox.publish(tx, Counted(1), Named(1), Counted(2), Counted(3), Named(2), Counted(4))
        await outbox.publish(tx, Counted(5))
    return groups, Runner(world.database, {}, reactions)


async def kept(world: World) -> list[str]:
    """What came of it."""
    async with world.tx() as tx:
        rows = await tx.fetch("SELECT key FROM attempt WHERE key LIKE 'counted %' ORDER BY key")
    return [row["key"] for row in rows]


async def test_what_is_claimed_at_once_is_done_in_one_transaction(
    world: World, composed: None
) -> None:
    groups, runner = await told(world, bad=0)
    await runner.settle()
    assert groups == [[1, 2, 3, 4, 5], [-1], [-2]]
    assert await kept(world) == [f"counted {one}" for one in range(1, 6)]
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM job WHERE event_type = 'Counted'") == 0


async def test_one_that_fails_holds_up_none_of_its_neighbours(world: World, composed: None) -> None:
    """Together they fail, and leave nothing; then each is tried alone, and only the one is tried again later."""
    groups, runner = await told(world, bad=3)
    await runner.settle()
    assert groups == [[1, 2, 3, 4, 5], [1], [2], [3], [4], [5], [-1], [-2]]
    assert await kept(world) == [f"counted {one}" for one in (1, 2, 4, 5)]
    world.clock.move(timedelta(minutes=10))
    await runner.settle()
    assert groups[-1] == [3]
    async with world.tx() as tx:
        row = await tx.fetchrow("SELECT attempts, error FROM job WHERE event_type = 'Counted'")
    assert row is not None
    assert (row["attempts"], row["error"]) == (2, "RuntimeError: one of these cannot be done")
