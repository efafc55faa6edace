"""Group commit: one caller's trouble is his own, and what arrives meanwhile goes together."""

import asyncio
import functools
from collections.abc import Sequence

import pytest

from visavis.kernel import giving_way
from visavis.kernel.batch import Batcher
from visavis.kernel.errors import Malformed, Refusal, Unavailable


class Work:
    """Doubles numbers, notes its batches, waits when told to, and fails as told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.trouble: dict[int, Exception] = {}

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Refusal]:
        self.batches.append(list(items))
        await self.gate.wait()
        for item in items:
            if item in self.trouble:
                raise self.trouble[item]
        return [Malformed(field="n", reason="odd") if item % 2 else item * 2 for item in items]


async def test_a_lone_item_waits_for_nobody() -> None:
    work = Work()
    batcher = Batcher(work)
    assert await batcher.submit(2) == 4
    assert work.batches == [[2]]


async def test_what_arrives_meanwhile_goes_together_and_in_order() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work, most=3)
    futures = [batcher.submit(2)]
    await asyncio.sleep(0)
    futures += [batcher.submit(number) for number in (4, 6, 8, 10)]
    work.gate.set()
    assert await asyncio.gather(*futures) == [4, 8, 12, 16, 20]
    assert work.batches == [[2], [4, 6, 8], [10]]
    await batcher.settle()


async def test_a_refusal_is_raised_for_its_one_caller() -> None:
    work = Work()
    batcher = Batcher(work)
    good, bad = batcher.submit(2), batcher.submit(3)
    assert await good == 4
    with pytest.raises(Malformed):
        await bad


async def test_a_batch_that_fails_is_tried_one_by_one() -> None:
    work = Work()
    work.trouble[4] = RuntimeError("a bug")
    batcher = Batcher(work)
    futures = [batcher.submit(number) for number in (2, 4, 6)]
    answers = await asyncio.gather(*futures, return_exceptions=True)
    assert answers[::2] == [4, 12]
    assert isinstance(answers[1], RuntimeError)
    assert work.batches == [[2, 4, 6], [2], [4], [6]]


async def test_an_unreachable_store_is_not_asked_again_for_each() -> None:
    work = Work()
    work.trouble[2] = ConnectionResetError()
    batcher = Batcher(work)
    answers = await asyncio.gather(*(batcher.submit(n) for n in (2, 4)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert work.batches == [[2, 4]]


async def test_too_many_waiting_are_turned_away_at_once() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work, waiting=2)
    first = batcher.submit(2)
    await asyncio.sleep(0)
    waiting = [batcher.submit(4), batcher.submit(6)]
    with pytest.raises(Unavailable):
        batcher.submit(8)
    work.gate.set()
    assert await asyncio.gather(first, *waiting) == [4, 8, 12]


async def test_a_caller_who_left_disturbs_nobody() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work)
    gone, stays = batcher.submit(2), batcher.submit(4)
    gone.cancel()
    work.gate.set()
    assert await stays == 8


async def test_what_waits_behind_an_unreachable_store_is_told_so_at_once() -> None:
    work = Work()
    work.gate.clear()
    work.trouble[2] = ConnectionRefusedError()
    batcher = Batcher(work)
    futures = [batcher.submit(2)]
    await asyncio.sleep(0)
    futures += [batcher.submit(4), batcher.submit(6)]
    work.gate.set()
    answers = await asyncio.gather(*futures, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert work.batches == [[2]]
    assert await batcher.submit(8) == 16


async def test_in_a_crowd_those_who_speak_are_let_in_as_room_comes() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work, most=4, waiting=96, presses=True)
    futures = [batcher.submit(2 * number) for number in range(12)]
    assert giving_way.crowded()
    came: list[int] = []

    def read_on(number: int) -> None:
        came.append(number)
        futures.append(batcher.submit(100 + 2 * number))

    for number in range(5):
        giving_way.outside(functools.partial(read_on, number))
    work.gate.set()
    await batcher.settle()
    assert came == [0, 1, 2, 3, 4]
    assert len(await asyncio.gather(*futures)) == 17
    assert not giving_way.crowded()
    # Half of a crowd was left when the first of them came in.
    assert 100 not in {one for batch in work.batches[:2] for one in batch}


async def test_whoever_waits_outside_is_let_in_whatever_ends_the_work() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work, most=4, waiting=96, presses=True)
    for number in range(12):
        batcher.submit(number)
    came: list[int] = []
    giving_way.outside(functools.partial(came.append, 1))
    await asyncio.sleep(0)
    assert batcher._task is not None
    assert giving_way.crowded()
    batcher._task.cancel()
    await batcher.settle()
    assert came == [1]
    assert not giving_way.crowded()
    giving_way.press(0)  # what was never done presses nobody else
