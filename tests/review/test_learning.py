"""The ranker of the house: taught by what reviewers decided, it orders their queue and says why (SUP-01)."""

import httpx
import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis import launch
from visavis.review import jobs
from visavis.review.api import learning

BREACH, HARMLESS = "这款产品保本保收益，稳赚不赔", "这只股票下周必涨"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One decision of each kind is enough."""
    monkeypatch.setattr(learning, "LEAST", 1)


async def opened(world: World, browser: httpx.AsyncClient, text: str) -> str:
    talk = await begin(world)
    entry = await talk.say(talk.him, text)
    await world.settle()
    items = (await browser.get("/api/review/items")).json()["items"]
    return next(str(one["id"]) for one in items if one["entry"] == str(entry.id))


async def closed(browser: httpx.AsyncClient, item: str, grade: str) -> None:
    assert (await browser.get(f"/api/review/items/{item}")).status_code == 200
    answer = await browser.post(f"/api/review/items/{item}/verdict", json={"grade": grade})
    assert answer.status_code == 200, answer.text


async def test_decisions_teach_the_order_and_the_reasons(world: World, dsn: str) -> None:
    browser = await world.sign_in(await world.supervisor())
    assert (await launch.taught(dsn))["taught"] is False
    first = await opened(world, browser, BREACH)
    before = (await browser.get(f"/api/review/items/{first}")).json()
    assert before["reasons"]  # of the shipped ranker
    await closed(browser, first, "minor")
    await closed(browser, await opened(world, browser, HARMLESS), "false_positive")

    # The policies' own owners see it as well: how often each was right.
    said = (await browser.get("/api/review/summary")).json()["judged"]
    assert {"policy": "promise-return", "judged": 1, "harmless": 0} in said
    assert {"policy": "certain-forecast", "judged": 1, "harmless": 1} in said

    async with world.tx() as tx:
        await jobs.learn(tx, {})
        kept = await learning.current(tx)
        assert kept is not None
        assert (kept.trained_on, kept.version[:9]) == (2, "reviewers")
    assert (await launch.taught(dsn))["taught"] is False  # nothing new since

    again, other = [await opened(world, browser, text) for text in (BREACH, HARMLESS)]
    shown = {key: (await browser.get(f"/api/review/items/{key}")).json() for key in (again, other)}
    assert shown[again]["score"] > shown[other]["score"]
    weights = {one["run"]: one["weight"] for one in shown[again]["reasons"]}
    assert len(weights) == 5
    assert all(weight > 0 for weight in weights.values())
    assert all(one["weight"] < 0 for one in shown[other]["reasons"])


async def test_without_a_ranker_the_policies_alone_order_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def version(_: object) -> str:
        return "reviewers.gone"

    monkeypatch.setattr(learning, "_here", learning._Here())
    monkeypatch.setattr(learning.store, "newest_version", version)
    async with world.tx() as tx:
        assert await learning.current(tx) is None
        assert await learning.score(tx, BREACH, 700) == 700
        assert await learning.reasons(tx, BREACH) == []
