"""What fails again and again is given up, named to the operator, and done when he says so."""

from datetime import timedelta

from tests.world import World
from visavis import launch
from visavis.kernel import clock, jobs
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Runner


async def test_a_job_that_was_given_up_is_named_and_done_again_on_demand(
    world: World, dsn: str
) -> None:
    mended = False
    done: list[int] = []

    async def sending(tx: Tx, payload: Payload) -> None:
        del tx
        if not mended:
            raise ValueError("nobody answers")
        done.append(payload["n"])

    runner = Runner(world.database, {"test.sending": sending}, {})
    async with world.tx() as tx:
        await jobs.schedule(tx, "test.sending", {"n": 7}, clock.now())
    for _ in range(jobs.MAX_ATTEMPTS):
        await runner.run_due()
        world.clock.move(timedelta(minutes=10))
    (dead,) = await launch.given_up(dsn, retry=False)
    assert dead["name"] == "test.sending"
    assert dead["attempts"] == jobs.MAX_ATTEMPTS
    assert dead["error"] == "ValueError: nobody answers"
    await runner.run_due()
    assert not done, "it rests until somebody says so"

    mended = True
    assert await launch.given_up(dsn, retry=True) == [dead]
    await runner.run_due()
    assert done == [7]
    assert await launch.given_up(dsn, retry=True) == []
