"""The only advisor who may answer drops the request: those on call are told, and it comes back to her by itself."""

import json

from tests.channels.test_webpush import AUTH, P256DH
from tests.dispatch.service import MARGIN_PAGE
from tests.dispatch.test_ladder import ADVISING
from tests.journeys.conftest import Story
from visavis.dispatch.types import State


async def test_the_request_comes_back_to_the_only_one_who_may_answer(story: Story) -> None:
    world, service = story.world, story.service
    only = await service.advisor("苏敏", licences=ADVISING)
    unlicensed = await service.advisor("郭安")
    phone = await world.sign_in(only)
    subscribed = await phone.post(
        "/api/push/subscriptions",
        json={
            "endpoint": "https://push.example.com/su-min",
            "keys": {"p256dh": P256DH, "auth": AUTH},
        },
    )
    assert subscribed.status_code == 201
    her = await service.client()
    asked = await service.ask(her, context=MARGIN_PAGE)
    accepted = await service.accept(only)
    assert accepted.status_code == 200

    # She says nothing for a minute and a half: the request is taken from her, and nobody else may have it.
    await service.after(91, only, unlicensed, her)
    assert only.id in (await service.state(asked)).excluded
    assert await service.offers(only) == []
    story.push.sent.clear()
    await service.after(1, only, unlicensed, her)
    await story.settle(6)
    card = (await her.http.get(f"/api/client/requests/{asked['id']}")).json()
    assert (card["state"], card["stranded"], card["slots"]) == ("pooled", True, True)
    assert card["choices"] == ["message", "cancel"]
    told = [json.loads(body) for _, body in story.push.sent]
    assert [(one["reason"], one["object"]) for one in told] == [("duty", asked["id"])]
    assert "融资" not in story.push.sent[0][1].decode()

    # Her pause is over: she is asked again, answers this time, and nobody unlicensed was ever asked.
    await service.after(180, only, unlicensed, her)
    (offer,) = await service.offers(only)
    assert offer["request"] == asked["id"]
    await service.accept(only)
    await service.say(only, asked, "您好，让您久等了。")
    assert (await service.state(asked)).state is State.ANSWERED
    assert set(await service.offered_to(asked)) == {only.id}
