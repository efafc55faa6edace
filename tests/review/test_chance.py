"""Chance among the unflagged (SUP-01), contradictory advice (COMM-02), pre-approval (COMM-03), advice in the desk."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conversations.talk import begin
from tests.conversations.test_files import picture, upload
from tests.review.test_queue import terms  # noqa: F401 - a fixture
from tests.world import World
from visavis.conversations.types import Said
from visavis.kernel.auth import Environment
from visavis.kernel.clock import EPOCH
from visavis.kernel.errors import Malformed
from visavis.review import api as review
from visavis.review import rules

OPEN = [(EPOCH.replace(hour=9), EPOCH.replace(hour=17))]
_ids = itertools.count(1)


def said(staff: int, channel: str = "widget") -> tuple[str, Said]:
    one = Said(
        UUID(int=next(_ids)), UUID(int=1), UUID(int=2), UUID(int=staff), Environment.REAL, channel, EPOCH, "", False
    )  # fmt: skip
    return rules.stratum(one, UUID(int=9)), one


def test_each_stratum_gives_its_share_and_a_seed_repeats_it() -> None:
    ones = [said(1) for _ in range(200)] + [said(2) for _ in range(100)] + [said(3, "app")]
    taken = rules.chosen(ones, 0.05, b"seed")
    of = [sum(one.sender_id == UUID(int=staff) for one in taken) for staff in (1, 2)]
    assert of[0] in (10, 11)
    assert of[1] in (5, 6)
    assert rules.chosen(list(reversed(ones)), 0.05, b"seed") == taken
    assert rules.chosen(ones, 0.05, b"other") != taken
    assert rules.chosen(ones, 1, b"x") != []
    assert rules.chosen(ones, 0, b"x") == []


def test_a_lonely_message_is_taken_as_often_as_any_other() -> None:
    hits = sum(bool(rules.chosen([said(1)], 0.05, str(n).encode())) for n in range(4000))
    assert 150 < hits < 250


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (EPOCH.replace(hour=10), 2, EPOCH.replace(hour=12)),
        (EPOCH.replace(hour=7), 1, EPOCH.replace(hour=10)),
        (EPOCH.replace(hour=16), 2, EPOCH.replace(hour=18)),
    ],
)
def test_clocks_run_in_working_hours(start: datetime, hours: float, end: datetime) -> None:
    assert rules.after_hours(OPEN, start, hours) == end


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("建议您买入600519", {("600519", 1)}),
        ("600519 可以卖出了，000001 也减仓", {("600519", -1), ("000001", -1)}),
        ("不建议买入600519", {("600519", -1)}),
        ("600519，现在可以加仓", {("600519", 1)}),
        ("600519要不要买入", set()),
        ("Please sell 600519 now", {("600519", -1)}),
        ("资金账号123456789买入", set()),
        ("今天大盘怎么样", set()),
        ("建议您买入贵州茅台", {("贵州茅台", 1)}),
        ("贵州茅台可以卖出了", {("贵州茅台", -1)}),
        ("贵州茅台不建议买入", {("贵州茅台", -1)}),
        ("建议您买入这只股票", set()),
        ("您可以分批卖出一些", set()),
        ("已经买入的基金", set()),
        ("Buy 0700.HK, it is cheap", {("HK00700", 1)}),
        ("HK00700可以减持", {("HK00700", -1)}),
        ("I would sell NVDA here", {("NVDA", -1)}),
        ("$TSLA: buy", {("TSLA", 1)}),
    ],
)
def test_the_way_of_an_advice_is_read_from_its_clause(
    text: str, ways: set[tuple[str, int]]
) -> None:
    assert {(one.instrument, one.way) for one in rules.stances(text)} == ways


async def test_unflagged_messages_come_into_the_queue_by_chance(
    world: World,
    terms: Callable[..., None],  # noqa: F811
) -> None:
    terms(sample_rate=1.0, sample_seed="repeatable")
    await world.app.state.runner.prepare()
    await world.settle()
    talk = await begin(world)
    await talk.say(talk.him, "您好，请查收资料")
    await talk.say(talk.her, "谢谢")
    world.clock.move(timedelta(minutes=11))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    (item,) = (await browser.get("/api/review/items")).json()["items"]
    assert (item["kind"], item["severity"], item["action"]) == ("sample", 1, "pass")
    found = (await browser.post("/api/review/next", json={})).json()["item"]
    assert found["message"]["text"] == "您好，请查收资料"
    url = f"/api/review/items/{item['id']}/verdict"
    await browser.post(url, json={"grade": "minor", "note": "未注明来源"})
    summary = (await browser.get("/api/review/summary")).json()
    assert (summary["sampled"], summary["missed"]) == (1, 1)
    world.clock.move(timedelta(minutes=11))
    await world.settle()
    assert (await browser.get("/api/review/items")).json()["items"] == []
    async with world.tx() as tx:
        row = await tx.fetchrow(
            "SELECT sum(said) AS said, sum(taken) AS taken FROM sampling_window"
        )
    assert row is not None
    assert (row["said"], row["taken"]) == (1, 1)


async def test_files_are_sampled_by_a_share_of_their_own(
    world: World,
    terms: Callable[..., None],  # noqa: F811
) -> None:
    """V10: words in pictures are read by no machine, so that people look at more of them."""
    terms(sample_rate=0.0, file_sample_rate=1.0)
    await world.app.state.runner.prepare()
    await world.settle()
    talk = await begin(world)
    await talk.say(talk.him, "您好，请查收资料")
    file = (await upload(talk, await world.sign_in(talk.advisor), picture())).json()
    sent = await talk.say(talk.him, body={"attachments": [file]})
    world.clock.move(timedelta(minutes=11))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    found = (await browser.post("/api/review/next", json={})).json()["item"]
    assert (found["kind"], found["message"]["id"]) == ("sample", str(sent.id))
    assert (await browser.get("/api/review/summary")).json()["sampled"] == 0
    assert len((await browser.get("/api/review/items")).json()["items"]) == 1


async def test_contradictory_advice_to_two_clients_is_one_alert(
    world: World,
    terms: Callable[..., None],  # noqa: F811
) -> None:
    """COMM-02: two chats, one alert; the same client, or a stated reason, gives none."""
    terms(sample_rate=0.0)
    await world.app.state.runner.prepare()
    await world.settle()
    advisor, other = await world.advisor(), await world.advisor()
    first, second = await begin(world, advisor), await begin(world, advisor)
    third = await begin(world, other)
    await first.say(first.him, "600519可以考虑增持")
    world.clock.move(timedelta(minutes=1))
    # One mind may change with one client; a reason that is stated is no contradiction.
    await first.say(first.him, "600519，我倾向于减持")
    await third.say(third.him, "因为年报低于预期，600519建议减持")
    world.clock.move(timedelta(minutes=1))
    await second.say(second.him, "600519，我倾向于增持")
    world.clock.move(timedelta(minutes=11))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    items = (await browser.get("/api/review/items")).json()["items"]
    assert [(one["kind"], one["categories"]) for one in items] == [
        ("contradiction", ["contradictory_advice"])
    ]
    found = (await browser.post("/api/review/next", json={})).json()["item"]
    assert found["message"]["text"] == "600519，我倾向于增持"
    assert "减持" in found["other"]["text"]


async def test_nothing_is_broadcast_before_somebody_else_approves(world: World) -> None:
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(2)]
    stranger = await begin(world)
    author = await world.sign_in(advisor)
    clients = [str(talk.client.id) for talk in talks]
    words = "本周六上午系统维护，请提前安排"
    refused = await author.post(
        "/api/broadcasts", json={"words": words, "clients": [*clients, str(stranger.client.id)]}
    )
    assert refused.status_code == 403
    blocked = await author.post(
        "/api/broadcasts", json={"words": "保本保收益，稳赚不赔", "clients": clients}
    )
    assert (blocked.status_code, blocked.json()["error"]) == (409, "broadcast_blocked")
    for body in (
        {"words": " ", "clients": clients},
        {"words": words, "clients": []},
        {"words": "好" * 9001, "clients": clients},
    ):
        assert (await author.post("/api/broadcasts", json=body)).status_code == 422
    # The door itself sees to the length, whoever knocks.
    async with world.tx() as tx:
        with pytest.raises(Malformed) as wrong:
            await review.broadcasting.hand_in(
                tx, await world.actor(advisor), "好" * 2001, [talks[0].client.id]
            )
    assert wrong.value.params["field"] == "words"
    made = await author.post("/api/broadcasts", json={"words": words, "clients": clients})
    assert made.status_code == 201, made.text
    url = f"/api/broadcasts/{made.json()['id']}/decision"
    await world.settle()
    assert [len(await talk.stream()) for talk in talks] == [1, 1]
    assert (await author.post(url, json={"approve": True})).status_code == 403
    neighbour = await world.sign_in(await world.supervisor(branch="SH01"))
    answer = await neighbour.post(url, json={"approve": True})
    assert (answer.status_code, answer.json()["error"]) == (403, "reviewer_conflicted")
    browser = await world.sign_in(await world.supervisor())
    waiting = (await browser.get("/api/broadcasts")).json()["items"]
    assert [one["state"] for one in waiting] == ["waiting"]
    assert (await browser.post(url, json={"approve": True, "note": "可以"})).status_code == 200
    again = await browser.post(url, json={"approve": False})
    assert (again.status_code, again.json()["error"]) == (409, "broadcast_decided")
    await world.settle()
    assert [(await talk.stream())[-1].body["text"] for talk in talks] == [words, words]
    (mine,) = (await author.get("/api/broadcasts")).json()["items"]
    assert (mine["state"], mine["recipients"], mine["reached"]) == ("sent", 2, 2)
    assert (await talks[0].client.http.get("/api/broadcasts")).status_code == 403


async def handed_in(author: httpx.AsyncClient, key: str) -> dict[str, Any]:
    """One of the author's broadcasts as it stands."""
    items = (await author.get("/api/broadcasts")).json()["items"]
    found: dict[str, Any] = next(one for one in items if one["id"] == key)
    return found


async def test_conn_04_beyond_the_cap_and_at_night_a_broadcast_waits_for_the_client(
    world: World,
) -> None:
    """CONN-04: the third within a week is queued and arrives when the first counts no more; the others' at once."""
    advisor = await world.advisor()
    capped, free = [await begin(world, advisor) for _ in range(2)]
    author, office = (await world.sign_in(advisor), await world.sign_in(await world.supervisor()))
    for words, talks in (("下周一起调整交易时间", [capped]), ("本周五系统例行升级", [capped]),
                         ("本月账单已可查询", [capped, free])):  # fmt: skip
        body = {"words": words, "clients": [str(talk.client.id) for talk in talks]}
        made = (await author.post("/api/broadcasts", json=body)).json()
        url = f"/api/broadcasts/{made['id']}/decision"
        assert (await office.post(url, json={"approve": True})).status_code == 200
        await world.settle()
    last = await handed_in(author, made["id"])
    assert (last["state"], last["reached"], last["recipients"]) == ("approved", 1, 2)
    assert (await free.stream())[-1].body["text"] == "本月账单已可查询"
    assert (await capped.stream())[-1].body["text"] == "本周五系统例行升级"
    world.clock.move(timedelta(days=7, seconds=1))
    await world.settle()
    assert (await capped.stream())[-1].body["text"] == "本月账单已可查询"
    last = await handed_in(await world.sign_in(advisor), made["id"])
    assert (last["state"], last["reached"]) == ("sent", 2)
    assert len([e for e in await free.stream() if e.body.get("text") == "本月账单已可查询"]) == 1


async def test_a_refused_broadcast_never_goes_out(world: World) -> None:
    both = await world.staff(*(await world.advisor()).roles, *(await world.supervisor()).roles)
    talk = await begin(world, both)
    author = await world.sign_in(both)
    body = {"words": "周六系统维护", "clients": [str(talk.client.id)]}
    made = (await author.post("/api/broadcasts", json=body)).json()
    url = f"/api/broadcasts/{made['id']}/decision"
    own = await author.post(url, json={"approve": True})
    assert (own.status_code, own.json()["error"]) == (403, "own_broadcast")
    browser = await world.sign_in(await world.supervisor())
    assert (await browser.post(url, json={"approve": False, "note": "不妥"})).status_code == 200
    await world.settle()
    assert len(await talk.stream()) == 1


async def test_what_became_of_an_advice_is_counted(world: World) -> None:
    talk = await begin(world)
    desk = await world.sign_in(talk.advisor)
    body: dict[str, Any] = {
        "conversation": str(talk.id), "policy": "off-platform-number", "action": "nudge",
    }  # fmt: skip
    for outcome in ("edited", "edited", "sent", "abandoned"):
        answer = await desk.post("/api/review/nudges", json={**body, "outcome": outcome})
        assert answer.status_code == 204, answer.text
    assert (await desk.post("/api/review/nudges", json={**body, "outcome": "x"})).status_code == 422
    office = await world.sign_in(await world.supervisor())
    answer = await office.post("/api/review/nudges", json={**body, "outcome": "sent"})
    assert answer.status_code == 403
    (figure,) = (await office.get("/api/review/summary")).json()["nudges"]
    assert figure == {"policy": "off-platform-number", "edited": 2, "sent": 1, "abandoned": 1}
