"""Many at once on a real PostgreSQL: no gap, no double, no deadlock, one message per key."""

import asyncio
import random

import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.conversations import api
from visavis.conversations.types import ClientKeyReused, Draft, Kind, Outcome, Stream
from visavis.kernel.errors import Refusal

WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def post(talk: Talk, drafts: list[Draft]) -> list[Outcome | Refusal]:
    return await talk.world.database.run(lambda tx: api.post(tx, drafts))


async def test_parallel_posts_in_one_conversation_leave_no_gap(world: World) -> None:
    talk = await begin(world)
    batches = [[talk.draft(talk.her, f"{n}-{k}") for k in range(3)] for n in range(12)]
    answers = await asyncio.gather(*(post(talk, batch) for batch in batches))
    numbers = sorted(one.entry.no for batch in answers for one in batch if isinstance(one, Outcome))
    assert numbers == list(range(2, 38))
    stream = await talk.stream()
    assert [entry.no for entry in stream] == list(range(1, 38))
    # A batch stays together and in its own order.
    for batch in answers:
        own = [one.entry.no for one in batch if isinstance(one, Outcome)]
        assert own == list(range(own[0], own[0] + 3))


async def test_crossing_batches_do_not_deadlock(world: World) -> None:
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(4)]
    order = random.Random(7)
    failures = 0

    async def cross(number: int) -> None:
        nonlocal failures
        some = order.sample(talks, k=3)
        async with world.tx() as tx:
            answers = await api.post(tx, [talk.draft(talk.her, f"第{number}批") for talk in some])
        failures += sum(isinstance(one, Refusal) for one in answers)

    # Without `run`, a deadlock would not be tried again: it would fail the test.
    await asyncio.gather(*(cross(number) for number in range(24)))
    assert failures == 0
    assert sum([(await talk.now()).shared_no - 1 for talk in talks]) == 72


async def test_the_same_key_many_times_at_once_is_one_message(world: World) -> None:
    talk = await begin(world)
    draft = talk.draft(talk.her, "只此一条")
    other = talk.draft(talk.her, "另一条", key=draft.client_key)
    answers = await asyncio.gather(*(post(talk, [draft]) for _ in range(10)), post(talk, [other]))
    kept = [one for batch in answers for one in batch if isinstance(one, Outcome)]
    assert len({one.entry.id for one in kept}) == 1
    assert sum(not one.again for one in kept) == 1
    assert (await talk.now()).shared_no == 2


async def waits(world: World) -> bool:
    """Whether somebody waits for a lock; in one transaction PostgreSQL would give one answer for ever."""
    async with world.tx() as tx:
        return await tx.fetchval(WAITING) is not None


@pytest.mark.parametrize("aside", [False, True])
async def test_a_retry_that_waits_for_the_first_is_told_its_answer(
    world: World, aside: bool
) -> None:
    talk = await begin(world)
    more = {"stream": Stream.INTERNAL, "kind": Kind.NOTE} if aside else {}
    draft = talk.draft(talk.him, "只此一条", **more)
    other = talk.draft(talk.him, "另一条", key=draft.client_key, **more)
    fresh = talk.draft(talk.him, "还有一条", **more)
    async with world.tx() as tx:
        first = (await api.post(tx, [draft]))[0]
        retry = asyncio.create_task(talk.post(draft, other, fresh))
        # Its statement began before the first was committed, and waits for the conversation.
        async with asyncio.timeout(30):
            while not await waits(world):
                await asyncio.sleep(0)
    again, refused, new = await retry
    assert isinstance(first, Outcome)
    assert again == Outcome(first.entry, first.verdict, again=True)
    assert isinstance(refused, ClientKeyReused)
    assert isinstance(new, Outcome)
    assert new.entry.no == first.entry.no + 1


async def test_a_rolled_back_batch_leaves_no_hole(world: World) -> None:
    talk = await begin(world)
    try:
        async with world.tx() as tx:
            await api.post(tx, [talk.draft(talk.her, "白写")])
            raise RuntimeError("the line to the database broke")
    except RuntimeError:
        pass
    assert (await talk.say(talk.her, "再来")).no == 2
    assert [entry.no for entry in await talk.stream(Stream.SHARED)] == [1, 2]
