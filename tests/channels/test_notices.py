"""Whoever does not look is told, once, without what was said; whoever looks is left alone."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from tests.channels.house import ENDPOINT, SECRET, House, arrived, subscribe
from tests.conversations.talk import Talk, begin
from tests.dispatch.service import Service, engine
from tests.world import BOSS, World
from visavis.channels import api
from visavis.connections import api as connections
from visavis.connections.types import Bar, Basis
from visavis.conversations import api as conversations
from visavis.conversations.types import Partner
from visavis.custody import api as custody
from visavis.identity.api.people import ensure_client
from visavis.kernel import clock as clocks
from visavis.kernel.auth import Environment, Role
from visavis.kernel.signing import verify
from visavis.review import api as review


async def test_an_absent_client_is_told_without_a_word_of_what_was_said(house: House) -> None:
    talk = await begin(house.world)
    await subscribe(talk.client.http)
    await talk.say(talk.him, "您的融资融券额度已经调整")
    await house.settle()
    assert (house.receiver.calls, house.push.sent) == ([], [])
    await house.settle(5)

    (call,) = house.receiver.calls
    (body,) = house.bodies()
    assert verify(SECRET, call.headers, call.body, clocks.now_ms() // 1000)
    assert (body["reason"], body["object"]) == ("message", str(talk.id))
    assert body["to"] == {
        "kind": "client", "ref": talk.client.person.external_ref, "language": "zh-CN",
    }  # fmt: skip
    assert body["from"]["name"] == talk.advisor.name
    assert body["from"]["code"] == talk.advisor.code
    ((subscription, pushed),) = house.push.sent
    assert subscription.endpoint == ENDPOINT
    assert json.loads(pushed)["reason"] == "message"
    everything = call.body.decode() + pushed.decode() + str(call.headers)
    assert "额度" not in everything
    assert talk.client.person.name not in everything
    log = await house.log()
    assert sorted((one["channel"], one["state"], one["attempts"]) for one in log) == [
        ("web_push", "sent", 1), ("webhook", "sent", 1),
    ]  # fmt: skip


async def test_whoever_takes_delivery_is_left_alone(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.him, "在吗")
    await house.settle(2)
    await arrived(talk)
    await house.settle(10)
    assert house.receiver.calls == []
    assert await house.log() == []


async def test_an_absent_advisor_is_told_of_his_client_by_number_alone(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.her, "我的账户怎么了")
    await house.settle()
    await house.settle(5)
    (body,) = house.bodies()
    assert body["to"] == {
        "kind": "staff", "ref": talk.advisor.employee_no, "language": "zh-CN",
    }  # fmt: skip
    assert "from" not in body
    assert talk.client.person.name not in json.dumps(body, ensure_ascii=False)


async def test_at_most_one_notice_a_minute_about_a_conversation(house: House) -> None:
    talk = await begin(house.world)
    for second in range(0, 60, 3):
        await talk.say(talk.him, f"第{second}秒")
        await house.settle(3)
    assert len(house.receiver.calls) == 1
    await house.settle(10)
    assert len(house.receiver.calls) == 2
    await house.settle(3600)
    assert len(house.receiver.calls) == 2


async def test_a_sleeping_phone_gets_the_offers_notice_and_a_longer_window(house: House) -> None:
    service = Service(house.world, engine(house.world))
    advisor = await service.advisor()
    await subscribe(await service.browser(advisor))
    house.world.clock.move(timedelta(seconds=120))
    asked = await service.ask(await service.client())
    offers = await service.offers(advisor)
    await house.settle()
    (body,) = [one for one in house.bodies() if one["reason"] == "offer"]
    ((_, pushed),) = house.push.sent
    assert json.loads(pushed)["object"] == body["object"] == offers[0]["id"]
    assert body["expires_at"] == offers[0]["expires_at"]
    window = offers[0]["expires_at"] - offers[0]["issued_at"]
    assert window == house.world.settings.offer_seconds_away * 1000
    assert asked["id"] == offers[0]["request"]


async def test_an_offer_on_an_open_desk_is_announced_only_when_it_is_left(house: House) -> None:
    service = Service(house.world, engine(house.world))
    advisor = await service.advisor()
    await subscribe(await service.browser(advisor))
    await service.ask(await service.client())
    await house.settle()
    assert house.push.sent == []
    await service.accept(advisor)
    await house.settle(6)
    assert [one for one in house.bodies() if one["reason"] == "offer"] == []
    assert house.push.sent == []


async def test_an_expired_offer_is_not_announced(house: House) -> None:
    service = Service(house.world, engine(house.world))
    advisor = await service.advisor()
    await subscribe(await service.browser(advisor))
    house.world.clock.move(timedelta(seconds=120))
    await service.ask(await service.client())
    house.world.clock.move(timedelta(seconds=50))
    while await house.courier.run_due():
        pass
    assert house.push.sent == []
    assert {one["state"] for one in await house.log()} == {"skipped"}


async def test_a_leaver_is_never_told_again(house: House) -> None:
    talk = await begin(house.world)
    await subscribe(await house.world.sign_in(talk.advisor))
    await talk.say(talk.her)
    await house.settle()
    async with house.world.tx() as tx:
        await connections.leave(tx, BOSS, talk.advisor.id, "resigned")
    await house.settle(5)
    await house.settle(60)
    assert [one for one in house.bodies() if one["to"]["kind"] == "staff"] == []
    assert house.push.sent == []


async def test_rehearsals_never_reach_the_brokers_systems(house: House) -> None:
    world = house.world
    advisor = await world.advisor(environment=Environment.SIMULATED)
    async with world.tx() as tx:
        person = await ensure_client(tx, Environment.SIMULATED, "S1", "模拟", "zh-CN")
        actor = await world.actor(advisor)
        await connections.establish(tx, BOSS, person.id, advisor.id, Basis.ADMINISTRATION)
        one = await conversations.open_for(tx, actor, person.id, "zh-CN", Partner.PERSON)
        await conversations.assign(tx, actor, one.id, advisor.id, "accepted")
    talk = Talk(world, None, advisor, actor, actor, one.id)  # type: ignore[arg-type]
    await talk.say(actor, "演练")
    await house.settle()
    await house.settle(5)
    assert house.receiver.calls == []


async def test_only_operators_and_administrators_read_the_log(world: World) -> None:
    for one in (await world.advisor(), await world.supervisor(), await world.editor()):
        browser = await world.sign_in(one)
        assert (await browser.get("/api/notices")).status_code == 403
    boss = await world.sign_in(await world.administrator())
    assert (await boss.get("/api/notices")).json() == {"items": [], "next": None}
    client = await world.client()
    assert (await client.http.get("/api/notices")).status_code == 403


async def test_the_log_tells_to_whom_staff_by_name_and_clients_by_number(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.him)
    await house.settle()
    await house.settle(5)
    (told,) = await house.log()
    client = house.bodies()[0]["to"]["ref"]
    assert told["to"] == {"kind": "client", "ref": client, "name": "", "name_en": ""}


async def test_a_client_is_told_of_a_successor_after_the_hours_of_rest(house: House) -> None:
    heir = await house.world.advisor("陈静")
    talk = await begin(house.world)
    await talk.say(talk.her)
    await arrived(talk)
    stranger = await house.world.client()
    async with house.world.tx() as tx:
        await connections.establish(tx, BOSS, stranger.id, talk.advisor.id, Basis.ADMINISTRATION)
    await house.settle(13 * 3600)
    house.receiver.calls.clear()
    async with house.world.tx() as tx:
        await connections.leave(tx, BOSS, talk.advisor.id, "resigned")
    await house.settle(30)
    assert house.bodies() == []
    await house.settle(9.5 * 3600)
    (body,) = [one for one in house.bodies() if one["reason"] == "connection"]
    assert body["to"]["ref"] == talk.client.person.external_ref
    assert body["from"] == {"name": "陈静", "name_en": heir.name_en, "code": heir.code}


async def test_both_sides_are_reminded_of_a_booked_time(house: House) -> None:
    world = house.world
    service = Service(world, engine(world))
    own = await world.advisor()
    world.clock.move(timedelta(hours=13))
    client = await service.client(own)
    asked = await service.ask(client)
    slots = (await client.http.get("/api/client/slots")).json()["items"]
    for slot in slots[:2]:
        booked = await client.http.post(
            f"/api/client/requests/{asked['id']}/slot", json={"starts_at": slot["starts_at"]}
        )
        assert booked.status_code == 200, booked.text
    await house.settle()
    house.receiver.calls.clear()
    first = (slots[0]["starts_at"] - clocks.now_ms()) / 1000
    await house.settle(first - 1)
    assert house.bodies() == []
    await house.settle((slots[1]["starts_at"] - slots[0]["starts_at"]) / 1000 - 50)
    told = [(one["reason"], one["to"]["kind"], one["expires_at"]) for one in house.bodies()]
    assert sorted(told) == [
        ("slot", "client", slots[1]["starts_at"]), ("slot", "staff", slots[1]["starts_at"]),
    ]  # fmt: skip


async def test_a_client_with_a_colleague_is_not_interrupted(house: House) -> None:
    world = house.world
    colleague = await begin(world)
    manager = await world.manager()
    async with world.tx() as tx:
        await connections.establish(tx, BOSS, colleague.client.id, manager.id, Basis.ADMINISTRATION)
    desk = await world.sign_in(manager)
    refused = await desk.post(
        f"/api/clients/{colleague.client.id}/greet", json={"template": "first-hello"}
    )
    assert (refused.status_code, refused.json()["error"]) == (403, "not_handler")


async def test_what_has_passed_is_not_announced(house: House) -> None:
    service = Service(house.world, engine(house.world))
    advisor = await service.advisor()
    await service.ask(await service.client())
    (offer,) = await service.offers(advisor)
    await service.accept(advisor)
    async with house.world.tx() as tx:
        await api.offer_made(tx, UUID(offer["id"]), advisor.id)
        await api.slot_booked(tx, uuid4())
        await api.wake_up(tx, uuid4())
        await api.connections_ended(tx, {uuid4(): None})
    house.receiver.calls.clear()
    await house.settle(10)
    assert [one for one in house.bodies() if one["reason"] != "message"] == []


async def test_somebody_who_was_suspended_meanwhile_is_not_told(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.her)
    await house.settle()
    async with house.world.tx() as tx:
        await tx.execute("UPDATE person SET status = 'suspended' WHERE id = $1", talk.advisor.id)
    await house.settle(10)
    assert house.receiver.calls == []


async def test_whoever_has_answered_has_seen(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.her)
    await house.settle(2)
    await talk.say(talk.him)
    await arrived(talk)
    await house.settle(10)
    assert house.receiver.calls == []
    assert await house.log() == []


async def test_without_own_advisor_only_the_client_is_reminded(house: House) -> None:
    world = house.world
    service = Service(world, engine(world))
    await world.advisor()
    world.clock.move(timedelta(hours=13))
    client = await service.client()
    asked = await service.ask(client)
    (slot, *_) = (await client.http.get("/api/client/slots")).json()["items"]
    await client.http.post(
        f"/api/client/requests/{asked['id']}/slot", json={"starts_at": slot["starts_at"]}
    )
    await house.settle()
    await house.settle((slot["starts_at"] - clocks.now_ms()) / 1000 - 30)
    assert [one["to"]["kind"] for one in house.bodies() if one["reason"] == "slot"] == ["client"]


async def test_those_who_answer_for_the_record_are_alarmed_when_it_fails(house: House) -> None:
    """REC-09: the alarm leaves the house, once, to those on call alone."""
    world = house.world
    talk = await begin(world)
    on_call = [await world.operator(), await world.supervisor(), await world.administrator()]
    desk = await world.sign_in(on_call[0])
    await subscribe(desk)
    await talk.say(talk.him, "您好")
    for seconds in (601, 30, 30, 30):
        async with world.tx() as tx:
            await custody.watch(tx)
        await house.settle(seconds)
    alarms = [one for one in house.bodies() if one["reason"] == "capture"]
    assert sorted(one["to"]["ref"] for one in alarms) == sorted(
        one.employee_no or "" for one in on_call
    )
    pushed = [json.loads(one)["reason"] for _, one in house.push.sent]
    assert pushed == ["capture"]
    log = [one for one in await house.log() if one["reason"] == "capture"]
    assert {one["state"] for one in log} == {"sent"}


async def test_what_waits_too_long_is_told_to_those_whom_it_may_reach(house: House) -> None:
    """SUP-01, COMM-08: the subject of an item, and whom a ticket concerns, hear nothing."""
    world = house.world
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    talk = await begin(world, both)
    office = await world.supervisor()
    await talk.say(talk.him, "这款产品保本保收益，稳赚不赔")
    await talk.say(talk.her, "你们的客户经理让我把钱转到他的私人账户，我觉得被骗了")
    await house.settle()
    world.clock.move(timedelta(days=7))
    async with world.tx() as tx:
        await review.timing.alert_overdue(tx)
    for _ in range(2):
        await house.settle(30)
    late = [one for one in house.bodies() if one["reason"] == "review"]
    assert {one["to"]["ref"] for one in late} == {office.employee_no}


async def test_a_client_is_not_woken_by_whom_she_has_muted(house: House) -> None:
    talk = await begin(house.world)
    await subscribe(talk.client.http)
    async with house.world.tx() as tx:
        await connections.lay_bar(tx, talk.her, talk.advisor.id, Bar.MUTE)
    await talk.say(talk.her, "在吗")
    await talk.say(talk.him, "在的")
    await house.settle(10)
    assert (house.bodies(), house.push.sent) == ([], [])


async def test_what_passed_its_deadline_unjudged_is_told_once_a_day_until_somebody_judges_it(
    house: House,
) -> None:
    """SUP-01: nobody waits for a held message that was refused by itself, so somebody has to be told of it."""
    world = house.world
    await world.app.state.runner.prepare()
    office = await world.supervisor()
    talk = await begin(world, await world.advisor("李明"))

    async def told() -> int:
        await house.settle(30)
        await house.settle(30)
        return len([one for one in house.bodies() if one["reason"] == "review"])

    await talk.say(talk.him, "这只股票下周必涨")
    assert await told() == 0, "it has time"
    world.clock.move(timedelta(minutes=121))
    assert await told() == 1, "its deadline has passed"
    world.clock.move(timedelta(hours=20))
    assert await told() == 1
    world.clock.move(timedelta(hours=4))
    assert await told() == 2, "a day later it still stands there"
    settings = world.settings.model_copy(update={"review_over_hours": 0})
    review.install(settings)
    world.clock.move(timedelta(days=2))
    assert await told() == 2, "once is enough here"
    review.install(world.settings)
    browser = await world.sign_in(office)
    (item,) = (await browser.get("/api/review/items", params={"state": "over"})).json()["items"]
    assert not item["overdue"], "it waits for nobody"
    url = f"/api/review/items/{item['id']}"
    assert (await browser.get(url)).status_code == 200
    done = await browser.post(f"{url}/verdict", json={"grade": "minor", "note": "已补充依据"})
    assert done.status_code == 200, done.text
    world.clock.move(timedelta(days=2))
    assert await told() == 2
