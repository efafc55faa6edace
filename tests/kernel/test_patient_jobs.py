"""Jobs that can wait go by a lane of their own: under load they rest, and nobody else waits for them."""

import asyncio
from datetime import timedelta

from tests.world import World
from visavis.kernel import clock, giving_way, jobs
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring, Runner


async def test_under_load_what_can_wait_rests_and_the_rest_goes_on(world: World) -> None:
    done: list[str] = []

    @jobs.patient
    async def later(tx: Tx, payload: Payload) -> None:
        del tx
        done.append(f"later {payload['n']}")
        world.clock.move(timedelta(seconds=0.1))  # so long it works

    async def soon(tx: Tx, payload: Payload) -> None:
        del tx
        done.append(f"soon {payload['n']}")

    runner = Runner(world.database, {"test.later": later, "test.soon": soon}, {})
    giving_way.note(giving_way.LOAD + 1)
    async with world.tx() as tx:
        for number in range(jobs.FEW + 1):
            await jobs.schedule(tx, "test.later", {"n": number}, clock.now())
        await jobs.schedule(tx, "test.soon", {"n": 0}, clock.now())
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(30):
            while len(done) < jobs.FEW + 1:
                await asyncio.sleep(0)
        assert "soon 0" in done
        assert f"later {jobs.FEW}" not in done
        # The load is over after a second, the rest after five at the latest.
        async with asyncio.timeout(30):
            while f"later {jobs.FEW}" not in done:
                await world.clock.advance(giving_way.LONGEST_S)
                await asyncio.sleep(0)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_clock_that_ran_ahead_holds_no_recurring_work_up(world: World) -> None:
    done: list[int] = []

    async def again(tx: Tx, payload: Payload) -> None:
        del tx, payload
        done.append(clock.now_ms())

    runner = Runner(world.database, {}, {}, (Recurring("test.again", 60.0, again),))
    world.clock.move(timedelta(hours=25))
    await runner.prepare()
    await runner.settle()
    world.clock.move(timedelta(hours=-25))
    await runner.prepare()
    await runner.settle()
    assert len(done) == 1
    world.clock.move(timedelta(seconds=61))
    await runner.settle()
    assert len(done) == 2
