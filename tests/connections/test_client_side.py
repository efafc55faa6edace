"""The client's side of contact: her hours, her cap, mute and block; and what each road does with them (CONN-04)."""

from datetime import timedelta

import httpx

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.connections import api as connections
from visavis.connections.types import Basis, BlockedByClient
from visavis.identity.types import Staff

GREET = {"template": "anti-fraud"}


async def wishes(client: httpx.AsyncClient, **more: object) -> httpx.Response:
    return await client.put("/api/client/contact", json={"greetings": True, **more})


async def page(talk: Talk) -> httpx.AsyncClient:
    """Her page, opened anew: sessions end while the clock moves."""
    return (await talk.world.client(talk.client.person.external_ref)).http


async def touched(world: World, talk: Talk) -> list[str]:
    async with world.tx() as tx:
        rows = await tx.fetch(
            "SELECT kind FROM touch WHERE client_id = $1 ORDER BY at, id", talk.client.id
        )
    return [row["kind"] for row in rows]


async def dormant(world: World, advisor: Staff | None = None) -> Talk:
    """A conversation in which the client has said her last word four days ago, and was answered."""
    talk = await begin(world, advisor)
    await talk.say(talk.her, "请问")
    await world.settle()
    world.clock.move(timedelta(minutes=1))
    await talk.say(talk.him, "您好")
    await world.settle()
    world.clock.move(timedelta(days=4))
    return talk


async def test_conn_04_a_word_out_of_the_blue_is_a_contact_on_every_road(world: World) -> None:
    """CONN-04: what staff say long after the client's last turn counts, keeps the cap and the hours of rest."""
    talk = await dormant(world)
    await talk.say(talk.him, "给您推荐")
    await talk.say(talk.him, "补充一句")  # belongs to the same touch
    await world.settle()
    assert await touched(world, talk) == ["message"]
    world.clock.move(timedelta(hours=2))
    await talk.say(talk.him, "再次打扰")
    await world.settle()
    assert await touched(world, talk) == ["message", "message"]
    world.clock.move(timedelta(hours=2))
    assert await talk.refused(talk.draft(talk.him, "第三次")) == "touch_cap_reached"
    desk = await world.sign_in(talk.advisor)
    greeted = await desk.post(f"/api/clients/{talk.client.id}/greet", json=GREET)
    assert greeted.json()["queued"]["reason"] == "touch_cap_reached"
    # She writes: whatever answers her goes, at any hour and however often.
    await talk.say(talk.her, "在吗")
    world.clock.move(timedelta(hours=9))
    await talk.say(talk.him, "在的")
    await world.settle()
    world.clock.move(timedelta(hours=2))
    await talk.say(talk.him, "明天再联系您")
    await world.settle()
    assert await touched(world, talk) == ["message", "message"]


async def test_conn_04_her_own_hours_and_cap_tighten_the_firms(world: World) -> None:
    talk = await dormant(world)
    browser = await page(talk)
    own = await wishes(browser, quiet_from="09:00", quiet_to="12:00", cap=1)
    assert own.json() | {"limits": None} == {
        "greetings": True, "quiet_from": "09:00", "quiet_to": "12:00", "cap": 1, "limits": None, "bars": [],
    }  # fmt: skip
    assert own.json()["limits"]["cap"] == 2
    refused = (await talk.post(talk.draft(talk.him, "您好")))[0]
    assert getattr(refused, "code", "") == "quiet_hours"
    assert refused.params["allowed_local"].endswith("12:00")  # type: ignore[union-attr]
    world.clock.move(timedelta(hours=3))
    await talk.say(talk.him, "您好")
    await world.settle()
    world.clock.move(timedelta(hours=2))
    assert await talk.refused(talk.draft(talk.him, "您好")) == "touch_cap_reached"
    browser = await page(talk)
    for bad, code in (
        ({"quiet_from": "08:00", "quiet_to": "21:00"}, "no_time_left"),
        ({"quiet_from": "08:00"}, "half_the_hours"),
        ({"quiet_from": "08:00", "quiet_to": "08:00"}, "half_the_hours"),
        ({"quiet_from": "8 o'clock", "quiet_to": "09:00"}, "malformed"),
    ):
        answer = await wishes(browser, **bad)
        assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert (await wishes(browser, cap=0)).status_code == 200
    world.clock.move(timedelta(days=30))
    assert await talk.refused(talk.draft(talk.him, "您好")) == "greetings_refused"
    assert (await (await world.sign_in(talk.advisor)).get("/api/client/contact")).status_code == 403


async def test_conn_04_a_muted_advisor_answers_and_begins_nothing(world: World) -> None:
    talk = await dormant(world)
    browser = await page(talk)
    bar = f"/api/client/bars/{talk.advisor.id}/mute"
    for _ in range(2):
        assert (await browser.put(bar)).status_code == 204
    (laid,) = (await browser.get("/api/client/contact")).json()["bars"]
    assert (laid["kind"], laid["person"]["name"]) == ("mute", talk.advisor.name)
    assert await talk.refused(talk.draft(talk.him, "您好")) == "greetings_refused"
    await talk.say(talk.her, "在吗")
    await talk.say(talk.him, "在的")
    assert (await browser.delete(bar)).status_code == 204
    assert (await browser.delete(bar)).status_code == 404
    stranger = await world.advisor()
    assert (await browser.put(f"/api/client/bars/{stranger.id}/block")).status_code == 404
    desk = await world.sign_in(talk.advisor)
    assert (await desk.put(bar)).status_code == 403


async def test_conn_04_a_block_ends_everything_and_another_serves(world: World, assign) -> None:  # type: ignore[no-untyped-def]
    """CONN-04: no message, no offer, no way back for the one; the firm's duty to serve goes on with another."""
    advisor, other = await world.advisor(), await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    talk = await begin(world, advisor, client=client)
    asked = await client.http.post("/api/client/requests", json={"conversation": str(talk.id)})
    assert asked.status_code in (200, 201), asked.text
    bar = f"/api/client/bars/{advisor.id}/block"
    assert (await client.http.put(bar)).status_code == 204
    assert await talk.refused(talk.draft(talk.him, "为什么")) == "connection_dissolved"
    await world.settle()
    home = (await client.http.get("/api/client/home")).json()
    assert home["advisor"]["id"] == str(other.id)
    async with world.tx() as tx:
        (request,) = await tx.fetch("SELECT * FROM request WHERE client_id = $1", client.id)
        assert advisor.id in request["excluded"]
        assert request["own_advisor_id"] != advisor.id
        entry = await tx.fetchval(
            "SELECT count(*) FROM connection WHERE client_id = $1 AND staff_id = $2 AND state <> 'dissolved'",
            client.id, advisor.id,
        )  # fmt: skip
    assert entry == 0
    async with world.tx() as tx:
        try:
            him = await world.actor(advisor)
            await connections.establish(tx, him, client.id, advisor.id, Basis.ACCEPTANCE)
            raise AssertionError("connected again")
        except BlockedByClient:
            pass
    boss = await world.sign_in(await world.administrator())
    mine = (
        await boss.get("/api/connections", params={"client": str(client.id), "state": "proposed"})
    ).json()
    dissolved = await boss.post(
        f"/api/connections/{mine['items'][0]['id']}/dissolve",
        json={"reason": "reassigned", "successor": str(advisor.id)},
    )
    assert dissolved.json()["params"]["reason"] == "blocked"
    # A new request never comes to him, and taking the block back lets him be asked again.
    assert (await client.http.delete(bar)).status_code == 204
    async with world.tx() as tx:
        assert await connections.blocked_by(tx, client.id) == frozenset()


async def test_conn_04_the_successor_by_rule_is_never_one_who_is_blocked(
    world: World, assign
) -> None:  # type: ignore[no-untyped-def]
    first, second, third = [await world.advisor() for _ in range(3)]
    await assign(first, "C1")
    client = await world.client("C1")
    async with world.tx() as tx:
        await connections.establish(
            tx, await world.actor(second), client.id, second.id, Basis.ACCEPTANCE
        )
    assert (await client.http.put(f"/api/client/bars/{second.id}/block")).status_code == 204
    boss = await world.sign_in(await world.administrator())
    left = await boss.post(f"/api/staff/{first.id}/leave", json={"reason": "离职"})
    assert left.status_code == 200
    await world.settle()
    home = (await client.http.get("/api/client/home")).json()
    assert home["advisor"]["id"] == str(third.id)
