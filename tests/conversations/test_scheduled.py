"""Messages for later: seen, changed, withdrawn; judged, gated and bound to their author's rights when they are sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.conversations.talk import Talk, begin
from tests.world import BOSS, World
from visavis.connections import api as connections
from visavis.conversations import api
from visavis.conversations.api import scheduling
from visavis.kernel import clock
from visavis.kernel.auth import system
from visavis.kernel.errors import NotFound, Refusal


def at(minutes: float) -> int:
    """UTC milliseconds so many minutes from now."""
    return clock.to_ms(clock.now() + timedelta(minutes=minutes))


async def desk_of(world: World) -> tuple[Talk, httpx.AsyncClient]:
    """A conversation and its advisor's browser."""
    talk = await begin(world)
    await talk.say(talk.her, "请收盘后告诉我")
    return talk, await world.sign_in(talk.advisor)


async def plan(desk: httpx.AsyncClient, talk: Talk, text: str = "收盘了", **more: Any) -> dict:
    """A message for later."""
    body = {"client_key": str(uuid4()), "body": {"text": text}, "send_at": at(10)} | more
    made = await desk.post(f"/api/conversations/{talk.id}/scheduled", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def passes(world: World, minutes: float) -> None:
    """Time passes, and what is due is done."""
    world.clock.move(timedelta(minutes=minutes))
    await world.settle()


async def said(talk: Talk) -> list[str]:
    """What the client has been told by people."""
    return [one.body["text"] for one in await talk.stream() if one.sender_id == talk.him.person_id]


async def waiting(desk: httpx.AsyncClient) -> list[tuple[str, str | None]]:
    """State and reason of whatever the author still sees."""
    items = (await desk.get("/api/scheduled")).json()["items"]
    return [(one["state"], one["reason"]) for one in items]


async def test_it_goes_at_its_moment_once_in_its_authors_name(world: World) -> None:
    talk, desk = await desk_of(world)
    key = str(uuid4())
    made = await plan(desk, talk, client_key=key)
    again = await plan(desk, talk, "别的话", client_key=key)
    assert (again["id"], again["body"]) == (made["id"], {"text": "收盘了"})
    await passes(world, 9)
    assert await said(talk) == []
    here = await desk.get(f"/api/conversations/{talk.id}/scheduled")
    assert [one["client"]["name"] for one in here.json()["items"]] == [talk.client.person.name]
    await passes(world, 1)
    assert await said(talk) == ["收盘了"]
    assert await waiting(desk) == []
    url = f"/api/scheduled/{made['id']}"
    gone = await desk.put(url, json={"body": {"text": "晚了"}, "send_at": at(5)})
    assert (gone.status_code, gone.json()["error"]) == (409, "scheduled_gone")
    assert (await desk.delete(url)).status_code == 409


async def test_its_author_changes_and_withdraws_it_and_nobody_else_sees_it(world: World) -> None:
    talk, desk = await desk_of(world)
    first, second = await plan(desk, talk), await plan(desk, talk, "不发了")
    other = await world.sign_in(await world.advisor())
    new = {"body": {"text": "明早再说"}, "send_at": at(15)}
    for browser in (other, talk.client.http):
        assert (await browser.put(f"/api/scheduled/{first['id']}", json=new)).status_code == 404
        assert (await browser.delete(f"/api/scheduled/{first['id']}")).status_code == 404
        url = f"/api/conversations/{talk.id}/scheduled"
        assert (await browser.get(url)).status_code == 404
        body = {"client_key": first["id"], **new}
        assert (await browser.post(url, json=body)).status_code == 404
    assert (await other.get("/api/scheduled")).json()["items"] == []
    assert (await talk.client.http.get("/api/scheduled")).status_code == 403
    changed = await desk.put(f"/api/scheduled/{first['id']}", json=new)
    assert changed.json()["body"] == {"text": "明早再说"}
    assert (await desk.delete(f"/api/scheduled/{second['id']}")).status_code == 204
    await passes(world, 11)
    assert await said(talk) == []
    await passes(world, 5)
    assert await said(talk) == ["明早再说"]
    taken = await begin(world, talk.advisor)
    clash = {"client_key": first["id"], "body": {"text": "x"}, "send_at": at(1)}
    assert (
        await desk.post(f"/api/conversations/{taken.id}/scheduled", json=clash)
    ).status_code == 404


async def test_it_is_judged_when_it_is_sent_and_its_author_is_told(world: World) -> None:
    """A text that is blocked stays unseen by the client; one that is refused waits for its author."""
    talk, desk = await desk_of(world)
    await plan(desk, talk, "这只产品保本保收益，稳赚不赔")
    await passes(world, 11)
    assert await said(talk) == []
    await api_close(world, talk)
    later = await begin(world, talk.advisor)
    await plan(desk, later)
    await api_close(world, later)
    await passes(world, 11)
    assert await waiting(desk) == [("refused", "conversation_closed")]
    items = (await desk.get("/api/scheduled")).json()["items"]
    assert "ended" in items[0]["detail"] or "结束" in items[0]["detail"]
    assert (await desk.delete(f"/api/scheduled/{items[0]['id']}")).status_code == 204
    assert await waiting(desk) == []


async def api_close(world: World, talk: Talk) -> None:
    async with world.tx() as tx:
        await api.close(tx, system(), talk.id)


@pytest.mark.parametrize("end", ["leave", "suspend", "dissolve"])
async def test_conn_02_what_was_planned_stops_with_the_right_to_speak(
    world: World, end: str
) -> None:
    """CONN-02: at departure, suspension and the end of a connection nothing of it is sent any more."""
    talk, desk = await desk_of(world)
    made = await plan(desk, talk)
    boss = await world.sign_in(await world.administrator())
    if end == "dissolve":
        found = (await boss.get("/api/connections")).json()["items"][0]
        url = f"/api/connections/{found['id']}/dissolve"
    else:
        url = f"/api/staff/{talk.advisor.id}/{end}"
    assert (await boss.post(url, json={"reason": "reassigned"})).status_code == 200
    await world.settle()
    async with world.tx() as tx:
        state = await tx.fetchval("SELECT state FROM scheduled_message")
    assert state == "stopped"
    await passes(world, 11)
    assert await said(talk) == []
    assert made["state"] == "waiting"


async def test_a_stop_that_comes_late_meets_the_same_refusal(world: World) -> None:
    """The moment comes before anybody has reacted to the departure: the right is looked up when it is sent."""
    talk, desk = await desk_of(world)
    await plan(desk, talk)
    world.clock.move(timedelta(minutes=11))
    async with world.tx() as tx:
        await connections.leave(tx, BOSS, talk.advisor.id, "resigned")
    await world.settle()
    assert await said(talk) == []


async def test_what_cannot_be_sent_is_not_kept(world: World) -> None:
    talk, desk = await desk_of(world)
    body = {"client_key": str(uuid4()), "body": {"text": "您好"}, "send_at": at(10)}
    for wrong in (
        {"send_at": 0},
        {"send_at": at(93 * 24 * 60)},
        {"body": {}},
        {"body": {"attachments": [{"id": str(uuid4())}]}},
        {"body": {"text": "x" * 100_000}},
    ):
        answer = await desk.post(f"/api/conversations/{talk.id}/scheduled", json=body | wrong)
        assert answer.status_code == 422, wrong
    far = await desk.post(
        f"/api/conversations/{talk.id}/scheduled", json=body | {"send_at": at(93 * 24 * 60)}
    )
    assert far.json()["detail"] == "请选择未来 92 天内的时间。"
    await api_close(world, talk)
    closed = await desk.post(f"/api/conversations/{talk.id}/scheduled", json=body)
    assert closed.json()["error"] == "conversation_closed"


async def test_only_the_handler_plans_and_only_so_much(world: World, monkeypatch) -> None:
    talk, desk = await desk_of(world)
    monkeypatch.setattr("visavis.conversations.api.scheduling.MOST", 1)
    await plan(desk, talk)
    url = f"/api/conversations/{talk.id}/scheduled"
    body = {"client_key": str(uuid4()), "body": {"text": "您好"}, "send_at": at(10)}
    assert (await desk.post(url, json=body)).status_code == 429
    monkeypatch.setattr("visavis.conversations.api.scheduling.MOST", 9)
    async with world.tx() as tx:
        await api.unassign(tx, system(), talk.id, "test")
    assert (await desk.post(url, json=body)).status_code == 404
    await passes(world, 11)
    assert await waiting(desk) == [("refused", "not_handler")]


async def test_conn_04_what_meets_her_hours_of_rest_waits_until_they_are_over(world: World) -> None:
    """CONN-04: a message for later that would come unasked at rest is queued; its author sees until when."""
    talk, _ = await desk_of(world)
    await passes(world, 1)
    await talk.say(talk.him, "好的")
    await passes(world, 4 * 24 * 60 - 30)
    desk = await world.sign_in(talk.advisor)
    await plan(desk, talk)
    her = (await world.client(talk.client.person.external_ref)).http
    rest = {"greetings": True, "quiet_from": "09:00", "quiet_to": "12:00"}
    assert (await her.put("/api/client/contact", json=rest)).status_code == 200
    await passes(world, 31)
    assert await said(talk) == ["好的"]
    assert await waiting(desk) == [("waiting", "quiet_hours")]
    await passes(world, 120)
    assert await said(talk) == ["好的", "收盘了"]


async def test_a_job_that_comes_after_a_withdrawal_sends_nothing(world: World) -> None:
    talk, desk = await desk_of(world)
    one = await plan(desk, talk)
    assert (await desk.delete(f"/api/scheduled/{one['id']}")).status_code == 204
    world.clock.move(timedelta(minutes=10))
    async with world.tx() as tx:
        await api.scheduling.send(tx, UUID(one["id"]))
    assert await said(talk) == []


async def test_whoever_may_not_speak_any_more_plans_nothing(world: World) -> None:
    """The registration has run out; the conversation is still open before him."""
    talk, _ = await desk_of(world)
    world.clock.move(timedelta(days=3650))
    soon = clock.now() + timedelta(minutes=10)
    async with world.tx() as tx:
        with pytest.raises(Refusal) as refused:
            await scheduling.plan(tx, talk.him, talk.id, uuid4(), {"text": "收盘了"}, soon)
        assert not isinstance(refused.value, NotFound)
        assert await tx.fetchval("SELECT count(*) FROM scheduled_message") == 0
