"""COMM-05, COMM-06, COMM-07: no tips to many, a client's plans stay among the few, no money past the firm."""

import pytest

from tests.conversations.talk import begin
from tests.custody.firm import PURPOSE
from tests.world import World

PLAN = "我打算下周一买入 600519 两万股"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("600519 买入", "blocked"),
        ("Sell 600519 today", "blocked"),
        ("继续持有 000001", "waiting"),
    ],
)
async def test_comm_05_no_security_is_recommended_to_many(
    world: World, words: str, state: str
) -> None:
    """COMM-05: a post with a code and buy or sell is blocked; whatever else is said to many is held for a person."""
    talk = await begin(world)
    before = len(await talk.stream())
    desk = await world.sign_in(talk.advisor)
    group = (await desk.post("/api/groups", json={"name": "定投交流"})).json()["id"]
    members = {"clients": [str(talk.client.id)]}
    assert (await desk.post(f"/api/groups/{group}/members", json=members)).status_code == 204
    for to in ({"group": group}, members):
        made = await desk.post("/api/broadcasts", json={"words": words, **to})
        assert made.json().get("error", made.json().get("state")) in (f"broadcast_{state}", state)
    await world.settle()
    assert len(await talk.stream()) == before
    seen = (await talk.client.http.get(f"/api/client/groups/{group}")).json()
    assert words not in str(seen)


async def test_comm_06_a_clients_plan_is_read_by_both_parties_and_compliance_alone(
    world: World,
) -> None:
    """COMM-06: another advisor's search returns nothing, nor does any other road lead him to the words."""
    talk = await begin(world)
    await talk.say(talk.her, PLAN)
    await world.settle()
    found = {"q": "600519"}
    for browser in (talk.client.http, await world.sign_in(talk.advisor)):
        assert len((await browser.get("/api/search", params=found)).json()["items"]) == 1
    others = [await world.advisor(), await world.manager(), await world.agent(),
              await world.operator(), await world.administrator()]  # fmt: skip
    roads = (
        "/api/search?q=600519", f"/api/conversations/{talk.id}", f"/api/conversations/{talk.id}/entries",
        "/api/conversations?q=600519", f"/api/clients/{talk.client.id}", "/api/pool", "/api/offers",
        f"/api/answers?conversation={talk.id}", f"/api/supervision/conversations?q=600519&purpose={PURPOSE}",
        f"/api/supervision/conversations/{talk.id}/entries?purpose={PURPOSE}",
        f"/api/custody/records?q=600519&purpose={PURPOSE}",
    )  # fmt: skip
    for one in others:
        browser = await world.sign_in(one)
        for road in roads:
            answer = await browser.get(road)
            assert "600519" not in answer.text.replace("q=600519", ""), (one.roles, road)
    neighbour = await begin(world)
    assert (await neighbour.client.http.get("/api/search", params=found)).json()["items"] == []
    office = await world.sign_in(await world.supervisor())
    url = f"/api/supervision/conversations/{talk.id}/entries"
    assert PLAN in (await office.get(url, params={"purpose": PURPOSE})).text


@pytest.mark.parametrize(
    "words",
    [
        "把服务费转到我个人支付宝13812345678就行",
        "费用打到我的卡上 6222021234567890128",
        "扫一下我的收款码付咨询费",
        "Please pay the advisory fee to my personal PayPal",
    ],
)
async def test_comm_07_no_fee_goes_to_a_private_account(world: World, words: str) -> None:
    """COMM-07: personal cards, codes and purses are blocked before delivery; the firm's account may be named."""
    talk = await begin(world)
    await talk.say(talk.him, words)
    lawful = "咨询费请通过公司官方链接支付到公司账户"
    await talk.say(talk.him, lawful)
    texts = [one.body.get("text") for one in await talk.stream()]
    assert words not in texts
    assert lawful in texts
