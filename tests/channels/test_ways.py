"""The ways out: the signed webhook and the pushes, tried again, forgotten, or absent; and who takes them."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.channels.house import ENDPOINT, SECRET, House, subscribe
from tests.channels.receiver import receiving
from tests.channels.test_webpush import AUTH, P256DH
from tests.conversations.talk import begin
from tests.dispatch.service import Service, engine
from tests.world import World, made
from visavis.channels.courier import run
from visavis.channels.types import Attempt, Fate
from visavis.channels.webhook import HttpHook, NullHook
from visavis.dispatch import api as dispatch
from visavis.kernel import clock as clocks
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings, WrongSettings
from visavis.kernel.signing import signature, verify


async def test_the_webhook_is_tried_again_and_its_id_stays(house: House) -> None:
    talk = await begin(house.world)
    house.receiver.answers = [(500, {}), (503, {"Retry-After": "60"}), (404, {})]
    await talk.say(talk.him)
    await house.settle()
    await house.settle(5)
    assert len(house.receiver.calls) == 1
    await house.settle(4)
    assert len(house.receiver.calls) == 1
    await house.settle(1)
    assert len(house.receiver.calls) == 2
    await house.settle(59)
    assert len(house.receiver.calls) == 2
    await house.settle(1)
    assert len(house.receiver.calls) == 3
    (queued,) = await house.log(state="queued")
    assert (queued["attempts"], queued["detail"]) == (3, "HTTP 404")
    await house.settle(20)
    assert len(house.receiver.calls) == 4
    ids = {call.headers["visavis-notice"] for call in house.receiver.calls}
    stamps = [call.headers["visavis-timestamp"] for call in house.receiver.calls]
    assert len(ids) == 1
    assert len(set(stamps)) == 4
    now = clocks.now_ms() // 1000
    assert all(
        verify(SECRET, call.headers, call.body, int(call.headers["visavis-timestamp"]))
        for call in house.receiver.calls
    )
    assert verify(SECRET, house.receiver.calls[-1].headers, house.receiver.calls[-1].body, now)
    (sent,) = await house.log()
    assert (sent["state"], sent["attempts"], sent["detail"]) == ("sent", 4, "HTTP 204")


async def test_a_webhook_that_never_answers_well_ends_as_failed(house: House) -> None:
    talk = await begin(house.world)
    house.receiver.answers = [(500, {})] * 20
    await talk.say(talk.him)
    await house.settle()
    for _ in range(12):
        await house.settle(700)
    (failed,) = await house.log()
    assert (failed["state"], failed["attempts"], failed["detail"]) == ("failed", 8, "HTTP 500")
    assert len(house.receiver.calls) == 8


def test_a_changed_old_or_foreign_call_is_not_ours() -> None:
    body, now = b'{"a":1}', 1_800_000_000
    headers = {
        "Visavis-Timestamp": str(now),
        "Visavis-Signature": signature(SECRET, str(now), body),
    }
    assert verify(SECRET, headers, body, now)
    assert verify(SECRET, {key.lower(): one for key, one in headers.items()}, body, now + 300)
    assert not verify(SECRET, headers, body + b" ", now)
    assert not verify("another secret", headers, body, now)
    assert not verify(SECRET, headers, body, now + 301)
    assert not verify(SECRET, headers, body, now - 301)
    assert not verify(SECRET, headers | {"Visavis-Timestamp": str(now + 1)}, body, now)
    assert not verify(SECRET, headers | {"Visavis-Timestamp": "x"}, body, now)
    assert not verify(SECRET, {}, body, now)
    assert not verify(SECRET, headers | {"Visavis-Signature": "v1=é"}, body, now)


async def test_a_webhook_without_a_proper_secret_stops_the_start(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    wrong = settings.model_copy(update={"webhook_url": "https://x.example", "webhook_secret": "a"})
    with pytest.raises(WrongSettings, match="VISAVIS_WEBHOOK_SECRET"):
        async with made(database, clock, wrong):
            raise AssertionError("started")


async def test_a_gone_subscription_is_forgotten(house: House) -> None:
    talk = await begin(house.world)
    await subscribe(talk.client.http)
    house.push.answers = [Attempt(Fate.GONE, "HTTP 410")]
    await talk.say(talk.him)
    await house.settle()
    await house.settle(5)
    log = await house.log()
    assert ("web_push", "failed", "HTTP 410") in {
        (one["channel"], one["state"], one["detail"]) for one in log
    }
    await house.settle(120)
    await talk.say(talk.him)
    await house.settle()
    await house.settle(120)
    assert len(house.push.sent) == 1


async def test_a_browser_belongs_to_whoever_subscribed_last(house: House) -> None:
    talk, other = await begin(house.world), await begin(house.world)
    await subscribe(talk.client.http)
    mine = await subscribe(other.client.http)
    await talk.say(talk.him)
    await house.settle()
    await house.settle(5)
    assert house.push.sent == []
    gone = await talk.client.http.delete(f"/api/push/subscriptions/{mine}")
    assert gone.status_code == 404
    assert (await other.client.http.delete(f"/api/push/subscriptions/{mine}")).status_code == 204
    await other.say(other.him)
    await house.settle()
    await house.settle(5)
    assert house.push.sent == []


async def test_an_endpoint_in_the_firms_network_is_refused(house: House) -> None:
    client = await house.world.client()
    answer = await client.http.post(
        "/api/push/subscriptions",
        json={"endpoint": "https://10.0.0.5/x", "keys": {"p256dh": P256DH, "auth": AUTH}},
    )
    assert (answer.status_code, answer.json()["error"]) == (422, "unfit_push_endpoint")
    visitor = await house.world.visitor()
    answer = await visitor.post(
        "/api/push/subscriptions",
        json={"endpoint": ENDPOINT, "keys": {"p256dh": P256DH, "auth": AUTH}},
    )
    assert answer.status_code == 403
    assert len((await visitor.get("/api/push/key")).json()["key"]) == 87


async def test_without_push_nobody_subscribes(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    async with made(database, clock, settings.model_copy(update={"push": "off"})) as world:
        client = await world.client()
        answer = await client.http.get("/api/push/key")
        assert (answer.status_code, answer.json()["error"]) == (409, "push_is_off")


async def test_the_null_twins_remember(clock: FakeClock) -> None:
    hook = NullHook()
    assert (await hook.call("1", b"{}")).fate is Fate.SENT
    assert hook.calls == [("1", b"{}")]


async def test_the_courier_works_by_itself_and_is_woken(house: House) -> None:
    talk = await begin(house.world)
    await talk.say(talk.him)
    await house.world.settle()
    house.world.clock.move(timedelta(seconds=5))
    working = asyncio.create_task(run(house.world.database, house.world.settings))
    try:
        async with asyncio.timeout(60):
            await house.world.settle()
            await house.receiver.called.wait()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert len(house.receiver.calls) == 1


async def test_a_webhook_nobody_answers_is_tried_again(clock: FakeClock) -> None:
    async with receiving() as receiver:
        url = receiver.url
    async with httpx.AsyncClient() as http:
        attempt = await HttpHook(url, SECRET, http).call("1", b"{}")
    assert (attempt.fate, attempt.detail) == (Fate.AGAIN, "ConnectError")


async def test_without_any_way_out_nothing_is_wished(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.him)
    await world.settle()
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM wake") == 0
    await subscribe(talk.client.http)
    await talk.say(talk.her)
    await talk.say(talk.him)
    await world.settle()
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM wake") == 1


@pytest.mark.parametrize(("push", "channels"), [("on", ["web_push"]), ("off", [])])
async def test_only_the_ways_that_there_are_are_taken(
    database: Database, clock: FakeClock, settings: Settings, push: str, channels: list[str]
) -> None:
    async with made(database, clock, settings.model_copy(update={"push": push})) as world:
        service = Service(world, engine(world))
        advisor = await service.advisor()
        browser = await service.browser(advisor)
        if push == "on":
            await subscribe(browser)
        async with world.tx() as tx:
            await dispatch.set_pushable(tx, advisor.id, True)
        world.clock.move(timedelta(seconds=120))
        await service.ask(await service.client())
        operator = await world.sign_in(await world.operator())
        log = (await operator.get("/api/notices")).json()["items"]
        assert [one["channel"] for one in log] == channels


async def test_whoever_unsubscribed_meanwhile_is_not_pushed_to(house: House) -> None:
    talk = await begin(house.world)
    subscription = await subscribe(talk.client.http)
    await talk.say(talk.him)
    await house.world.settle()
    house.world.clock.move(timedelta(seconds=5))
    await house.world.settle()
    await talk.client.http.delete(f"/api/push/subscriptions/{subscription}")
    await house.settle()
    states = {one["channel"]: one["state"] for one in await house.log()}
    assert states == {"web_push": "skipped", "webhook": "sent"}
    assert house.push.sent == []
