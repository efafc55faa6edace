"""Cases: items grouped, notes, somebody in charge, the chief, an outcome; every step on record."""

from uuid import UUID, uuid4

from tests.review.test_queue import alerted
from tests.world import World
from visavis.archive import api as archive
from visavis.kernel.auth import Role


async def test_a_case_goes_from_items_to_an_outcome_by_the_chief(world: World) -> None:
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    await alerted(world, advisor=both)
    people = [await world.supervisor() for _ in range(3)]
    one, two, three = [await world.sign_in(person) for person in people]
    himself = await world.sign_in(both)
    (item,) = (await one.get("/api/review/items")).json()["items"]
    made = await one.post("/api/review/cases", json={"title": "承诺保本", "items": [item["id"]]})
    assert made.status_code == 201, made.text
    case = made.json()
    url = f"/api/review/cases/{case['id']}"
    assert (case["state"], case["items"], case["assignee"]["id"]) == ("open", 1, str(people[0].id))
    assert (await himself.get(url)).status_code == 404
    assert (await himself.get("/api/review/cases")).json()["items"] == []
    assert (await one.post(f"{url}/notes", json={"words": "已调取录音"})).status_code == 204
    assert (await one.post(f"{url}/assign", json={"to": str(both.id)})).status_code == 403
    assert (await one.post(f"{url}/assign", json={"to": str(uuid4())})).status_code == 404
    moved = await one.post(f"{url}/assign", json={"to": str(people[1].id)})
    assert moved.json()["assignee"]["id"] == str(people[1].id)
    end = {"outcome": "warning", "words": "书面警示"}
    assert (await one.post(f"{url}/close", json=end)).status_code == 403
    assert (await two.post(f"{url}/escalate", json={"words": "涉及多名客户"})).status_code == 200
    assert (await one.post(f"{url}/close", json=end)).status_code == 403  # who opened it
    closed = await three.post(f"{url}/close", json=end)
    assert (closed.json()["state"], closed.json()["outcome"]) == ("closed", "warning")
    late = await one.post(f"{url}/notes", json={"words": "x"})
    assert (late.status_code, late.json()["error"]) == (409, "case_closed")
    shown = (await one.get(url)).json()
    assert [step["what"] for step in shown["steps"]] == [
        "opened", "item", "note", "assigned", "escalated", "closed:warning",
    ]  # fmt: skip
    assert [about["id"] for about in shown["about"]] == [item["id"]]
    listed = (await one.get("/api/review/cases", params={"state": "closed"})).json()["items"]
    assert [each["id"] for each in listed] == [case["id"]]
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(case["id"]))
    assert [record.kind for record in chain] == ["review.case"] * 6


async def test_items_are_added_only_by_whom_they_may_reach(world: World) -> None:
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    await alerted(world, advisor=both)
    office = await world.sign_in(await world.supervisor())
    (item,) = (await office.get("/api/review/items")).json()["items"]
    himself = await world.sign_in(both)
    neighbour = await world.sign_in(await world.supervisor(branch="SH01"))
    body = {"title": "自查", "items": [item["id"]]}
    assert (await himself.post("/api/review/cases", json=body)).status_code == 404
    assert (await neighbour.post("/api/review/cases", json=body)).status_code == 403
    assert (await office.post("/api/review/cases", json={"title": " "})).status_code == 422
    case = (await office.post("/api/review/cases", json={"title": "例行"})).json()
    url = f"/api/review/cases/{case['id']}/items"
    assert (await office.post(url, json={"item": str(uuid4())})).status_code == 404
    assert (await office.post(url, json={"item": item["id"]})).json()["items"] == 1
    end = {"outcome": "unfounded", "words": "无异常"}
    done = await office.post(f"/api/review/cases/{case['id']}/close", json=end)
    assert done.json()["outcome"] == "unfounded"
