"""Setting a conversation aside until a moment: it comes back at the top, and at once when the client speaks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.archive import api as archive
from visavis.conversations.api import aside
from visavis.kernel import clock


async def listed(browser: httpx.AsyncClient, **more: Any) -> list[dict[str, Any]]:
    """The lines of somebody's list of open conversations."""
    page = (await browser.get("/api/conversations", params={"state": "open", **more})).json()
    lines: list[dict[str, Any]] = page["items"]
    return lines


async def two_talks(world: World) -> tuple[httpx.AsyncClient, Talk, Talk]:
    """An advisor at the desk with an older and a newer conversation."""
    advisor = await world.advisor()
    older, newer = await begin(world, advisor), await begin(world, advisor)
    for talk in (older, newer):
        world.clock.move(timedelta(minutes=1))
        await talk.say(talk.her, "请稍后联系我")
    await world.settle()
    return await world.sign_in(advisor), older, newer


def in_minutes(count: float) -> dict[str, int]:
    """A moment so many minutes from now."""
    return {"until": clock.to_ms(clock.now() + timedelta(minutes=count))}


async def told(world: World, talk: Talk) -> list[tuple[str, str | None]]:
    """What is on record of setting aside and taking up: kind, and who or what took it up."""
    async with world.tx() as tx:
        chain = await archive.chain(tx, talk.id)
    found = [one for one in chain if one.kind in ("aside", "taken_up")]
    return [(one.kind, (one.body or {}).get("by")) for one in found]


async def test_it_comes_back_at_the_top_when_its_moment_has_come(world: World) -> None:
    browser, older, newer = await two_talks(world)
    path = f"/api/conversations/{older.id}/later"
    answer = await browser.put(path, json=in_minutes(30))
    assert answer.json()["before"] is None
    until = answer.json()["until"]
    assert [(one["id"], one["later_until"]) for one in await listed(browser)] == [
        (str(newer.id), None),
        (str(older.id), until),
    ]
    world.clock.move(timedelta(minutes=30))
    await world.settle()
    assert [one["id"] for one in await listed(browser)] == [str(older.id), str(newer.id)]
    first = await browser.get("/api/conversations", params={"state": "open", "limit": 1})
    rest = await listed(browser, after=first.json()["next"])
    assert [one["id"] for one in rest] == [str(newer.id)]
    # A newer word stands above a moment that has passed.
    world.clock.move(timedelta(minutes=1))
    await newer.say(newer.her, "还在吗")
    assert [one["id"] for one in await listed(browser)] == [str(newer.id), str(older.id)]
    assert await told(world, older) == [("aside", None), ("taken_up", "time")]


async def test_the_client_and_the_advisor_bring_it_back_before(world: World) -> None:
    browser, older, newer = await two_talks(world)
    path = f"/api/conversations/{older.id}/later"
    await browser.put(path, json=in_minutes(30))
    again = await browser.put(path, json=in_minutes(90))
    assert again.json()["before"] == again.json()["until"] - 60 * 60_000
    world.clock.move(timedelta(minutes=45))
    await world.settle()
    assert (await listed(browser))[1]["later_until"] == again.json()["until"]
    await older.say(older.her, "我又想起一件事")
    world.clock.move(timedelta(minutes=1))
    await world.settle()
    back = (await listed(browser))[0]
    assert (back["id"], back["later_until"]) == (str(older.id), None)
    await browser.put(path, json=in_minutes(10))
    for _ in range(2):
        assert (await browser.delete(path)).status_code == 204
    world.clock.move(timedelta(minutes=20))
    await world.settle()
    assert [by for kind, by in await told(world, older) if kind == "taken_up"] == ["client", "self"]
    assert {one["later_until"] for one in await listed(browser)} == {None}
    assert newer.id != older.id


async def test_a_moment_that_is_past_or_far_is_refused(world: World) -> None:
    browser, older, _ = await two_talks(world)
    for minutes in (-1, 0, 92 * 24 * 60 + 1, 10**9):
        far = {"until": clock.to_ms(clock.now()) + minutes * 60_000}
        answer = await browser.put(f"/api/conversations/{older.id}/later", json=far)
        assert answer.status_code == 422
    assert answer.json()["detail"] == "请选择未来 92 天内的时间。"


async def test_what_is_closed_or_somebody_elses_is_not_set_aside(world: World) -> None:
    browser, older, newer = await two_talks(world)
    await browser.post(f"/api/conversations/{older.id}/close")
    closed = await browser.put(f"/api/conversations/{older.id}/later", json=in_minutes(5))
    assert (closed.status_code, closed.json()["error"]) == (409, "conversation_closed")
    other = await world.sign_in(await world.advisor())
    for target in (newer.id, uuid4()):
        path = f"/api/conversations/{target}/later"
        assert (await other.put(path, json=in_minutes(5))).status_code == 404
        assert (await other.delete(path)).status_code == 404
    assert (await newer.client.http.put(path, json=in_minutes(5))).status_code == 404


async def test_a_moment_that_was_set_anew_wakes_nobody_early(world: World) -> None:
    browser, older, _ = await two_talks(world)
    path = f"/api/conversations/{older.id}/later"
    await browser.put(path, json=in_minutes(30))
    first = clock.now() + timedelta(minutes=30)
    await browser.put(path, json=in_minutes(60))
    async with world.tx() as tx:  # the first moment's job was already on its way
        await aside.due(tx, older.id, older.advisor.id, first)
    assert await told(world, older) == [("aside", None), ("aside", None)]
