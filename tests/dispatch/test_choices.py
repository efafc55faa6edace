"""What a waiting client may do, by day and by night, and his first page."""

from datetime import timedelta
from typing import Any

from tests.dispatch.service import Service
from tests.world import Client
from visavis.dispatch.types import State, Status

TO_EVENING = timedelta(hours=12)  # 22:00 on Monday
TO_MORNING = timedelta(hours=11)  # 09:00 on Tuesday


async def choose(client: Client, asked: dict[str, Any], choice: str) -> dict[str, Any]:
    answer = await client.http.post(
        f"/api/client/requests/{asked['id']}/choice", json={"choice": choice}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def home(client: Client) -> dict[str, Any]:
    answer = await client.http.get("/api/client/home")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_home_names_the_advisor_the_notice_and_the_hours(service: Service) -> None:
    own = await service.advisor("李雯")
    client = await service.client(own)

    seen = await home(client)

    assert seen["advisor"]["name"] == "李雯"
    assert seen["advisor"]["presence"] == "online"
    assert seen["advisor"]["code"] == own.code
    assert seen["advisor"]["verify_url"] == f"/verify/{own.code}"
    assert seen["connection"]["state"] == "active"
    assert seen["notice"]["version"] == service.world.settings.notice_version
    assert seen["notice"]["text"]
    assert seen["notice"]["acknowledged_at"] is not None
    assert seen["hours"] == {"open": True, "opens_at": seen["hours"]["opens_at"], "slots": []}
    assert seen["visitor"] is False
    asked = await service.ask(client)
    assert (await home(client))["request"]["id"] == asked["id"]


async def test_a_visitor_has_a_home_but_no_person(service: Service) -> None:
    visitor = await service.world.visitor()
    seen = (await visitor.get("/api/client/home")).json()
    assert seen["visitor"] is True
    assert seen["advisor"] is None
    refused = await visitor.post(
        "/api/client/requests", json={"conversation": "01900000-0000-7000-8000-000000000000"}
    )
    assert (refused.status_code, refused.json()["error"]) == (403, "sign_in_for_person")


async def test_a_client_who_waits_for_his_own_advisor_is_offered_to_nobody_else(
    service: Service,
) -> None:
    own = await service.world.advisor()
    other = await service.advisor()
    client = await service.client(own)

    asked = await service.ask(client, wait="mine")
    await service.after(120, other, client)
    assert await service.offered_to(asked) == []

    await service.here(own)
    await service.settle()
    assert await service.offered_to(asked) == [own.id]


async def test_another_advisor_now(service: Service) -> None:
    own = await service.advisor()
    other = await service.advisor()
    client = await service.client(own)
    asked = await service.ask(client)
    assert "another" in asked["choices"] or (await service.state(asked)).own_advisor_id == own.id

    await choose(client, asked, "another")
    await service.settle()

    assert await service.offered_to(asked) == [own.id, other.id]
    assert await service.offers(own) == []


async def test_whoever_waits_for_a_few_may_have_all_of_them_asked(service: Service) -> None:
    """Without an own advisor, too, there are three ways: wait, leave a message, another advisor now."""
    asked_first = [await service.advisor() for _ in range(3)]
    client = await service.client()
    asked = await service.ask(client)
    late = await service.advisor()
    assert len(await service.offered_to(asked)) == 3
    assert await service.pool(late) == []
    shown = (await home(client))["request"]
    assert (shown["stage"], shown["choices"]) == ("offer", ["another", "message", "cancel"])

    for _ in range(2):  # what is chosen already changes nothing
        chosen = await choose(client, asked, "another")
        assert (chosen["state"], chosen["stage"]) == ("pooled", "pool")
        assert chosen["choices"] == ["message", "cancel"]

    assert [one["request"] for one in await service.pool(late)] == [asked["id"]]
    assert all([await service.offers(one) for one in asked_first])
    assert (await service.grab(late, asked)).status_code == 200
    assert await service.offers(asked_first[0]) == []


async def test_cancelling_withdraws_every_offer(service: Service) -> None:
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    assert len(await service.offers(advisor)) == 1

    assert (await choose(client, asked, "cancel"))["state"] == "cancelled"

    assert await service.offers(advisor) == []
    again = await client.http.post(
        f"/api/client/requests/{asked['id']}/choice", json={"choice": "message"}
    )
    assert (again.status_code, again.json()["error"]) == (409, "request_over")


async def test_a_message_left_by_day_needs_nobody_to_wait(service: Service) -> None:
    busy = await service.advisor(capacity=1)
    served = await service.ask(await service.client())
    await service.accept(busy)
    await service.say(busy, served)
    client = await service.client()
    asked = await service.ask(client)

    left = await choose(client, asked, "message")
    await service.settle()
    assert left["state"] == "message_left"
    await service.after(900, busy)

    seen = (await client.http.get(f"/api/client/requests/{asked['id']}")).json()
    assert seen["state"] == "message_left"
    assert seen["position"] is None
    helper = await service.advisor()
    await service.settle()
    assert await service.offered_to(asked) == [helper.id]


async def test_at_night_the_request_becomes_a_message_that_comes_back_at_the_opening(
    service: Service,
) -> None:
    service.world.clock.move(TO_EVENING)
    own = await service.world.advisor()
    client = await service.client(own)

    asked = await service.ask(client)
    seen = (await client.http.get(f"/api/client/requests/{asked['id']}")).json()
    assert (seen["stage"], seen["slots"], seen["choices"]) == ("night", True, ["message", "cancel"])
    await service.after(121, client)
    assert (await service.state(asked)).state is State.MESSAGE_LEFT

    service.world.clock.move(TO_MORNING)
    await service.here(own)
    await service.settle()
    assert await service.offered_to(asked) == [own.id]


async def test_somebody_on_duty_at_night_is_asked_at_once(service: Service) -> None:
    service.world.clock.move(TO_EVENING)
    client = await service.client()
    duty = await service.advisor()

    asked = await service.ask(client)

    assert await service.offered_to(asked) == [duty.id]


async def test_a_slot_is_booked_and_kept(service: Service) -> None:
    service.world.clock.move(TO_EVENING)
    advisor = await service.world.advisor()
    client, rival = await service.client(), await service.client()
    asked, other = await service.ask(client), await service.ask(rival)
    slots = (await client.http.get("/api/client/slots")).json()["items"]
    assert slots[0]["free"] is True
    body = {"starts_at": slots[0]["starts_at"]}

    booked = await client.http.post(f"/api/client/requests/{asked['id']}/slot", json=body)
    assert (booked.status_code, booked.json()["state"]) == (200, "scheduled")
    assert booked.json()["slot_at"] == slots[0]["starts_at"]
    # One advisor is able, so one booking at a time.
    full = await rival.http.post(f"/api/client/requests/{other['id']}/slot", json=body)
    assert (full.status_code, full.json()["error"]) == (409, "slot_taken")

    service.world.clock.move(TO_MORNING)
    await service.here(advisor)
    await service.settle()
    assert asked["id"] in {one["request"] for one in await service.offers(advisor)}


async def test_a_holiday_closes_and_a_make_up_day_opens(service: Service) -> None:
    boss = await service.browser(administrator := await service.world.administrator())
    await service.world.advisor()
    client = await service.client()
    assert (await home(client))["hours"]["open"] is True

    today = {"day": "2026-11-23", "trading": False, "working": False, "note": "holiday"}
    saturday = {"day": "2026-11-28", "trading": False, "working": True, "note": "make-up"}
    done = await boss.put("/api/calendar", json={"days": [today, saturday]})
    assert done.status_code == 200, done.text

    seen = (await home(client))["hours"]
    assert seen["open"] is False
    assert seen["slots"]
    service.world.clock.move(timedelta(days=5))
    assert (await home(await service.client()))["hours"]["open"] is True
    boss = await service.browser(administrator)
    assert (await boss.delete("/api/calendar/2026-11-23")).status_code == 204


async def test_opening_hours_are_the_administrators(service: Service) -> None:
    boss = await service.world.sign_in(await service.world.administrator())
    branch = await service.world.branch()
    path = f"/api/branches/{branch.id}/hours"
    usual = (await boss.get(path)).json()["week"]
    assert usual[0] == {"weekday": 0, "opens": "09:00", "closes": "17:00"}

    late = [
        {"weekday": 0, "opens": "13:00", "closes": "20:00"},
        {"weekday": 1, "opens": "13:00", "closes": "20:00"},
    ]
    assert (await boss.put(path, json={"week": late})).json()["week"] == late
    assert (await home(await service.client()))["hours"]["open"] is False
    round_the_clock = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(7)]
    put = await boss.put(path, json={"week": round_the_clock})
    assert put.json()["week"] == round_the_clock
    after_midnight = [*round_the_clock, {"weekday": 0, "opens": "23:00", "closes": "23:30"}]
    refused = await boss.put(path, json={"week": after_midnight})
    assert refused.json()["error"] == "malformed"
    overlap = [*late, {"weekday": 0, "opens": "19:00", "closes": "21:00"}]
    assert (await boss.put(path, json={"week": overlap})).status_code == 422
    advisor = await service.browser(await service.world.advisor())
    assert (await advisor.put(path, json={"week": late})).status_code == 403


async def test_the_line_has_places_and_an_estimate_only_from_observed_waits(
    service: Service,
) -> None:
    advisor = await service.advisor(capacity=3)
    waiting = []
    for _ in range(3):
        client = await service.client()
        asked = await service.ask(client)
        await service.after(10, advisor, client)
        offers = await service.offers(advisor)
        mine = next(one for one in offers if one["request"] == asked["id"])
        await (await service.browser(advisor)).post(f"/api/offers/{mine['id']}/accept")
        waiting.append(client)
        await service.say(advisor, asked)
    await service.here(advisor, Status.BREAK)

    first, second = await service.client(), await service.client()
    one, two = await service.ask(first), await service.ask(second)

    seen = [
        (await c.http.get(f"/api/client/requests/{a['id']}")).json()
        for c, a in ((first, one), (second, two))
    ]
    assert [each["position"] for each in seen] == [1, 2]
    assert seen[0]["estimate"] == {"seconds": 10, "count": 3}
    await service.after(3700, first, second)
    later = (await first.http.get(f"/api/client/requests/{one['id']}")).json()
    assert later["estimate"] == {"seconds": None, "count": 0}


async def test_requests_of_one_client_are_limited(service: Service) -> None:
    client = await service.client()
    for _ in range(service.world.settings.client_requests_per_hour):
        await choose(client, await service.ask(client), "cancel")
    conversation = await service.talk(client)
    refused = await client.http.post(
        "/api/client/requests", json={"conversation": str(conversation)}
    )
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")


async def test_the_advisor_sees_what_past_contacts_were_about(service: Service) -> None:
    own = await service.advisor("李雯")
    client = await service.client(own)
    await service.ask(client, topic="margin")

    panel = await (await service.browser(own)).get(f"/api/clients/{client.id}")

    assert [one["topic"] for one in panel.json()["contacts"]] == ["margin"]


async def test_whoever_left_the_line_may_ask_again_about_something_else(service: Service) -> None:
    client = await service.client()
    first = await service.ask(client, topic="fund")
    await choose(client, first, "cancel")

    body = {"conversation": first["conversation"], "topic": "margin"}
    again = await client.http.post("/api/client/requests", json=body)

    assert again.status_code == 200, again.text
    assert again.json()["id"] != first["id"]
