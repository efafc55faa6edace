"""Clients handed over with notice: preview, told, their say, undo, progress; a leaver in between (CONN-02, CONN-04)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.conversations.talk import begin
from tests.world import World
from visavis.connections import api as connections
from visavis.connections.types import Connection
from visavis.identity import api as identity
from visavis.identity.types import Person, Staff
from visavis.kernel import clock
from visavis.kernel.auth import Environment

Assign = Callable[..., Awaitable[None]]
DAY = 86_400
NOTICE = 7 * DAY


async def known(world: World, *refs: str) -> list[Person]:
    """The clients with these numbers."""
    async with world.tx() as tx:
        found = await identity.clients_by_ref(tx, Environment.REAL, refs)
    return [found[ref] for ref in refs]


async def own(world: World, *clients: UUID) -> dict[UUID, Connection]:
    """Each client's own connection."""
    async with world.tx() as tx:
        return await connections.own(tx, clients)


async def plan(boss: httpx.AsyncClient, one: Staff, **more: Any) -> dict[str, Any]:
    """A plan for all clients of one member of staff."""
    answer = await boss.post("/api/handovers", json={"staff": str(one.id), **more})
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def fresh(world: World) -> httpx.AsyncClient:
    """An administrator who has just signed in."""
    return await world.sign_in(await world.administrator())


async def later(world: World, seconds: float) -> None:
    """Time passes, and what is due is done."""
    await world.clock.advance(seconds)
    await world.settle()


async def test_five_hundred_clients_are_previewed_told_and_moved_on_the_day(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heirs = await world.advisor(), [await world.advisor(), await world.advisor()]
    refs = [f"H{n:03}" for n in range(500)]
    await assign(giver, *refs)
    tried = await plan(boss, giver, dry_run=True, reason="changed_post")
    assert (tried["id"], tried["clients"], tried["held"]) == (None, 500, 0)
    assert sorted(each["clients"] for each in tried["successors"]) == [250, 250]
    assert {each["advisor"]["id"] for each in tried["successors"]} == {str(one.id) for one in heirs}
    assert (await boss.get("/api/handovers")).json()["items"] == []

    made = await plan(boss, giver, reason="changed_post")
    await world.settle()
    shown = (await boss.get(f"/api/handovers/{made['id']}")).json()
    assert (shown["stage"], shown["announced"], shown["done"]) == ("planned", 500, 0)
    assert shown["by"]["id"] == (await boss.get("/api/me")).json()["id"]
    people = await known(world, *refs)
    assert {one.staff_id for one in (await own(world, *(p.id for p in people))).values()} == {
        giver.id
    }

    await later(world, NOTICE)
    boss = await fresh(world)
    shown = (await boss.get(f"/api/handovers/{made['id']}")).json()
    assert (shown["stage"], shown["moved"], shown["done"]) == ("done", 500, 500)
    mine = await own(world, *(p.id for p in people))
    assert {one.staff_id for one in mine.values()} == {one.id for one in heirs}
    page = (await boss.get(f"/api/handovers/{made['id']}/clients", params={"limit": 200})).json()
    assert {each["ending"] for each in page["items"]} == {"moved"}
    rest = await boss.get(f"/api/handovers/{made['id']}/clients", params={"after": page["next"]})
    assert len(rest.json()["items"]) == 50


async def test_a_client_is_told_and_agrees_chooses_or_stays(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir, other = await world.advisor(), await world.advisor(), await world.advisor()
    await assign(giver, "A1", "A2", "A3", "A4")
    one, two, three = [await world.client(ref) for ref in ("A1", "A2", "A3")]
    assert (await one.http.get("/api/client/handover")).json() == {"handover": None}
    answer = await one.http.post("/api/client/handover", json={"wish": "agreed"})
    assert answer.json()["error"] == "handover_over"
    made = await plan(boss, giver, successor=str(heir.id))
    await world.settle()
    assert (await one.http.get("/api/client/home")).json()["handover"]
    mine = (await one.http.get("/api/client/handover")).json()["handover"]
    assert (mine["advisor"]["id"], mine["successor"]["id"]) == (str(giver.id), str(heir.id))
    assert mine["effective_at"] == clock.now_ms() + NOTICE * 1000
    assert [each["id"] for each in mine["choices"]] == [str(other.id)]

    said = [
        await one.http.post("/api/client/handover", json={"wish": "agreed"}),
        await two.http.post(
            "/api/client/handover", json={"wish": "chosen", "choice": str(other.id)}
        ),
        await three.http.post("/api/client/handover", json={"wish": "refused"}),
    ]
    assert [each.status_code for each in said] == [204, 204, 204]
    bad = [
        await two.http.post("/api/client/handover", json={"wish": "chosen"}),
        await two.http.post(
            "/api/client/handover", json={"wish": "chosen", "choice": str(uuid4())}
        ),
    ]
    assert [each.status_code for each in bad] == [404, 409]
    shown = (await two.http.get("/api/client/handover")).json()["handover"]
    assert (shown["wish"], shown["successor"]["id"]) == ("chosen", str(other.id))

    await later(world, NOTICE)
    clients = [each.id for each in await known(world, "A1", "A2", "A3", "A4")]
    after = await own(world, *clients)
    assert [after[each].staff_id for each in clients] == [heir.id, other.id, giver.id, heir.id]
    shown = (await (await fresh(world)).get(f"/api/handovers/{made['id']}")).json()
    assert (shown["refused"], shown["moved"], shown["done"]) == (1, 3, 4)


async def test_whoever_talks_reads_it_in_the_conversation(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver = await world.advisor("李明")
    await world.advisor("陈静")
    talk = await begin(world, giver)
    await assign(giver, talk.client.person.external_ref)
    await plan(boss, giver)
    await world.settle()
    page = (await talk.client.http.get(f"/api/conversations/{talk.id}/entries")).json()
    told = [each["body"] for each in page["entries"] if each["body"].get("code") == "handover"]
    assert [each["params"]["successor_name"] for each in told] == ["陈静"]
    assert told[0]["params"]["at"] == clock.now_ms() + NOTICE * 1000


async def test_a_plan_is_taken_back_before_it_takes_effect_and_never_after(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, _ = await world.advisor(), await world.advisor()
    await assign(giver, "U1", "U2")
    made = await plan(boss, giver)
    twice = await boss.post("/api/handovers", json={"staff": str(giver.id)})
    assert twice.json()["error"] == "handover_under_way"
    await world.settle()
    undone = await boss.post(f"/api/handovers/{made['id']}/cancel")
    assert undone.json()["stage"] == "cancelled"
    await later(world, NOTICE + DAY)
    clients = [each.id for each in await known(world, "U1", "U2")]
    assert {one.staff_id for one in (await own(world, *clients)).values()} == {giver.id}

    boss = await fresh(world)
    made = await plan(boss, giver)
    await world.settle()
    await later(world, NOTICE)
    boss = await fresh(world)
    late = await boss.post(f"/api/handovers/{made['id']}/cancel")
    assert late.json()["error"] == "handover_over"
    listed = (await boss.get("/api/handovers", params={"limit": 1})).json()
    assert (listed["items"][0]["id"], listed["next"]) == (made["id"], made["id"])


async def test_who_was_handed_over_twice_in_a_year_is_left_out(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    forever = date(2036, 12, 31)
    first, second = [await world.advisor(valid_to=forever) for _ in range(2)]
    await assign(first, "C1")
    for giver, heir in ((first, second), (second, first)):
        await plan(await fresh(world), giver, successor=str(heir.id))
        await later(world, NOTICE)
    again = await (await fresh(world)).post("/api/handovers", json={"staff": str(first.id)})
    assert again.json()["error"] == "nothing_to_hand_over"
    await later(world, 360 * DAY)
    tried = await plan(await fresh(world), first, dry_run=True)
    assert (tried["clients"], tried["held"]) == (1, 0)


async def test_a_leavers_clients_go_where_they_were_promised_to_go(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir, other = await world.advisor(), await world.advisor(), await world.advisor()
    await assign(giver, "L1", "L2")
    await plan(boss, giver, successor=str(other.id))
    await world.settle()
    chooser = await world.client("L2")
    await chooser.http.post("/api/client/handover", json={"wish": "chosen", "choice": str(heir.id)})
    left = await boss.post(f"/api/staff/{giver.id}/leave", json={"reason": "resigned"})
    assert left.status_code == 200
    await world.settle()
    one, two = await known(world, "L1", "L2")
    mine = await own(world, one.id, two.id)
    assert (mine[one.id].staff_id, mine[two.id].staff_id) == (other.id, heir.id)
    await later(world, NOTICE)
    assert await own(world, one.id, two.id) == mine


async def test_what_cannot_be_planned_says_why(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver = await world.advisor()
    manager = await world.manager()
    await assign(giver, "W1")
    stranger = await world.client("W9")

    async def error(**body: Any) -> str:
        answer = await boss.post("/api/handovers", json={"staff": str(giver.id)} | body)
        found: str = answer.json()["error"]
        return found

    assert await error(staff=str(uuid4())) == "not_found"
    assert await error(staff=str(manager.id)) == "nothing_to_hand_over"
    assert await error(clients=[str(stranger.id)]) == "not_found"
    assert await error(successor=str(giver.id)) == "no_such_successor"
    assert await error(effective_at=clock.now_ms() + 6 * DAY * 1000) == "handover_too_soon"
    # Where nobody can take over, nobody is moved.
    lonely = await plan(boss, giver, dry_run=True)
    assert lonely["successors"][0]["advisor"]["id"] == str(manager.id)
    missing = uuid4()
    for path in (f"/api/handovers/{missing}", f"/api/handovers/{missing}/clients"):
        assert (await boss.get(path)).status_code == 404
    assert (await boss.post(f"/api/handovers/{missing}/cancel")).status_code == 404


async def test_only_the_firm_plans_and_only_the_client_answers(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver = await world.advisor()
    await world.advisor()
    await assign(giver, "R1")
    made = await plan(boss, giver)
    his = await world.sign_in(giver)
    operator = await world.sign_in(await world.operator())
    body = {"staff": str(giver.id)}
    for browser in (his, operator):
        assert (await browser.post("/api/handovers", json=body)).status_code == 403
        assert (await browser.post(f"/api/handovers/{made['id']}/cancel")).status_code == 403
        assert (await browser.get("/api/client/handover")).status_code == 403
    assert (await his.get("/api/handovers")).status_code == 403
    assert (await his.get(f"/api/handovers/{made['id']}")).status_code == 403
    assert (await operator.get(f"/api/handovers/{made['id']}")).status_code == 200
