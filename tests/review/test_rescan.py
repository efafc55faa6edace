"""The nightly re-scan: what passed under an earlier pack is found by the one in force, after the fact."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests import policies
from tests.conversations.talk import begin
from tests.world import World
from visavis.conversations.types import Keep
from visavis.kernel import clock
from visavis.review import jobs
from visavis.review.api import rescanning
from visavis.review.api.history import asked_again
from visavis.supervision import api as supervision
from visavis.supervision import judging
from visavis.supervision.types import Action


async def progress(world: World) -> Mapping[str, Any]:
    async with world.tx() as tx:
        payload: Mapping[str, Any] = await tx.fetchval(
            "SELECT payload FROM job WHERE key = $1", rescanning.RESCAN
        )
    return payload


async def run(world: World) -> Mapping[str, Any]:
    async with world.tx() as tx:
        await jobs.rescan(tx, await progress(world))
    return await progress(world)


async def test_what_passed_is_found_by_a_later_pack(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescanning, "BACK", timedelta(days=2))
    talk = await begin(world)
    before = supervision.pack()
    blind = policies.blind(before)
    for place in (judging, supervision):
        monkeypatch.setattr(place, "pack", lambda: blind)
    async with world.tx() as tx:
        await rescanning.keep_watch(tx)
    entry = await talk.say(talk.him, "这个产品保本保息")
    assert entry.state is Keep.KEPT
    await talk.say(talk.him, "明天见")
    rested = await run(world)
    assert (rested["pack"], rested["done"], rested["scanned"]) == (blind.version, True, 0)

    for place in (judging, supervision):
        monkeypatch.setattr(place, "pack", lambda: before)
    await world.clock.advance(1)
    now = await run(world)
    assert (now["pack"], now["done"]) == (before.version, False)
    for _ in range(20):
        if now["done"]:
            break
        now = await run(world)
    assert (now["scanned"], now["found"]) == (2, 1)
    again = await run(world)
    assert again == now

    browser = await world.sign_in(await world.supervisor())
    (item,) = (await browser.get("/api/review/items")).json()["items"]
    assert item["kind"] == "rescan"
    assert str(entry.id) in str(item)


async def test_words_split_over_messages_are_found_in_history(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    before = supervision.pack()
    blind = policies.blind(before)
    for place in (judging, supervision):
        monkeypatch.setattr(place, "pack", lambda: blind)
    await talk.say(talk.him, "我们加")
    await talk.say(talk.him, "早上好，" * 20)
    await world.clock.advance(1)
    first = clock.now()
    for part in ("微", "信聊吧"):
        await talk.say(talk.him, part)
    await world.clock.advance(5)
    for place in (judging, supervision):
        monkeypatch.setattr(place, "pack", lambda: before)
    async with world.tx() as tx:
        asked = await asked_again(tx, first, clock.now())
    assert [judged.before for _, judged in asked] == [("我们加",), ("我们加", "微")]
    verdicts = judging.weigh([judged for _, judged in asked])
    assert [one.action for one in verdicts].count(Action.PASS) == 1
