"""The policy store: proposed by one, tried on the past, approved by another, in force without a restart."""

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.conversations.talk import Talk, begin
from tests.conversations.test_files import picture, upload
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.conversations.types import Keep
from visavis.custody import api as custody
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.review.api import backtesting
from visavis.supervision import api as supervision
from visavis.supervision import watching

WORDS = {"title": "t", "reason": "r", "alternative": "a"}
SAID = "蓝鲸明天上午到"


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with the shipped pack alone, and a short past."""
    monkeypatch.setattr(backtesting, "BACK", timedelta(hours=12))
    supervision.policies.forget()
    yield
    supervision.policies.forget()


def house(word: str = "蓝鲸", **changed: Any) -> dict[str, Any]:
    """A document with one policy against one word."""
    rule: dict[str, Any] = {
        "id": "blue-whale", "category": "off_platform", "actions": {"staff_to_client": "block"}, "guards": ["negation"],
        "words": {"zh-CN": WORDS, "en": WORDS}, "patterns": [f"[{word}]"],
        "tests": {"hit": [f"去{word}吧"], "miss": ["去海边吧"]},
    }  # fmt: skip
    return {
        "version": "1",
        "language": "zh-CN",
        "effective": "2026-01-01",
        "policies": [rule | changed],
    }


async def proposed(browser: httpx.AsyncClient, source: str, status: int = 201, **more: Any) -> Any:
    told = {"name": "house", "source": source, "effective": identity.today().isoformat()} | more
    answer = await browser.post("/api/policies", json=told)
    assert answer.status_code == status, answer.text
    return answer.json()


async def tried(world: World, browser: httpx.AsyncClient, key: str) -> Any:
    await world.settle()
    answer = await browser.get(f"/api/policies/{key}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(browser: httpx.AsyncClient, key: str, status: int = 200, **more: Any) -> Any:
    answer = await browser.post(f"/api/policies/{key}/decision", json={"approve": True} | more)
    assert answer.status_code == status, answer.text
    return answer.json()


async def standing(browser: httpx.AsyncClient) -> dict[int, str]:
    items = (await browser.get("/api/policies")).json()["items"]
    return {one["number"]: one["state"] for one in items}


async def two_supervisors(world: World) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    one, other = await world.supervisor(), await world.supervisor()
    return await world.sign_in(one), await world.sign_in(other)


async def history(world: World) -> Talk:
    talk = await begin(world)
    await talk.say(talk.him, SAID)
    await talk.say(talk.him, "明天见")
    await talk.say(talk.him, "这款产品保本保收益，稳赚不赔")
    await world.clock.advance(60)
    return talk


async def test_a_policy_is_proposed_tried_approved_by_another_and_binds_at_once(
    world: World,
) -> None:
    talk = await history(world)
    author, approver = await two_supervisors(world)
    one = await proposed(author, json.dumps(house()), note="客户被带到别处")
    assert (one["state"], one["number"]) == ("draft", 1)
    await decided(approver, one["id"], 409)  # not before it was tried
    seen = await tried(world, approver, one["id"])
    told = seen["backtest"]
    assert (told["texts"], told["alerts_now"], told["alerts_then"], told["new"]) == (3, 1, 2, 1)
    assert (told["by_policy"]["blue-whale"], told["days"]) == (1, 1)
    assert told["reviewer_hours_per_day"] == round(2 * 2 / 60, 2)
    assert told["sample_precision"] is None
    row = next(row for row in seen["sample"] if row["policies"] == ["blue-whale"])
    assert (row["text"], row["stopped_now"]) == (SAID, False)
    mark = {"entry": row["entry"], "breach": True}
    answer = await approver.post(f"/api/policies/{one['id']}/sample", json=mark)
    assert answer.json() == {"sample_precision": 1.0}
    assert "+" in {line[:1] for line in seen["diff"]}

    assert (await decided(author, one["id"], 403))["error"] == "own_policy"
    still = await talk.say(talk.him, SAID)
    assert still.state is Keep.KEPT
    await decided(approver, one["id"])
    assert await watching.look(world.database)
    assert not await watching.look(world.database)
    blocked = await talk.say(talk.him, SAID)
    assert blocked.state is Keep.BLOCKED
    assert supervision.pack().version.endswith("house.1")
    assert await standing(author) == {1: "active"}
    await decided(approver, one["id"], 409)
    async with world.tx() as tx:
        found = await archive.chain(tx, UUID(one["id"]))
        steps = [one.body["what"] for one in found if one.body and "what" in one.body]
    assert steps[:1] + steps[-1:] == ["proposed", "approved"]
    assert "tested" in steps
    await proposed(author, json.dumps(house("赤狐")))
    async with world.tx() as tx:
        assert [str(one) for one in (await custody.compare(tx)).faults] == []
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE policy_document SET source = source || ' ', effective = effective + 30,"
            " state = 'refused', approver_id = gen_random_uuid() WHERE state = 'approved'"
        )
    async with world.tx() as tx:
        (fault,) = (await custody.compare(tx)).faults
    assert (fault.table, fault.fields) == ("policy_document", ("by", "effective", "source", "what"))


async def test_yaml_a_later_day_a_next_version_and_the_end(world: World) -> None:
    people = [await world.supervisor(), await world.supervisor()]
    author, approver = [await world.sign_in(one) for one in people]
    source = """
version: "1"
language: zh-CN
effective: 2026-01-01
policies:
- id: blue-whale
  category: off_platform
  actions: {staff_to_client: hold}
  guards: []
  words: {zh-CN: {title: t, reason: r}, en: {title: t, reason: r}}
  patterns: ["[蓝鲸]"]
  departments: [SH01]
  tests: {hit: [去蓝鲸吧], miss: [去海边吧]}
"""
    advisor = await world.advisor()
    talk = await begin(world, advisor)
    tomorrow = identity.today() + timedelta(days=1)
    first = await proposed(author, source, format="yaml", effective=tomorrow.isoformat())
    await tried(world, approver, first["id"])
    await decided(approver, first["id"])
    await watching.look(world.database)
    assert await standing(author) == {1: "approved"}
    assert (await talk.say(talk.him, SAID)).state is Keep.KEPT
    await world.clock.advance(86_400)
    author, approver = [await world.sign_in(one) for one in people]
    await watching.look(world.database)
    assert await standing(author) == {1: "active"}
    asked = {"text": SAID}
    staff = await world.sign_in(advisor)
    assert (await staff.post("/api/judge", json=asked)).json()["action"] == "hold"
    elsewhere = await world.sign_in(await world.advisor(branch="BJ01"))
    assert (await elsewhere.post("/api/judge", json=asked)).json()["action"] == "pass"

    second = await proposed(author, json.dumps(house("白鲸")))
    third = await proposed(author, json.dumps(house("灰鲸")), name="other")
    for one in (second, third):
        await tried(world, approver, one["id"])
    await decided(approver, second["id"])
    # The pack has changed since the other one was tried.
    assert (await decided(approver, third["id"], 409))["error"] == "policy_untested"
    again = await approver.post(f"/api/policies/{third['id']}/backtest")
    assert again.status_code == 202
    await tried(world, approver, third["id"])
    await decided(approver, third["id"], approve=False, note="不需要")
    assert (await author.post(f"/api/policies/{third['id']}/backtest")).status_code == 409

    end = await proposed(author, "")
    assert end["retires"]
    await tried(world, approver, end["id"])
    await decided(approver, end["id"])
    await watching.look(world.database)
    assert (await staff.post("/api/judge", json=asked)).json()["action"] == "pass"
    items = (await author.get("/api/policies")).json()
    assert [one["state"] for one in items["items"] if one["name"] == "house"] == [
        "retired", "replaced", "replaced",
    ]  # fmt: skip
    assert items["broken"] == {}
    promise = next(one for one in items["policies"] if one["id"] == "promise-return")
    assert promise["reason"]
    assert promise["actions"]["broadcast"] == "block"


BROKEN = [
    ("[1, 2]", "json", "not an object"),
    ("{", "json", "not JSON"),
    ("a: &b 1\nc: *b", "yaml", "references"),
    ("a: [", "yaml", "not YAML"),
    (
        json.dumps(house(tests={"hit": ["去海边"], "miss": ["去山里"]})),
        "json",
        "does not find '去海边'",
    ),
    (json.dumps(house(tests={"hit": ["去蓝鲸"], "miss": ["蓝鲸"]})), "json", "finds '蓝鲸'"),
    (json.dumps(house(departments=["XX99"])), "json", "no department XX99"),
    (json.dumps(house(patterns=["{unknown}"])), "json", "no class"),
    (json.dumps(house() | {"policies": [7]}), "json", "house"),
    ("[" * 5000, "json", "not JSON"),
    (json.dumps(house() | {"classes": {"a": "x"} | {"deep": "y"}, "exempt": 7}), "json", "exempt"),
]


async def test_what_does_not_fit_or_fails_its_own_tests_gets_in_nowhere(world: World) -> None:
    author, _ = await two_supervisors(world)
    for source, form, reason in BROKEN:
        told = await proposed(author, source, 422, format=form)
        assert reason in told["detail"], (source, told)
    yesterday = (identity.today() - timedelta(days=1)).isoformat()
    await proposed(author, json.dumps(house()), 422, effective=yesterday)
    await proposed(author, "", 422)  # nothing of this name to retire
    await proposed(author, json.dumps(house()), 422, name="No Name")
    assert await standing(author) == {}
    advisor = await world.sign_in(await world.advisor())
    await proposed(advisor, json.dumps(house()), 403)
    assert (await advisor.get("/api/policies")).status_code == 403


async def test_a_house_may_hold_what_nobody_has_read(world: World) -> None:
    author, approver = await two_supervisors(world)
    rule = house(
        id="unread-file", actions={"staff_to_client": "hold"}, patterns=[], signals=["@attachment"],
        tests={"hit": ["请看图\ufffc"], "miss": ["请看图"]},
    )  # fmt: skip
    one = await proposed(author, json.dumps(rule))
    await tried(world, approver, one["id"])
    await decided(approver, one["id"])
    await watching.look(world.database)
    advisor = await world.advisor()
    talk = await begin(world, advisor)
    answer = await upload(talk, await world.sign_in(advisor), picture())
    file = answer.json()
    held = await talk.say(talk.him, body={"text": "请看图", "attachments": [file]})
    assert held.state is Keep.HELD
    assert (await talk.say(talk.him, "请看图")).state is Keep.KEPT


async def test_a_document_that_does_not_fit_any_more_is_left_out_and_named(world: World) -> None:
    author, approver = await two_supervisors(world)
    for name in ("house", "zoo"):
        rule = house("白鲸", id="white-whale") if name == "zoo" else house()
        one = await proposed(author, json.dumps(rule), name=name)
        await tried(world, approver, one["id"])
        await decided(approver, one["id"])
    async with world.tx() as tx:
        await tx.execute("UPDATE policy_document SET source = '{}' WHERE name = 'house'")
    supervision.policies.forget()
    assert await watching.look(world.database)
    shown = (await author.get("/api/policies")).json()
    assert list(shown["broken"]) == ["house"]
    assert shown["pack"].endswith("zoo.1")


async def test_what_was_decided_meanwhile_is_not_tried_any_more(world: World) -> None:
    await history(world)
    author, approver = await two_supervisors(world)
    one = await proposed(author, json.dumps(house()))
    key = UUID(one["id"])
    await tried(world, approver, one["id"])
    answer = await approver.post(
        f"/api/policies/{key}/sample", json={"entry": str(uuid4()), "breach": True}
    )
    assert answer.status_code == 404
    await decided(approver, one["id"], approve=False, note="不需要")
    before = (await author.get(f"/api/policies/{key}")).json()["backtest"]
    async with world.tx() as tx:
        # Its job was on its way, and so was another one that has just come to its end.
        await backtesting.step(tx, {"document": str(key), "up_to": "", "sums": {}})
        await supervision.policies.keep_backtest(tx, key, {"texts": 7}, BOSS)
    assert (await author.get(f"/api/policies/{key}")).json()["backtest"] == before


async def test_a_pack_that_changes_meanwhile_begins_the_trial_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history(world)
    author, _ = await two_supervisors(world)
    one = await proposed(author, json.dumps(house()))
    monkeypatch.setattr(backtesting, "SAMPLE", 1)
    half = {
        "document": one["id"], "up_to": clock.now().isoformat(),
        "sums": {"pack": "another one", "texts": 1000, "then": 1000},
    }  # fmt: skip
    async with world.tx() as tx:
        await backtesting.step(tx, half)
    told = (await tried(world, author, one["id"]))["backtest"]
    assert (told["texts"], told["alerts_then"]) == (3, 2)
    assert len((await author.get(f"/api/policies/{one['id']}")).json()["sample"]) == 1


async def test_of_a_full_sample_each_hit_has_its_chance(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await history(world)
    for _ in range(3):
        await talk.say(talk.him, SAID)
    await world.clock.advance(60)
    author, _ = await two_supervisors(world)
    one = await proposed(author, json.dumps(house()))
    monkeypatch.setattr(backtesting, "SAMPLE", 1)

    class Dice:
        def __init__(self, seed: str) -> None:
            self.fallen = itertools.cycle([1, 0])

        def randrange(self, limit: int) -> int:
            return min(next(self.fallen), limit - 1)

    monkeypatch.setattr(backtesting, "random", SimpleNamespace(Random=Dice))
    seen = await tried(world, author, one["id"])
    assert seen["backtest"]["alerts_then"] == 5
    assert len(seen["sample"]) == 1
