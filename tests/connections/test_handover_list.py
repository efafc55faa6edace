"""The clients of a hand-over by name: preview, one or all redirected, a leaver's list with its outcome (CONN-02)."""

from datetime import timedelta
from uuid import UUID

import httpx

from tests.connections.test_handover import NOTICE, Assign, fresh, known, later, own, plan
from tests.world import World
from visavis.custody.api import auditing


async def lines(boss: httpx.AsyncClient, handover: str) -> dict[str, dict[str, str | None]]:
    """By client: who takes over, and how it ended."""
    page = (await boss.get(f"/api/handovers/{handover}/clients")).json()["items"]
    return {
        one["client"]["id"]: {
            "to": one["successor"]["id"] if one["successor"] else None,
            "held": one["held"],
            "wish": one["wish"],
            "ending": one["ending"],
        }
        for one in page
    }


async def sound(world: World) -> None:
    """Every table agrees with the record."""
    async with world.tx() as tx:
        found = await auditing.compare(tx)
    assert found.faults == []


async def test_a_preview_names_every_client_and_takes_other_successors(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir, other = await world.advisor(), await world.advisor(), await world.advisor()
    await assign(giver, "P1", "P2")
    one, two = [str(each.id) for each in await known(world, "P1", "P2")]
    seen = await plan(
        boss, giver, dry_run=True, successor=str(heir.id), chosen={two: str(other.id)}
    )
    assert {each["client"]["id"]: each["successor"]["id"] for each in seen["lines"]} == {
        one: str(heir.id),
        two: str(other.id),
    }
    stranger = await world.client("P9")
    for chosen, error in (
        ({str(stranger.id): str(heir.id)}, "not_found"),
        ({one: str(giver.id)}, "no_such_successor"),
    ):
        said = await boss.post(
            "/api/handovers", json={"staff": str(giver.id), "dry_run": True, "chosen": chosen}
        )
        assert said.json()["error"] == error


async def test_one_or_all_are_redirected_and_told_anew_but_nobody_who_chose(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir, other = await world.advisor(), await world.advisor(), await world.advisor()
    refs = ("D1", "D2", "D3", "D4")
    await assign(giver, *refs)
    one, two, three, four = [each.id for each in await known(world, *refs)]
    made = await plan(boss, giver, successor=str(heir.id))
    path = f"/api/handovers/{made['id']}/successor"
    await world.settle()
    refuser, agreed = await world.client("D3"), await world.client("D2")
    await refuser.http.post("/api/client/handover", json={"wish": "refused"})
    await agreed.http.post("/api/client/handover", json={"wish": "agreed"})

    async def redirect(successor: UUID, *clients: UUID) -> httpx.Response:
        named = {"clients": [str(each) for each in clients]} if clients else {}
        return await boss.post(path, json={"successor": str(successor)} | named)

    assert (await redirect(other.id, one)).json()["announced"] == 3
    await world.settle()
    found = await lines(boss, made["id"])
    assert [found[str(each)]["to"] for each in (one, two)] == [str(other.id), str(heir.id)]
    assert (await redirect(other.id)).status_code == 200
    await world.settle()
    assert (await boss.get(f"/api/handovers/{made['id']}")).json()["announced"] == 4
    found = await lines(boss, made["id"])
    assert [(found[str(each)]["to"], found[str(each)]["wish"]) for each in (two, three, four)] == [
        (str(heir.id), "agreed"),
        (str(heir.id), "refused"),
        (str(other.id), None),
    ]
    again = await redirect(other.id)
    assert again.json()["error"] == "nothing_to_hand_over"
    stranger = await world.client("D9")
    assert (await redirect(other.id, stranger.id)).json()["error"] == "not_found"
    assert (await redirect(giver.id)).json()["error"] == "no_such_successor"

    await later(world, NOTICE)
    mine = await own(world, one, two, three, four)
    assert [mine[each].staff_id for each in (one, two, three, four)] == [
        other.id, heir.id, giver.id, other.id,
    ]  # fmt: skip
    await sound(world)
    boss = await fresh(world)
    assert (await redirect(heir.id)).json()["error"] == "handover_over"


async def test_a_leavers_clients_are_listed_with_the_successors_that_were_named(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir, other = await world.advisor(), await world.advisor(), await world.advisor()
    refs = [f"V{n:03}" for n in range(130)]
    await assign(giver, *refs)
    people = [each.id for each in await known(world, *refs)]
    body = {"reason": "resigned", "chosen": {str(people[5]): str(other.id)}}
    wrong = body | {"chosen": {str(people[5]): str(giver.id)}}
    world.clock.move(timedelta(microseconds=777))
    path = f"/api/staff/{giver.id}/leave"
    assert (await boss.post(path, json=wrong)).json()["error"] == "no_such_successor"
    assert (await boss.post(path, json=body)).json()["dissolved"] == 130
    under = (await boss.get("/api/handovers")).json()["items"][0]
    assert (under["stage"], under["reason"], under["clients"]) == ("running", "staff_left", 130)
    await world.settle()
    done = (await boss.get(f"/api/handovers/{under['id']}")).json()
    assert (done["stage"], done["moved"], done["done"]) == ("done", 130, 130)
    mine = await own(world, *people)
    assert mine[people[5]].staff_id == other.id
    assert {one.staff_id for one in mine.values()} == {heir.id, other.id}
    found = await lines(boss, under["id"])
    assert {key: one["to"] for key, one in found.items()} == {
        str(key): str(mine[key].staff_id) for key in people if str(key) in found
    }
    await sound(world)


async def test_a_leaver_overtakes_the_plan_and_a_client_nobody_can_take_is_named(
    world: World, boss: httpx.AsyncClient, assign: Assign
) -> None:
    giver, heir = await world.advisor(), await world.advisor()
    await assign(giver, "O1", "O2")
    one, two = [each.id for each in await known(world, "O1", "O2")]
    made = await plan(boss, giver, clients=[str(one)])
    await world.settle()
    for each in (heir, giver):
        left = await boss.post(f"/api/staff/{each.id}/leave", json={"reason": "resigned"})
        assert left.status_code == 200
        await world.settle()
    done = (await boss.get(f"/api/handovers/{made['id']}")).json()
    assert (done["stage"], done["reason"]) == ("done", "staff_left")
    assert (done["clients"], done["held"], done["moved"]) == (2, 2, 0)
    found = await lines(boss, made["id"])
    assert {key: (each["held"], each["ending"]) for key, each in found.items()} == {
        str(one): ("nobody", "gone"),
        str(two): ("nobody", "gone"),
    }
    await later(world, NOTICE)
    assert (await (await fresh(world)).get(f"/api/handovers/{made['id']}")).json() == done
    await sound(world)
