"""Work that can wait gives way under load, and never stands still."""

import asyncio
from datetime import UTC, datetime, timedelta

from visavis.kernel import giving_way
from visavis.kernel.clock import FakeClock, installed


async def test_it_rests_under_load_and_never_stands_still() -> None:
    clock = FakeClock(datetime(2026, 11, 23, tzinfo=UTC))
    with installed(clock):
        work = giving_way.Work()
        giving_way.note(1)
        assert not giving_way.loaded()
        clock.move(timedelta(seconds=3))
        await work.give_way()  # at rest it goes on at once
        giving_way.note(giving_way.LOAD + 1)
        await _rests(clock, work, worked=0.1, rests=2.9)
        await _rests(clock, work, worked=0.0, asked=0.5, rests=0.5)
        await _rests(clock, work, worked=7.0, rests=giving_way.LONGEST_S)
        await clock.advance(2)
        assert not giving_way.loaded()


async def test_it_rests_a_little_while_anything_is_said() -> None:
    clock = FakeClock(datetime(2026, 11, 25, tzinfo=UTC))
    with installed(clock):
        work = giving_way.Work()
        await _rests(clock, work, worked=0.1, rests=0.3, batch=1)
        assert giving_way.lately()
        await clock.advance(1)
        assert not giving_way.lately()


async def test_many_small_batches_are_load_too() -> None:
    clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    with installed(clock):
        for _ in range(giving_way.PACE):
            giving_way.note(1)
        assert not giving_way.loaded()
        giving_way.note(1)
        assert giving_way.loaded()
        clock.move(timedelta(seconds=2))
        giving_way.note(1)
        assert not giving_way.loaded()


async def _rests(
    clock: FakeClock,
    work: giving_way.Work,
    *,
    worked: float,
    rests: float,
    asked: float = 0.0,
    batch: int = giving_way.LOAD + 1,
) -> None:
    """After a piece of so many seconds it rests so long, though the load goes on."""
    clock.move(timedelta(seconds=worked))
    giving_way.note(batch)
    resting = asyncio.create_task(work.give_way(asked))
    await asyncio.sleep(0)
    await clock.advance(rests - 0.01)
    assert not resting.done()
    await clock.advance(0.02)
    assert resting.done()
