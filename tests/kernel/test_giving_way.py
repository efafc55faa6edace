"""Work that can wait gives way under load, and never stands still."""

import asyncio
from datetime import UTC, datetime

from visavis.kernel import giving_way
from visavis.kernel.clock import FakeClock, installed


async def test_it_waits_for_quiet_or_for_five_seconds() -> None:
    clock = FakeClock(datetime(2026, 11, 23, tzinfo=UTC))
    with installed(clock):
        giving_way.note(1)
        assert not giving_way.loaded()
        await giving_way.give_way()
        giving_way.note(giving_way.LOAD + 1)
        quiet = asyncio.create_task(giving_way.give_way(0.5))
        await asyncio.sleep(0)
        await clock.advance(0.9)
        assert not quiet.done()
        await clock.advance(0.3)
        await quiet
        giving_way.note(giving_way.LOAD + 1)
        pressed = asyncio.create_task(giving_way.give_way())
        await asyncio.sleep(0)
        for _ in range(60):
            giving_way.note(giving_way.LOAD + 1)
            await clock.advance(0.1)
        await pressed
        assert giving_way.loaded()
        await clock.advance(2)
