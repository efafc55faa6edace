"""An advisor leaves in the middle of a conversation: he is out within two seconds, and his client is not alone."""

import time
from uuid import UUID, uuid4

import pytest

from tests.journeys.conftest import Story
from tests.pace import within
from visavis.archive import api as archive
from visavis.sdk.errors import WireError

WITHIN_S = 2.0
PATIENCE_S = 60.0


async def test_the_leaver_is_dissolved(story: Story) -> None:
    world, service = story.world, story.service
    leaver = await service.advisor("李明")
    await story.book(("C1001", "王芳", leaver), ("C1002", "孙丽", leaver))
    her = await story.arrives("C1001", "王芳")
    asked = await service.ask(her)
    conversation = asked["conversation"]
    assert (await service.accept(leaver)).status_code == 200
    her_live, his_live = await story.wire.live(her), await story.wire.live(leaver)
    await his_live.send(conversation, "您好，我是李明。")
    await her_live.send(conversation, "基金赎回几天到账？")
    await his_live.until(lambda: "赎回" in str(his_live.streams.of(conversation).entries[-1:]))
    await story.settle()
    offline = await story.wire.http(leaver)  # his second device, asleep in a drawer
    heir = await service.advisor("陈静")
    story.hook.calls.clear()

    began = time.monotonic()
    left = await story.boss.post(f"/api/staff/{leaver.id}/leave", json={"reason": "离职"})
    assert (left.status_code, left.json()["dissolved"]) == (200, 2)
    await his_live.until(lambda: his_live.ended is not None, PATIENCE_S)
    assert time.monotonic() - began < within(WITHIN_S)

    # Neither device can send, read or list anything, and nothing that was queued on the second one gets in.
    replay = {"client_key": str(uuid4()), "stream": "shared", "body": {"text": "加我微信"}}
    for method, path, body in (
        ("POST", f"/api/conversations/{conversation}/entries", replay),
        ("GET", f"/api/conversations/{conversation}/entries", None),
        ("GET", "/api/conversations", None),
        ("GET", "/api/clients", None),
        ("GET", "/api/offers", None),
        ("GET", "/api/me", None),
        ("POST", "/api/socket-ticket", {}),
    ):
        with pytest.raises(WireError) as refused:
            await offline.call(method, path, body)
        assert refused.value.status == 401, path

    # She is told, keeps everything, and her request is on its way to the successor without her doing anything.
    await story.settle()
    await her_live.until(
        lambda: "left" in str(her_live.streams.of(conversation).entries[-3:]), PATIENCE_S
    )
    texts = [one["body"].get("text") for one in await story.entries(her.http, conversation)]
    assert "您好，我是李明。" in texts
    assert "基金赎回几天到账？" in texts
    home = (await her.http.get("/api/client/home")).json()
    assert (home["advisor"]["name"], home["successor_of"]["name"]) == ("陈静", "李明")
    (offer,) = await service.offers(heir)
    assert offer["request"] == asked["id"]
    assert offer["own_client"] is True
    accepted = await service.accept(heir)
    assert accepted.json()["conversation"] == conversation
    heir_live = await story.wire.live(heir)
    await heir_live.send(conversation, "您好，我是陈静，接手为您服务。货币基金一般次日到账。")
    await her_live.until(
        lambda: "接手" in str(her_live.streams.of(conversation).entries[-1:]), PATIENCE_S
    )
    await story.settle()

    # The other client, whom nobody had met, has a successor too; the public page tells that he is gone.
    rows = (await (await world.sign_in(heir)).get("/api/clients")).json()["items"]
    assert {one["client"]["name"]: one["state"] for one in rows} == {
        "王芳": "active", "孙丽": "proposed",
    }  # fmt: skip
    verify = (await world.http().get(f"/api/public/verify/{leaver.code}")).json()
    assert verify["status"] != "valid"

    # Nothing reaches him any more, and the end of the connection is on record with actor and reason.
    await story.settle(120)
    assert not [one for one in story.hook.calls if (leaver.employee_no or "-") in one[1].decode()]
    ended = (
        await story.boss.get(
            "/api/connections", params={"client": str(her.id), "state": "dissolved"}
        )
    ).json()["items"]
    assert [(one["reason"], one["staff"]["name"]) for one in ended] == [("staff_left", "李明")]
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(ended[0]["id"]))
    assert [one.kind for one in chain][-1] == "connection.dissolved"
