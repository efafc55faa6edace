"""What runs beside the requests: it begins again where it fails, and the application is ready once it is prepared."""

import asyncio
from datetime import UTC, datetime

from visavis.kernel.beside import AGAIN_S, Beside
from visavis.kernel.clock import FakeClock, installed


async def test_whatever_fails_begins_again_and_what_is_done_does_not() -> None:
    clock = FakeClock(datetime(2026, 11, 23, tzinfo=UTC))
    begun: list[str] = []

    async def fails_once() -> None:
        begun.append("fails")
        if begun.count("fails") == 1:
            raise RuntimeError("a bug")
        await asyncio.Event().wait()

    async def is_done() -> None:
        begun.append("done")

    with installed(clock):
        beside = Beside()
        beside.begin(fails_once)
        beside.begin(is_done)
        await asyncio.sleep(0)
        assert begun == ["fails", "done"]
        await clock.advance(AGAIN_S)
        assert begun == ["fails", "done", "fails"]
        await clock.advance(10 * AGAIN_S)
        assert begun == ["fails", "done", "fails"]
        await beside.stop()


async def test_it_is_ready_once_all_that_is_awaited_is_done() -> None:
    clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    tries = 0

    async def prepare() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError("the store is away")

    with installed(clock):
        beside = Beside()
        assert beside.ready
        beside.prepare(prepare)
        beside.begin(asyncio.Event().wait)  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert not beside.ready
        await clock.advance(AGAIN_S)
        assert beside.ready
        await beside.stop()


async def test_stopping_ends_what_runs() -> None:
    ended = asyncio.Event()

    async def runs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    beside = Beside()
    beside.begin(runs)
    await asyncio.sleep(0)
    await beside.stop()
    assert ended.is_set()
