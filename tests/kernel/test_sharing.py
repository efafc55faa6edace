"""Answers that are shared for a moment."""

import asyncio

import pytest

from visavis.kernel.clock import FakeClock
from visavis.kernel.sharing import Shared


async def test_an_answer_is_made_once_a_second_for_all_who_ask(clock: FakeClock) -> None:
    made: list[str] = []
    go_on = asyncio.Event()

    async def make() -> int:
        made.append("begun")
        await go_on.wait()
        return len(made)

    shared: Shared[str, int] = Shared(1.0)
    first = asyncio.create_task(shared.answer("real", make))
    second = asyncio.create_task(shared.answer("real", make))
    while not made:
        await asyncio.sleep(0)
    await clock.advance(0.5)
    go_on.set()
    assert (await first, await second) == (1, 1)
    assert await shared.answer("test", make) == 2, "each key has its own"
    await clock.advance(0.5)
    assert await shared.answer("real", make) == 3, "a second later it is made again"
    assert await shared.answer("real", make) == 4, "not shared within its own microsecond"


async def test_nothing_is_kept_of_one_that_failed(clock: FakeClock) -> None:
    shared: Shared[str, int] = Shared(1.0)

    async def fails() -> int:
        raise ValueError("no")

    async def works() -> int:
        return 7

    with pytest.raises(ValueError, match="no"):
        await shared.answer("real", fails)
    await clock.advance(0.1)
    assert await shared.answer("real", works) == 7
