"""A client whom nobody ever met: he sees his advisor, the advisor sees him and greets in one tap, within limits."""

from datetime import timedelta

from tests.world import World
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


async def test_the_cap_says_when_the_next_contact_is_allowed(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    desk = await world.sign_in(advisor)
    path = f"/api/clients/{client.id}/greet"
    assert (await desk.post(path, json={"template": "first-hello"})).status_code == 201
    world.clock.move(timedelta(minutes=30))
    assert (await desk.post(path, json={"template": "anti-fraud"})).status_code == 201
    refused = await desk.post(path, json={"template": "anti-fraud"})
    assert (refused.status_code, refused.json()["error"]) == (429, "touch_cap_reached")
    assert refused.json()["params"]["allowed_local"] == "2026-11-30 10:00"
    assert "2026-11-30 10:00" in refused.json()["detail"]
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert row["greet_refusal"]["error"] == "touch_cap_reached"
    world.clock.move(timedelta(days=6, hours=23, minutes=30, seconds=1))
    desk = await world.sign_in(advisor)
    assert (await desk.post(path, json={"template": "anti-fraud"})).status_code == 201


async def test_nobody_is_greeted_at_night(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    world.clock.move(timedelta(hours=13))  # 23:00
    desk = await world.sign_in(advisor)
    refused = await desk.post(f"/api/clients/{client.id}/greet", json={"template": "first-hello"})
    assert (refused.status_code, refused.json()["error"]) == (409, "quiet_hours")
    assert refused.json()["params"]["allowed_local"] == "2026-11-24 08:30"
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert (row["state"], row["greetable"]) == ("proposed", False)


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
