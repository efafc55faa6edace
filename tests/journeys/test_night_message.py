"""A question at night is not lost: it is left, announced, offered in the morning, and answered."""

import json
from datetime import timedelta

from tests.channels.test_webpush import AUTH, P256DH
from tests.journeys.conftest import Story

TO_ELEVEN_AT_NIGHT = timedelta(hours=13)
TO_NINE_IN_THE_MORNING = timedelta(hours=10)


async def test_the_night_message_is_answered_in_the_morning(story: Story) -> None:
    world, service = story.world, story.service
    manager = await world.advisor("李明")
    await story.book(("C1001", "王芳", manager))
    phone = await world.sign_in(manager)
    subscribed = await phone.post(
        "/api/push/subscriptions",
        json={
            "endpoint": "https://push.example.com/li-ming",
            "keys": {"p256dh": P256DH, "auth": AUTH},
        },
    )
    assert subscribed.status_code == 201

    world.clock.move(TO_ELEVEN_AT_NIGHT)
    her = await story.arrives("C1001", "王芳")
    home = (await her.http.get("/api/client/home")).json()
    assert home["hours"]["open"] is False
    assert home["hours"]["opens_at"] is not None
    assert home["hours"]["slots"]
    asked = await service.ask(her)
    conversation = asked["conversation"]
    live = await story.wire.live(her)
    await live.send(conversation, "今天的申购为什么没有成交？")
    left = await her.http.post(
        f"/api/client/requests/{asked['id']}/choice", json={"choice": "message"}
    )
    assert left.json()["state"] == "message_left"
    await live.stop()
    await story.settle()
    # His own greeting would wait till morning; hers to him waits without waking anybody.
    desk = await world.sign_in(manager)
    greeting = await desk.post(f"/api/clients/{her.id}/greet", json={"template": "first-hello"})
    assert (greeting.status_code, greeting.json()["queued"]["reason"]) == (202, "quiet_hours")
    queued = f"/api/greetings/queued/{greeting.json()['queued']['id']}"
    assert (await desk.delete(queued)).status_code == 204

    world.clock.move(TO_NINE_IN_THE_MORNING)
    await story.settle()
    await service.here(manager)
    await service.settle()
    (offer,) = await service.offers(manager)
    assert offer["request"] == asked["id"]
    assert offer["own_client"] is True
    # He does not look at once: his phone buzzes, and says nothing of what she asked.
    await story.settle(6)
    ((_, pushed),) = story.push.sent
    assert json.loads(pushed)["reason"] == "offer"
    assert "申购" not in pushed.decode()
    accepted = await service.accept(manager)
    assert accepted.json()["conversation"] == conversation
    desk = await world.sign_in(manager)
    words = [one["body"].get("text", "") for one in await story.entries(desk, conversation)]
    assert "今天的申购为什么没有成交？" in words
    his = await story.wire.live(manager)
    await his.send(conversation, "您好，昨天的申购在收市后提交，按今天处理。")
    await story.settle()

    # She is away: her broker's app is told that somebody answered, by name, and not what.
    story.hook.calls.clear()
    await story.settle(6)
    told = [json.loads(body) for _, body in story.hook.calls]
    assert [(one["reason"], one["to"]["ref"], one["from"]["name"]) for one in told] == [
        ("message", "C1001", "李明"),
    ]
    assert "申购" not in str(story.hook.calls[0][1].decode())
    again = await world.client("C1001", name="王芳")
    texts = [one["body"].get("text", "") for one in await story.entries(again.http, conversation)]
    assert texts[-1].startswith("您好，昨天的申购")
    home = (await again.http.get("/api/client/home")).json()
    assert home["connection"]["state"] == "active"
