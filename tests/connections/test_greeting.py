"""A client whom nobody ever met: he sees his advisor, the advisor sees him and greets in one tap, within limits."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.world import Client, World
from visavis.channels.api import queueing
from visavis.connections import api as connections
from visavis.connections.types import Basis, Contact
from visavis.kernel import clock
from visavis.kernel.auth import Role, system


async def test_one_tap_greets_and_connects(world: World, assign) -> None:
    advisor = await world.advisor("李明")
    await assign(advisor, "C1")
    client = await world.client("C1", name="王芳")
    desk = await world.sign_in(advisor)
    (row,) = (await desk.get("/api/clients", params={"met": "never"})).json()["items"]
    assert (row["state"], row["greetable"], row["met"]) == ("proposed", True, False)

    greetings = (await desk.get("/api/greetings")).json()["items"]
    assert all("{advisor}" in one["text"] and one["approved_on"] for one in greetings)
    sent = await desk.post(f"/api/clients/{client.id}/greet", json={"template": greetings[0]["id"]})
    assert sent.status_code == 201, sent.text
    await world.settle()

    conversation = sent.json()["conversation"]
    page = (await client.http.get(f"/api/conversations/{conversation}/entries")).json()
    words = [one for one in page["entries"] if one["kind"] == "message"]
    assert len(words) == 1
    assert "李明" in words[0]["body"]["text"]
    assert (advisor.code or "-") in words[0]["body"]["text"]
    assert "{" not in words[0]["body"]["text"]

    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert (row["state"], row["basis"], row["met"], row["contacts"]) == (
        "active", "first_contact", True, 1,
    )  # fmt: skip
    assert (await desk.get("/api/clients", params={"met": "never"})).json()["items"] == []


async def test_conn_04_a_greeting_beyond_the_cap_is_queued_and_goes_when_it_may(
    world: World, assign
) -> None:
    """CONN-04: cap exceeded, queued: seen by its author, once, and said when the first contact counts no more."""
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    desk = await world.sign_in(advisor)
    path = f"/api/clients/{client.id}/greet"
    assert (await desk.post(path, json={"template": "first-hello"})).status_code == 201
    await world.settle()
    world.clock.move(timedelta(minutes=30))
    assert (await desk.post(path, json={"template": "anti-fraud"})).status_code == 201
    await world.settle()
    queued = await desk.post(path, json={"template": "anti-fraud"})
    item = queued.json()["queued"]
    assert (queued.status_code, item["state"], item["reason"]) == (
        202, "waiting", "touch_cap_reached",
    )  # fmt: skip
    assert "2026-11-30 10:00" in item["detail"]
    again = await desk.post(path, json={"template": "first-hello"})
    assert again.json()["queued"] == item
    assert (await desk.get("/api/greetings/queued")).json()["items"] == [item]
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert row["greet_refusal"]["error"] == "touch_cap_reached"
    world.clock.move(timedelta(days=6, hours=23, minutes=29))
    await world.settle()
    assert await greeted(world, client) == 2
    world.clock.move(timedelta(minutes=1, seconds=1))
    await world.settle()
    assert await greeted(world, client) == 3
    desk = await world.sign_in(advisor)
    assert (await desk.get("/api/greetings/queued")).json()["items"] == []


async def greeted(world: World, client: Client) -> int:
    """How often the client was greeted, as he sees it."""
    again = await world.client(client.person.external_ref)
    talks = (await again.http.get("/api/conversations")).json()["items"]
    found = 0
    for talk in talks:
        page = (await again.http.get(f"/api/conversations/{talk['id']}/entries")).json()["entries"]
        found += sum(one["kind"] == "message" for one in page)
    return found


async def test_conn_04_at_night_a_greeting_waits_for_the_morning_or_is_withdrawn(
    world: World, assign
) -> None:
    """CONN-04: in the hours of rest a greeting waits; nobody but its author sees it or takes it back."""
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    world.clock.move(timedelta(hours=13))  # 23:00
    desk = await world.sign_in(advisor)
    path = f"/api/clients/{client.id}/greet"
    for _ in range(2):
        item = (await desk.post(path, json={"template": "first-hello"})).json()["queued"]
        assert (item["reason"], "2026-11-24 08:30" in item["detail"]) == ("quiet_hours", True)
        (row,) = (await desk.get("/api/clients")).json()["items"]
        assert (row["state"], row["greetable"]) == ("proposed", False)
        url = f"/api/greetings/queued/{item['id']}"
        other = await world.sign_in(await world.advisor())
        assert (await other.get("/api/greetings/queued")).json()["items"] == []
        assert (await other.delete(url)).status_code == 404
        assert (await desk.delete(url)).status_code == 204
        assert (await desk.delete(url)).json()["error"] == "scheduled_gone"
    item = (await desk.post(path, json={"template": "first-hello"})).json()["queued"]
    client = await world.client("C1")
    assert (await client.http.get("/api/greetings/queued")).status_code == 403
    world.clock.move(timedelta(hours=9, minutes=30))
    async with (
        world.tx() as tx
    ):  # a timer that comes late, or for one that was withdrawn, says nothing twice
        await queueing.send(tx, UUID(item["id"]))
        await queueing.send(tx, UUID(item["id"]))
        await queueing.send(tx, uuid4())
    await world.settle()
    assert await greeted(world, client) == 1


async def test_a_waiting_greeting_meets_the_rules_of_its_moment(
    world: World, assign, monkeypatch
) -> None:
    """It waits on where the client's own hours begin, is refused where he wishes none, and gives way to another."""
    advisor = await world.advisor()
    await assign(advisor, "C1", "C2")
    client, second = await world.client("C1"), await world.client("C2")
    world.clock.move(timedelta(hours=13))  # 23:00
    desk = await world.sign_in(advisor)
    hello = {"template": "first-hello"}
    monkeypatch.setattr("visavis.channels.api.queueing.MOST", 1)
    assert (await desk.post(f"/api/clients/{client.id}/greet", json=hello)).status_code == 202
    assert (await desk.post(f"/api/clients/{second.id}/greet", json=hello)).status_code == 429
    own = {"greetings": True, "quiet_from": "08:00", "quiet_to": "09:30"}
    client = await world.client("C1")
    assert (await client.http.put("/api/client/contact", json=own)).status_code == 200
    world.clock.move(timedelta(hours=10))  # 9:00
    await world.settle()
    desk = await world.sign_in(advisor)
    (item,) = (await desk.get("/api/greetings/queued")).json()["items"]
    assert (item["state"], "09:30" in item["detail"]) == ("waiting", True)
    client = await world.client("C1")
    await client.http.put("/api/client/contact", json={"greetings": False})
    world.clock.move(timedelta(hours=1))
    await world.settle()
    desk = await world.sign_in(advisor)
    (item,) = (await desk.get("/api/greetings/queued")).json()["items"]
    assert (item["state"], item["reason"]) == ("refused", "greetings_refused")
    assert (await desk.delete(f"/api/greetings/queued/{item['id']}")).status_code == 204


@pytest.mark.parametrize("end", ["suspend", "dissolve"])
async def test_conn_02_a_waiting_greeting_stops_with_the_right_to_speak(
    world: World, assign, end: str
) -> None:
    """CONN-02: at suspension and the end of a connection nothing of it is said any more."""
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    world.clock.move(timedelta(hours=13))
    desk = await world.sign_in(advisor)
    made = await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
    assert made.status_code == 202
    boss = await world.sign_in(await world.administrator())
    (tie,) = (await boss.get("/api/connections")).json()["items"]
    what = f"connections/{tie['id']}" if end == "dissolve" else f"staff/{advisor.id}"
    ended = await boss.post(f"/api/{what}/{end}", json={"reason": "reassigned"})
    assert ended.status_code == 200, ended.text
    await world.settle()
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT state FROM queued_greeting") == "stopped"
    world.clock.move(timedelta(hours=10))
    await world.settle()
    assert await greeted(world, client) == 0


async def test_a_greeting_said_after_all_takes_the_waiting_one_back(world: World, assign) -> None:
    """The morning has come, and he greets before the timer does."""
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    world.clock.move(timedelta(hours=13))
    path, hello = f"/api/clients/{client.id}/greet", {"template": "first-hello"}
    desk = await world.sign_in(advisor)
    assert (await desk.post(path, json=hello)).status_code == 202
    world.clock.move(timedelta(hours=10))
    desk = await world.sign_in(advisor)
    assert (await desk.post(path, json=hello)).status_code == 201
    await world.settle()
    assert await greeted(world, client) == 1
    assert (await desk.get("/api/greetings/queued")).json()["items"] == []


async def test_only_ones_own_client_and_only_approved_words(world: World, assign) -> None:
    advisor, stranger = await world.advisor(), await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    path = f"/api/clients/{client.id}/greet"
    other = await world.sign_in(stranger)
    assert (await other.post(path, json={"template": "first-hello"})).status_code == 404
    mine = await world.sign_in(advisor)
    assert (await mine.post(path, json={"template": "buy-now"})).status_code == 404
    boss = await world.sign_in(await world.administrator())
    assert (await boss.post(path, json={"template": "first-hello"})).status_code == 403
    assert (await boss.get("/api/greetings")).status_code == 403


async def test_whoever_has_no_licence_greets_nobody(world: World, assign) -> None:
    advisor = await world.advisor(licences=[])
    await assign(advisor, "C1")
    client = await world.client("C1")
    desk = await world.sign_in(advisor)
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert row["greet_refusal"]["error"] == "licence_expired"
    refused = await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
    assert (refused.status_code, refused.json()["error"]) == (403, "licence_expired")
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert row["state"] == "proposed"


async def test_an_english_client_is_greeted_in_english(world: World, bring) -> None:
    advisor = await world.advisor()
    number = advisor.employee_no
    await bring(
        "client_no,client_name,employee_no,assigned_on,language\n"
        f"C1,Jane Roe,{number},2026-01-05,en\n".encode()
    )
    client = await world.client("C1", name="Jane Roe", lang="en")
    desk = await world.sign_in(advisor)
    sent = await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
    page = (
        await client.http.get(f"/api/conversations/{sent.json()['conversation']}/entries")
    ).json()
    (word,) = [one for one in page["entries"] if one["kind"] == "message"]
    assert word["body"]["text"].startswith("Hello Jane Roe. I am Staff")


async def test_the_panel_is_for_the_clients_own_staff(world: World, assign) -> None:
    advisor, stranger = await world.advisor(), await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    desk = await world.sign_in(advisor)
    await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
    await world.settle()
    panel = (await desk.get(f"/api/clients/{client.id}")).json()
    assert panel["client"]["level"] is None
    assert [one["state"] for one in panel["connections"]] == ["active"]
    assert panel["connections"][0]["staff"]["name"] == advisor.name
    assert len(panel["contacts"]) == 1
    assert "text" not in panel["contacts"][0]
    for one, status in (
        (stranger, 404),
        (await world.operator(), 404),
        (await world.administrator(), 404),
        (await world.supervisor(), 200),
    ):
        browser = await world.sign_in(one)
        assert (await browser.get(f"/api/clients/{client.id}")).status_code == status


async def test_a_search_finds_clients_by_name_and_number(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C100", "C200", "C300")
    desk = await world.sign_in(advisor)
    found = (await desk.get("/api/clients", params={"q": "c200"})).json()["items"]
    assert [one["client"]["name"] for one in found] == ["客户C200"]
    pages = []
    after = None
    for _ in range(3):
        page = (
            await desk.get(
                "/api/clients", params={"limit": 1} | ({"after": after} if after else {})
            )
        ).json()
        pages += [one["client"]["name"] for one in page["items"]]
        after = page["next"]
    assert (sorted(pages), after) == (["客户C100", "客户C200", "客户C300"], None)


async def test_the_firms_list_shows_states_and_no_words(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1", "C2")
    client = await world.client("C9")
    async with world.tx() as tx:
        await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
    for role in (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OPERATOR):
        browser = await world.sign_in(await world.staff(role))
        every = (await browser.get("/api/connections")).json()["items"]
        assert sorted(one["state"] for one in every) == ["active", "proposed", "proposed"]
        met = await browser.get("/api/connections", params={"state": "active", "tie": "served"})
        assert [one["client"]["id"] for one in met.json()["items"]] == [str(client.id)]
    for one in (await world.advisor(), await world.editor()):
        browser = await world.sign_in(one)
        assert (await browser.get("/api/connections")).status_code == 403
    assert (await client.http.get("/api/connections")).status_code == 403


async def test_the_usual_reply_is_observed_or_unknown(world: World) -> None:
    advisor = await world.advisor()
    client = await world.client()
    async with world.tx() as tx:
        await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
    for waited in (10, 20, 30, 40, 50):
        async with world.tx() as tx:
            assert (await connections.cards(tx, [advisor.id]))[advisor.id].usual_reply_s is None
        await _exchange(world, client.id, advisor.id, waited)
    async with world.tx() as tx:
        assert (await connections.cards(tx, [advisor.id]))[advisor.id].usual_reply_s == 30


async def _exchange(world: World, client_id, staff_id, waited: int) -> None:
    for by_client in (True, True, False):
        async with world.tx() as tx:
            met = Contact(client_id, staff_id, by_client, clock.now())
            await connections.contact(tx, system(), met)
        if by_client:
            world.clock.move(timedelta(seconds=waited / 2))


async def test_a_client_who_wishes_no_greetings_gets_none(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    assert (await client.http.get("/api/client/contact")).json()["greetings"] is True
    for wish, status in ((False, 403), (True, 201)):
        put = await client.http.put("/api/client/contact", json={"greetings": wish})
        assert put.json()["greetings"] is wish
        assert (await client.http.get("/api/client/contact")).json()["greetings"] is wish
        desk = await world.sign_in(advisor)
        (row,) = (await desk.get("/api/clients")).json()["items"]
        assert row["greetable"] is wish
        sent = await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
        assert sent.status_code == status
    assert (await desk.put("/api/client/contact", json={"greetings": False})).status_code == 403
