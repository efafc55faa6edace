"""Groups: what goes to all must suit all; who joins late sees what suits him; a level keeps others outside."""

from typing import Any
from uuid import uuid4

import httpx

from tests.conversations.talk import Talk, begin
from tests.suitability.cast import assess, firm
from tests.world import World
from visavis.connections import api as connections
from visavis.conversations.api import groups
from visavis.identity.types import Staff
from visavis.kernel.auth import Role


async def circle(desk: httpx.AsyncClient, *talks: Talk, **more: Any) -> str:
    """An own group with these clients in it."""
    made = await desk.post("/api/groups", json={"name": "定投交流", **more})
    assert made.status_code == 201, made.text
    key = str(made.json()["id"])
    for talk in talks:
        assert (await take_in(desk, key, talk)).status_code == 204
    return key


async def take_in(desk: httpx.AsyncClient, group: str, *talks: Talk) -> httpx.Response:
    clients = [str(talk.client.id) for talk in talks]
    return await desk.post(f"/api/groups/{group}/members", json={"clients": clients})


async def tell(world: World, desk: httpx.AsyncClient, group: str, **more: Any) -> str:
    """Hand something in for a group, let it be approved and sent; the refusal's code, or nothing."""
    made = await desk.post(
        "/api/broadcasts", json={"words": "本期说明请查收", "group": group, **more}
    )
    if made.status_code != 201:
        return str(made.json()["error"])
    office = await world.sign_in(await world.supervisor())
    url = f"/api/broadcasts/{made.json()['id']}/decision"
    assert (await office.post(url, json={"approve": True})).status_code == 200
    await world.settle()
    return ""


async def opened(talk: Talk, group: str) -> list[dict[str, Any]]:
    answer = await talk.client.http.get(f"/api/client/groups/{group}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_suit_11_a_group_may_have_what_its_lowest_member_may_and_history_is_matched_when_opened(
    world: World,
) -> None:
    """SUIT-11, SUIT-13, COMM-03: R3 to C3 and C5; a C1 who joins later finds it locked; with him nothing more goes."""
    advisor = await world.advisor()
    third, fifth, first = [await begin(world, advisor) for _ in range(3)]
    for talk, level in ((third, "C3"), (fifth, "C5"), (first, "C1")):
        await assess(talk.client, level)
    made = await firm(world)
    r3, r4 = await made.product(3), await made.product(4)
    desk = await world.sign_in(advisor)
    group = await circle(desk, third, fifth)
    assert await tell(world, desk, group, product=r4) == "suitability_above_level"
    assert await tell(world, desk, group, product=r3) == ""
    for talk in (third, fifth):
        last = (await talk.stream())[-1]
        assert [card["product"] for card in last.body["cards"]] == [r3]
        (post,) = await opened(talk, group)
        assert (post["locked"], post["body"]["cards"][0]["risk"]) == (None, "R3")
    assert (await take_in(desk, group, first)).status_code == 204
    (post,) = await opened(first, group)
    assert (post["body"], post["locked"]["reason"]) == (None, "suitability_above_level")
    assert "R3" in post["locked"]["detail"]
    assert (await opened(third, group))[0]["body"] is not None
    assert await tell(world, desk, group, product=r3) == "suitability_above_level"
    assert await tell(world, desk, group, words="本月例会改在周五下午，请留意安排") == ""
    assert (await opened(first, group))[0]["body"]["text"].startswith("本月例会")
    async with world.tx() as tx:
        kept = await tx.fetch(
            "SELECT allowed FROM match_decision WHERE client_id = $1 ORDER BY at, id",
            first.client.id,
        )
    assert len(kept) >= 3
    assert not any(row["allowed"] for row in kept)


async def test_suit_11_what_became_unsuitable_before_it_was_approved_reaches_nobody(
    world: World,
) -> None:
    """SUIT-11: the match is made again at the moment of sending."""
    advisor = await world.advisor()
    one, other = [await begin(world, advisor) for _ in range(2)]
    for talk in (one, other):
        await assess(talk.client, "C3")
    key = await (await firm(world)).product(3)
    desk = await world.sign_in(advisor)
    group = await circle(desk, one, other)
    made = await desk.post(
        "/api/broadcasts", json={"words": "说明", "group": group, "product": key}
    )
    await assess(other.client, "C2")
    office = await world.sign_in(await world.supervisor())
    await office.post(f"/api/broadcasts/{made.json()['id']}/decision", json={"approve": True})
    await world.settle()
    (sent,) = (await desk.get("/api/broadcasts")).json()["items"]
    assert (sent["state"], sent["reached"], sent["group"]) == ("sent", 0, group)
    assert await opened(one, group) == []


async def test_comm_03_whoever_approves_sees_first_whom_a_text_will_not_reach(world: World) -> None:
    """COMM-03, SUIT-02, SUIT-11: by reason, in words, for author and supervisors; a look keeps no decision."""
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(4)]
    for talk in talks:
        await assess(talk.client, "C3")
    key = await (await firm(world)).product(3)
    desk = await world.sign_in(advisor)
    clients = [str(talk.client.id) for talk in talks]
    body = {"words": "产品说明会改期", "product": key}
    group = await circle(desk, talks[0], talks[1])
    made = {
        name: (await desk.post("/api/broadcasts", json=body | to)).json()["id"]
        for name, to in (("each", {"clients": clients}), ("group", {"group": group}))
    }
    office = await world.sign_in(await world.supervisor())
    boss = await world.sign_in(await world.administrator())

    async def ahead(name: str, by: httpx.AsyncClient = office) -> tuple[int, dict[str, int]]:
        found = await by.get(f"/api/broadcasts/{made[name]}/preview")
        assert found.status_code == 200, found.text
        excluded = found.json()["excluded"]
        assert all(len(one["detail"]) > 5 for one in excluded)
        return found.json()["reaches"], {one["error"]: one["clients"] for one in excluded}

    async def decisions() -> int:
        async with world.tx() as tx:
            return int(await tx.fetchval("SELECT count(*) FROM match_decision"))

    assert await ahead("each") == (4, {})
    await assess(talks[0].client, "C2")
    await assess(talks[1].client, "C2")
    async with world.tx() as tx:
        tie = (await connections.of_client(tx, talks[3].client.id))[0].id
    await boss.post(f"/api/connections/{tie}/dissolve", json={"reason": "complaint"})
    await world.settle()
    kept = await decisions()
    gone = {"suitability_above_level": 2, "connection_dissolved": 1}
    assert await ahead("each") == await ahead("each", desk) == (1, gone)
    assert await ahead("group") == (0, {"suitability_above_level": 2})
    assert await decisions() == kept
    stranger = await world.sign_in(await world.advisor())
    assert (await stranger.get(f"/api/broadcasts/{made['each']}/preview")).status_code == 403
    await office.post(f"/api/broadcasts/{made['each']}/decision", json={"approve": True})
    await world.settle()
    sent = (await desk.get("/api/broadcasts")).json()["items"]
    assert {one["id"]: one["reached"] for one in sent}[made["each"]] == 1
    assert await ahead("each") == (0, {})
    assert await decisions() > kept


async def test_suit_12_a_gated_group_admits_by_level(world: World) -> None:
    """SUIT-12: C2 is refused at the entry of an R4 group; above the level it admits nothing is shown in it."""
    advisor = await world.advisor()
    second, fifth, nobody = [await begin(world, advisor) for _ in range(3)]
    await assess(second.client, "C2")
    await assess(fifth.client, "C5")
    desk = await world.sign_in(advisor)
    group = await circle(desk, fifth, admits=4)
    refused = await take_in(desk, group, second)
    assert (refused.status_code, refused.json()["error"]) == (403, "suitability_above_level")
    refused = await take_in(desk, group, nobody)
    assert refused.json()["error"] == "suitability_not_assessed"
    made = await firm(world)
    assert (
        await tell(world, desk, group, product=await made.product(5)) == "suitability_above_level"
    )
    assert await tell(world, desk, group, product=await made.product(4)) == ""
    assert (await second.client.http.get(f"/api/client/groups/{group}")).status_code == 404


async def test_conn_02_members_of_a_leavers_group_go_on_with_their_successors(world: World) -> None:
    """CONN-02: groups get new owners with the clients; the past stays, and what suits is matched again."""
    heirs = [await world.advisor() for _ in range(2)]
    leaver = await world.advisor()
    talks = [await begin(world, leaver) for _ in range(4)]
    desk = await world.sign_in(leaver)
    group = await circle(desk, *talks)
    assert await tell(world, desk, group, words="下月起例会改到周三下午") == ""
    boss = await world.sign_in(await world.administrator())
    left = await boss.post(f"/api/staff/{leaver.id}/leave", json={"reason": "resigned"})
    assert left.status_code == 200, left.text
    await world.settle()
    counts = [await sizes(world, heir) for heir in heirs]
    assert sorted(counts) == [[2], [2]]
    (mine,) = (await talks[0].client.http.get("/api/groups")).json()["items"]
    assert mine["id"] != group
    assert (await opened(talks[0], mine["id"]))[0]["body"]["text"].startswith("下月起")
    # A connection of another than the group's owner changes nothing in it.
    async with world.tx() as tx:
        await groups.follow(tx, talks[0].client.id, leaver.id, None)
    assert len((await talks[0].client.http.get("/api/groups")).json()["items"]) == 1
    # Whose connection ends without a successor is in no group.
    async with world.tx() as tx:
        await connections.part_with_restricted(tx, talks[1].client.id)
    await world.settle()
    assert (await talks[1].client.http.get("/api/groups")).json()["items"] == []


async def sizes(world: World, one: Staff) -> list[int]:
    found = (await (await world.sign_in(one)).get("/api/groups")).json()["items"]
    return [each["members"] for each in found]


async def test_a_group_is_its_owners_and_a_client_may_leave_it(world: World) -> None:
    advisor = await world.advisor()
    one, other = [await begin(world, advisor) for _ in range(2)]
    stranger = await begin(world)
    desk = await world.sign_in(advisor)
    for body in ({"name": " "}, {"name": "群", "admits": 6}):
        assert (await desk.post("/api/groups", json=body)).status_code == 422
    for who in (await world.supervisor(), await world.staff(Role.PARTNER_STAFF)):
        browser = await world.sign_in(who)
        assert (await browser.post("/api/groups", json={"name": "群"})).status_code == 403
        assert (await browser.get("/api/groups")).status_code == 403
    group = await circle(desk, one, other)
    assert (await take_in(desk, group, one)).status_code == 204
    assert (await take_in(desk, group, stranger)).status_code == 403
    many = {"clients": [str(uuid4()) for _ in range(499)]}
    assert (await desk.post(f"/api/groups/{group}/members", json=many)).status_code == 422
    read = (await desk.get(f"/api/groups/{group}")).json()
    assert {each["id"] for each in read["clients"]} == {str(one.client.id), str(other.client.id)}
    elsewhere = await world.sign_in(stranger.advisor)
    assert (await elsewhere.get(f"/api/groups/{group}")).status_code == 404
    url = f"/api/groups/{group}/members/{one.client.id}"
    assert (await elsewhere.delete(url)).status_code == 404
    assert (await other.client.http.delete(url)).status_code == 404
    assert (await one.client.http.delete(url)).status_code == 204
    assert (await one.client.http.delete(url)).status_code == 404
    assert (await desk.delete(url)).status_code == 204
    assert (await one.client.http.get(f"/api/client/groups/{group}")).status_code == 404
    missing = await desk.delete(f"/api/groups/{uuid4()}/members/{one.client.id}")
    assert missing.status_code == 404
