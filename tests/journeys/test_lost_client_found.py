"""A client whom his manager never met finds him, is greeted, answers, and can check who it is."""

import json

from tests.journeys.conftest import Story


async def test_the_lost_client_is_found(story: Story) -> None:
    world = story.world
    manager = await world.advisor("李明")
    colleague = await world.advisor("赵强")
    await story.book(("C1001", "王芳", manager), ("C1002", "孙丽", manager))

    # The client opens the page for the first time and sees at once who is there for her.
    her = await story.arrives("C1001", "王芳")
    home = (await her.http.get("/api/client/home")).json()
    assert (home["advisor"]["name"], home["advisor"]["code"]) == ("李明", manager.code)
    assert home["connection"]["state"] == "proposed"
    assert home["advisor"]["usual_reply_s"] is None
    code = await world.http().get(f"/api/public/verify/{manager.code}")
    assert (code.json()["found"], code.json()["status"], code.json()["name"]) == (
        True, "valid", "李明",
    )  # fmt: skip

    # The manager sees whom he never met; nobody else does.
    desk = await world.sign_in(manager)
    never = (await desk.get("/api/clients", params={"met": "never"})).json()["items"]
    assert {one["client"]["name"] for one in never} == {"王芳", "孙丽"}
    assert (await (await world.sign_in(colleague)).get("/api/clients")).json()["items"] == []

    # One tap: an approved greeting. She is not looking, so the broker's app is told, without a word of it.
    sent = await desk.post(f"/api/clients/{her.id}/greet", json={"template": "first-hello"})
    assert sent.status_code == 201, sent.text
    conversation = sent.json()["conversation"]
    await story.settle()
    await story.settle(5)
    ((_, body),) = story.hook.calls
    assert json.loads(body)["to"]["ref"] == "C1001"
    assert "您好" not in body.decode()

    # She comes back, reads, and answers over a real socket; he receives it on his.
    live, his = await story.wire.live(her), await story.wire.live(manager)
    await live.pull(conversation)
    await live.until(lambda: live.streams.of(conversation).high >= 2)
    await live.send(conversation, "原来我有客户经理。融资融券怎么开通？")
    await his.until(lambda: "融资融券" in str(his.streams.of(conversation).entries[-1:]))
    await story.settle()

    # Connected by the firm, on record, and verifiable in the header.
    header = (await her.http.get(f"/api/conversations/{conversation}")).json()
    assert header["connection"]["state"] == "active"
    shown = json.dumps(header, ensure_ascii=False)
    assert "李明" in shown
    assert (manager.code or "-") in shown
    (mine,) = [
        one
        for one in (await desk.get("/api/clients")).json()["items"]
        if one["client"]["id"] == str(her.id)
    ]
    assert (mine["state"], mine["basis"], mine["contacts"]) == ("active", "first_contact", 2)
    left = (await desk.get("/api/clients", params={"met": "never"})).json()["items"]
    assert [one["client"]["name"] for one in left] == ["孙丽"]
    kinds = [one["kind"] for one in await story.entries(her.http, conversation)]
    assert kinds == ["system", "message", "message"]
