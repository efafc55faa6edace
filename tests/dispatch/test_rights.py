"""Who may do what at the door of dispatch, and what is said to everybody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.dispatch.service import Service
from visavis.conversations import api as conversations
from visavis.dispatch import api, moving
from visavis.dispatch.api import asking
from visavis.dispatch.types import LIVE_STATES, NotServing, State, Status
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound

TO_EVENING = timedelta(hours=12)


async def test_only_a_client_asks_and_only_in_his_own_open_conversation(service: Service) -> None:
    advisor = await service.advisor()
    client, stranger = await service.client(), await service.client()
    conversation = await service.talk(client)
    body = {"conversation": str(conversation)}
    staff = await (await service.browser(advisor)).post("/api/client/requests", json=body)
    assert (staff.status_code, staff.json()["error"]) == (403, "forbidden")
    assert (await stranger.http.post("/api/client/requests", json=body)).status_code == 404

    first = await client.http.post("/api/client/requests", json=body)
    again = await client.http.post("/api/client/requests", json=body)
    assert again.json()["id"] == first.json()["id"]
    path = f"/api/client/requests/{first.json()['id']}"
    assert (await stranger.http.get(path)).status_code == 404
    assert (
        await stranger.http.post(f"{path}/choice", json={"choice": "cancel"})
    ).status_code == 404

    actor = await service.world.actor(client.person)
    async with service.world.tx() as tx:
        await conversations.close(tx, actor, conversation)
    await service.settle()
    assert (await service.state(first.json())).state is State.CANCELLED
    closed = await client.http.post("/api/client/requests", json=body)
    assert (closed.status_code, closed.json()["error"]) == (409, "conversation_closed")


async def test_choosing_again_what_is_chosen_changes_nothing(service: Service) -> None:
    own = await service.world.advisor()
    client, alone = await service.client(own), await service.client()
    asked, lone = await service.ask(client), await service.ask(alone)

    async def choose(who: Any, one: dict[str, Any], choice: str) -> Any:
        return await who.http.post(
            f"/api/client/requests/{one['id']}/choice", json={"choice": choice}
        )

    assert (await choose(client, asked, "wait")).json()["wait"] == "mine"
    version = (await service.state(asked)).version
    assert (await choose(client, asked, "wait")).status_code == 200
    assert (await service.state(asked)).version == version
    assert (await choose(alone, lone, "wait")).json()["wait"] == "anyone"
    for choice in ("message", "message", "cancel", "cancel"):
        assert (await choose(client, asked, choice)).status_code == 200
    assert (await choose(client, asked, "another")).json()["error"] == "request_over"


async def test_a_booking_can_be_moved_and_given_back(service: Service) -> None:
    service.world.clock.move(TO_EVENING)
    await service.world.advisor()
    client = await service.client()
    asked = await service.ask(client)
    path = f"/api/client/requests/{asked['id']}"
    slots = (await client.http.get("/api/client/slots")).json()["items"]
    first, second = ({"starts_at": one["starts_at"]} for one in slots[:2])

    assert (await client.http.post(f"{path}/slot", json=first)).status_code == 200
    assert (await client.http.post(f"{path}/slot", json=first)).status_code == 200
    assert (await client.http.post(f"{path}/slot", json=second)).status_code == 200
    wrong = await client.http.post(f"{path}/slot", json={"starts_at": first["starts_at"] + 1})
    assert wrong.json()["error"] == "slot_taken"
    rival = await service.client()
    other = await service.ask(rival)
    there = f"/api/client/requests/{other['id']}/slot"
    assert (await rival.http.post(there, json=first)).status_code == 200
    assert (await client.http.post(f"{path}/choice", json={"choice": "cancel"})).json()[
        "state"
    ] == "cancelled"
    assert (await client.http.post(f"{path}/slot", json=second)).json()["error"] == "request_over"
    async with service.world.tx() as tx:
        assert [
            row["booked"] for row in await tx.fetch("SELECT booked FROM slot ORDER BY starts_at")
        ] == [1, 0]
    advisor = await service.browser(await service.world.advisor())
    assert (await advisor.get("/api/client/slots")).status_code == 403


async def test_only_those_who_serve_have_a_presence_and_offers(service: Service) -> None:
    operator = await service.browser(await service.world.operator())
    for path in ("/api/presence", "/api/offers", "/api/pool"):
        refused = await operator.get(path)
        assert (refused.status_code, refused.json()["error"]) == (403, "not_serving")
    assert (await operator.put("/api/presence", json={"status": "online"})).status_code == 403
    fresh = await service.browser(await service.world.advisor(capacity=3))
    assert (await fresh.get("/api/presence")).json() == {
        "status": "off", "capacity": 3, "used": 0, "away": False,
    }  # fmt: skip
    assert (await fresh.get("/api/pool")).json()["items"] == []
    assert (await fresh.put("/api/presence", json={"status": "online"})).json()["capacity"] == 3
    assert (
        await fresh.put("/api/presence", json={"status": "online", "capacity": 21})
    ).status_code == 422


async def test_an_offer_belongs_to_its_advisor_and_ends(service: Service) -> None:
    advisor, other = await service.advisor(), await service.advisor(languages=["en"])
    client = await service.client()
    asked = await service.ask(client)
    (offer,) = await service.offers(advisor)
    path = f"/api/offers/{offer['id']}"
    assert (await (await service.browser(other)).post(f"{path}/accept")).status_code == 404
    mine = await service.browser(advisor)
    for _ in range(2):
        assert (await mine.post(f"{path}/decline", json={"reason": "busy"})).status_code == 204
    assert (await mine.post(f"{path}/accept")).json()["error"] == "offer_over"

    fresh = await service.advisor()
    await service.settle()
    (late,) = await service.offers(fresh)
    await service.after(25, client)
    slow = await service.browser(fresh)
    declined = await slow.post(f"/api/offers/{late['id']}/decline", json={"reason": "busy"})
    assert declined.json()["error"] == "offer_over"
    await client.http.post(f"/api/client/requests/{asked['id']}/choice", json={"choice": "cancel"})
    assert (await service.grab(fresh, asked)).json()["error"] == "request_over"
    assert (await service.grab(fresh, {"id": str(uuid4())})).status_code == 404


async def test_someone_who_never_came_on_duty_wins_nothing(service: Service) -> None:
    asked = await service.ask(await service.client())
    absent = await service.world.advisor()
    refused = await service.grab(absent, asked)
    assert (refused.status_code, refused.json()["error"]) == (403, NotServing.code)
    assert (await service.state(asked)).advisor_id is None


async def test_the_calendar_says_what_is_wrong_with_it(service: Service) -> None:
    boss = await service.browser(await service.world.administrator())
    branch = await service.world.branch()
    upside_down = [{"weekday": 0, "opens": "17:00", "closes": "09:00"}]
    assert (
        await boss.put(f"/api/branches/{branch.id}/hours", json={"week": upside_down})
    ).status_code == 422
    assert (await boss.get(f"/api/branches/{uuid4()}/hours")).status_code == 404
    day = {"day": "2026-12-25", "trading": True, "working": True}
    assert (await boss.put("/api/calendar", json={"days": [day, day]})).status_code == 422
    assert (await boss.put("/api/calendar", json={"days": [day]})).status_code == 200
    seen = await boss.get("/api/calendar", params={"first": "2026-12-01", "last": "2026-12-31"})
    assert [one["day"] for one in seen.json()["items"]] == ["2026-12-25"]
    far = await boss.get("/api/calendar", params={"first": "2026-12-01", "last": "2036-12-31"})
    assert far.status_code == 422
    assert (await boss.delete("/api/calendar/2026-12-26")).status_code == 404
    supervisor = await service.browser(await service.world.supervisor())
    assert (await supervisor.put("/api/calendar", json={"days": [day]})).status_code == 403
    assert (await supervisor.get(f"/api/requests/{uuid4()}/decision")).status_code == 404
    assert (
        await supervisor.get("/api/decisions", params={"conversation": str(uuid4())})
    ).status_code == 404


async def test_one_move_that_fails_stops_nobody_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    advisors = [await service.advisor(capacity=1) for _ in range(2)]
    poisoned, sound = await service.client(), await service.client()
    bad, good = await service.talk(poisoned), await service.talk(sound)
    asked = []
    for client, conversation in ((poisoned, bad), (sound, good)):
        answer = await client.http.post(
            "/api/client/requests", json={"conversation": str(conversation)}
        )
        asked.append(answer.json())
    truly = moving._change

    async def failing(tx: Tx, moves: Any, leader: Any) -> Any:
        if any(move.request.conversation_id == bad for move in moves):
            raise NotFound
        return await truly(tx, moves, leader)

    monkeypatch.setattr(moving, "_change", failing)
    assert await service.engine.step() == 1

    assert (await service.state(asked[0])).state is State.WAITING
    assert (await service.state(asked[1])).state is State.OFFERED
    monkeypatch.setattr(moving, "_change", truly)
    await service.settle()
    assert {(await service.state(one)).state for one in asked} <= LIVE_STATES - {State.WAITING}
    offered = [one["request"] for staff in advisors for one in await service.offers(staff)]
    assert set(offered) == {one["id"] for one in asked}


async def test_a_lapsed_licence_takes_what_was_answered_away(service: Service) -> None:
    lapsed, helper = await service.advisor(), await service.advisor()
    await service.here(helper, Status.BREAK)
    asked = await service.ask(await service.client())
    await service.accept(lapsed)
    await service.say(lapsed, asked)
    await service.say(lapsed, asked, "还有什么可以帮您")
    async with service.world.tx() as tx:
        await tx.execute("UPDATE licence SET status = 'suspended' WHERE staff_id = $1", lapsed.id)
        await api.ineligible(tx, lapsed.id)
    await service.here(helper)
    await service.settle()

    assert lapsed.id in (await service.state(asked)).excluded
    assert [one["request"] for one in await service.offers(helper)] == [asked["id"]]


async def test_two_calls_at_once_open_one_request(service: Service) -> None:
    client = await service.client()
    body = {"conversation": str(await service.talk(client))}
    answers = await asyncio.gather(
        *(client.http.post("/api/client/requests", json=body) for _ in range(5))
    )
    assert len({one.json()["id"] for one in answers}) == 1


async def test_the_slower_of_two_calls_gets_the_faster_ones_request(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await service.client()
    asked = await service.ask(client)
    truly = asking.requests.live_of
    answers = iter([{}])

    async def late(tx: Tx, ids: Any) -> Any:
        """What the slower call sees: nothing yet, and then what the faster one has kept."""
        return next(answers, await truly(tx, ids))

    monkeypatch.setattr(asking.requests, "live_of", late)
    again = await client.http.post(
        "/api/client/requests", json={"conversation": asked["conversation"]}
    )
    assert again.json()["id"] == asked["id"]


async def test_what_is_accepted_cannot_be_cancelled(service: Service) -> None:
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    refused = await client.http.post(
        f"/api/client/requests/{asked['id']}/choice", json={"choice": "cancel"}
    )
    assert refused.json()["error"] == "request_over"
    assert (await (await service.browser(advisor)).get("/api/client/home")).status_code == 403


async def test_a_booking_ends_with_its_conversation(service: Service) -> None:
    service.world.clock.move(TO_EVENING)
    await service.world.advisor()
    client = await service.client()
    asked = await service.ask(client)
    slot = (await client.http.get("/api/client/slots")).json()["items"][0]
    path = f"/api/client/requests/{asked['id']}/slot"
    await client.http.post(path, json={"starts_at": slot["starts_at"]})
    actor = await service.world.actor(client.person)
    async with service.world.tx() as tx:
        await conversations.close(tx, actor, UUID(asked["conversation"]))
    await service.settle()
    assert (await service.state(asked)).state is State.CANCELLED
    async with service.world.tx() as tx:
        assert await tx.fetchval("SELECT booked FROM slot") == 0


async def test_the_doors_refuse_by_themselves(service: Service) -> None:
    advisor = await service.advisor()
    actor = await service.world.actor(advisor)
    stranger = replace(actor, person_id=uuid4())
    async with service.world.tx() as tx:
        with pytest.raises(Malformed):
            await api.set_presence(tx, actor, Status.ONLINE, 21)
        with pytest.raises(NotServing):
            await api.set_presence(tx, stranger, Status.ONLINE)
        with pytest.raises(Forbidden):
            await api.listed(tx, actor, actor.environment, "waiting", None, None)
        await api.set_pushable(tx, uuid4(), True)
        await api.handed_over(tx, uuid4(), advisor.id, uuid4())
        assert await tx.fetchval("SELECT count(*) FROM advisor_load") == 1


async def test_other_clients_and_other_licences_stay_where_they_are(service: Service) -> None:
    advisor = await service.advisor()
    client, other = await service.client(), await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    await service.say(advisor, asked)
    async with service.world.tx() as tx:
        await api.parted(tx, {(other.id, advisor.id): None})
        await api.ineligible(tx, advisor.id)
    assert (await service.state(asked)).advisor_id == advisor.id


async def test_a_pooled_request_is_shown_to_those_alone_who_may_serve_it(service: Service) -> None:
    client = await service.client()
    asked = await service.ask(client, language="en")
    chinese = await service.advisor(languages=["zh-CN"])
    assert await service.pool(chinese) == []
    english = await service.advisor(languages=["en"])
    assert [one["request"] for one in await service.pool(english)] == [asked["id"]]


async def test_decisions_of_a_conversation_leave_out_what_was_not_his(service: Service) -> None:
    client = await service.client()
    first = await service.ask(client)
    await client.http.post(f"/api/client/requests/{first['id']}/choice", json={"choice": "cancel"})
    advisor = await service.advisor()
    second = await service.ask(client)
    browser = await service.browser(advisor)
    listed = await browser.get("/api/decisions", params={"conversation": second["conversation"]})
    assert {one["request"] for one in listed.json()["items"]} == {second["id"]}
    other = await service.browser(await service.advisor(languages=["en"]))
    refused = await other.get("/api/decisions", params={"conversation": second["conversation"]})
    assert refused.status_code == 404
