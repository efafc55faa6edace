"""What a busy platform puts off: the words of messages, and what somebody says in a row. Nothing of it is lost."""

import asyncio
from datetime import timedelta

import pytest

from tests.conversations.talk import begin
from tests.conversations.test_gateway import page_of
from tests.world import World
from visavis.conversations import api, indexing
from visavis.conversations.api import finding
from visavis.conversations.types import Kind
from visavis.kernel import giving_way, outbox
from visavis.kernel.db import Database


async def _contacts(world: World) -> int:
    async with world.tx() as tx:
        return int(await tx.fetchval("SELECT sum(contacts) FROM connection"))


async def test_what_is_said_in_a_row_is_told_at_first_and_then_together(world: World) -> None:
    talk = await begin(world)
    runner = world.app.state.runner
    for number in range(4):
        await talk.say(talk.her, f"第{number}句")
    await runner.settle()
    assert await _contacts(world) == 1
    # The other side is heard at once, and whoever speaks after him.
    await talk.say(talk.him, "您好")
    await talk.say(talk.her, "谢谢")
    await talk.post(*(talk.draft(talk.her, f"续{number}") for number in range(5)))
    await runner.settle()
    assert await _contacts(world) == 3
    world.clock.move(timedelta(seconds=31))
    await runner.settle()
    assert await _contacts(world) == 11
    world.clock.move(timedelta(seconds=31))
    await talk.say(talk.her, "还在")
    await runner.settle()
    assert await _contacts(world) == 12


async def test_an_event_that_nobody_cares_for_makes_no_job(world: World) -> None:
    talk = await begin(world)
    names = {outbox.reaction_name(one) for each in outbox.reactions().values() for one in each}
    assert "assistant.on_message_posted" in names
    await talk.say(talk.her, "您好")
    async with world.tx() as tx:
        rows = await tx.fetch("SELECT name FROM job WHERE event_type = 'MessagePosted'")
    found = {row["name"] for row in rows}
    assert "conversations.on_message_posted" in found
    assert "assistant.on_message_posted" not in found


async def test_under_load_what_was_said_is_found_a_little_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    monkeypatch.setattr(finding, "loaded", lambda: True)
    answers = await talk.post(*(talk.draft(talk.her, f"国债逆回购{n}") for n in range(40)))
    entry = answers[3].entry  # type: ignore[union-attr]
    # A change overtakes the words of what it changes.
    await talk.say(talk.her, "可转债", kind=Kind.EDIT, of_id=entry.id)

    async def found(words: str) -> int:
        async with world.tx() as tx:
            return len((await finding.search(tx, talk.him, words, 100))[0])

    assert await found("国债逆回购") == 0
    async with world.tx() as tx:
        # A little at a time, so that no message waits for much of it.
        assert [await api.index_batch(tx) for _ in range(3)] == [24, 17, 0]
    assert await found("国债逆回购") == 39
    assert await found("可转债") == 1
    # At rest whoever looks has what waits indexed first.
    monkeypatch.undo()
    await talk.say(talk.her, "北交所打新")
    assert await found("北交所打新") == 1


async def test_what_is_too_much_at_once_waits_on(world: World) -> None:
    talk = await begin(world)
    await talk.post(*(talk.draft(talk.her, f"第{number}句") for number in range(100)))
    async with world.tx() as tx:
        assert [await api.index_batch(tx) for _ in range(3)] == [24, 24, 24]
        assert len((await finding.search(tx, talk.him, "第99句", 10))[0]) == 1


async def test_the_process_makes_them_and_rests(world: World) -> None:
    talk = await begin(world)
    await talk.post(*(talk.draft(talk.her, f"第{number}句") for number in range(40)))
    task = asyncio.create_task(indexing.index_words(world.database, world.settings))
    async with asyncio.timeout(20):
        while True:
            async with world.tx() as tx:
                if not await tx.fetchval("SELECT count(*) FROM later_words"):
                    break
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    broken = Database(world.database.dsn, world.database.live)
    task = asyncio.create_task(indexing.index_words(broken, world.settings))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_shed_comes_in_order_and_says_when_to_come_back(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    other = await page_of(talk, talk.him)
    pull = {"t": "pull", "conversation": str(talk.id), "stream": "shared", "after": 0}
    try:
        giving_way.press(0.5)
        page.say(t="typing", conversation=str(talk.id))
        page.say(**pull)
        assert (await page.hear("entries"))["last"] == 1
        giving_way.press(0.9)
        page.say(**pull)
        refused = await page.hear("error")
        assert (refused["error"], refused["retry_after"]) == ("unavailable", 2)
        # Messages are the last to be turned away.
        page.say(t="ping")
        assert (await page.hear("pong"))["t"] == "pong"
    finally:
        giving_way.press(0)
    page.say(t="typing", conversation=str(talk.id))
    assert (await other.hear("typing"))["person"] == str(talk.client.id)


async def test_a_search_makes_the_words_of_some_pieces_and_leaves_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PIECES", 1)
    talk = await begin(world)
    await talk.say(talk.her, "第一百句")
    async with world.tx() as tx:
        assert len((await finding.search(tx, talk.him, "第一百句", 10))[0]) == 1
