"""Dispatch on real sockets, with the dispatcher running as the process that it is in life."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.conversations.conftest import Wire
from tests.dispatch.service import Service
from visavis.dispatch.types import Status
from visavis.kernel import clock


class Page:
    """A greeted page that keeps every frame it gets."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    async def frame(self, name: str) -> dict[str, Any]:
        """The next frame of this name; others on the way are passed over."""
        async with asyncio.timeout(60):
            while True:
                found = json.loads(await self.line.recv())
                if found["t"] == name:
                    return dict(found)

    async def send(self, **frame: Any) -> None:
        await self.line.send(json.dumps(frame))


async def page(wire: Wire, person: Any) -> Page:
    http = await wire.http(person)
    ticket = (await http.post("/api/socket-ticket"))["ticket"]
    url = wire.url.replace("http", "ws", 1) + f"/ws?ticket={ticket}"
    one = Page(await connect(url, proxy=None, ping_interval=None))
    await one.send(t="hello", protocol=1, device="phone")
    await one.frame("welcome")
    return one


@pytest.fixture
async def running(service: Service) -> AsyncIterator[Service]:
    """The service with its dispatcher running: hints alone drive it, for the clock stands still."""
    task = asyncio.create_task(service.engine.run())
    yield service
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_offer_arrives_is_accepted_and_the_loser_is_told(
    wire: Wire, running: Service
) -> None:
    fast, slow = await running.world.advisor("王芳"), await running.world.advisor()
    desk, other = await page(wire, fast), await page(wire, slow)
    for one in (desk, other):
        await one.send(t="presence", status="online", capacity=2)
        assert (await one.frame("presence"))["capacity"] == 2
    client = await running.client()
    widget = await page(wire, client)
    conversation = await running.talk(client)

    asked = (
        await client.http.post("/api/client/requests", json={"conversation": str(conversation)})
    ).json()

    offer = (await desk.frame("offer"))["offer"]
    assert offer["request"] == asked["id"]
    assert offer["of"] == 2
    mine = (await other.frame("offer"))["offer"]
    while (seen := (await widget.frame("request"))["request"])["state"] != "offered":
        assert seen["state"] == "waiting"
    answer = await (await running.browser(fast)).post(f"/api/offers/{offer['id']}/accept")
    assert answer.json()["conversation"] == str(conversation)

    gone = await other.frame("offer_gone")
    assert (gone["offer"], gone["state"], gone["by"]) == (mine["id"], "taken", "王芳")
    while (seen := (await widget.frame("request"))["request"])["state"] != "accepted":
        assert seen["state"] == "offered"
    assert seen["advisor"]["name"] == "王芳"
    while (await desk.frame("presence"))["used"] != 1:
        pass


async def test_the_pool_is_told_when_it_changes(wire: Wire, running: Service) -> None:
    resting = await running.world.advisor()
    desk = await page(wire, resting)
    client = await running.client()
    widget = await page(wire, client)
    conversation = await running.talk(client)
    await client.http.post("/api/client/requests", json={"conversation": str(conversation)})
    while (await widget.frame("request"))["request"]["state"] != "pooled":
        pass

    await running.here(resting, Status.ONLINE)

    assert (await desk.frame("pool"))["count"] == 1
    assert (await desk.frame("offer"))["offer"]["pooled"] is False
    (pooled,) = await running.pool(resting)
    assert pooled["pooled"] is True
    await running.world.clock.advance(2)
    won = await running.grab(resting, {"id": pooled["request"]})
    assert won.status_code == 200
    assert (await desk.frame("pool"))["count"] == 0


async def test_the_line_and_the_advisors_presence_reach_the_client(
    wire: Wire, running: Service
) -> None:
    advisor = await running.world.advisor()
    first, second = await running.client(), await running.client()
    asked = []
    for client in (first, second):
        body = {"conversation": str(await running.talk(client))}
        asked.append((await client.http.post("/api/client/requests", json=body)).json())
    widget = await page(wire, second)
    cancel = f"/api/client/requests/{asked[0]['id']}/choice"
    assert (await second.http.get(f"/api/client/requests/{asked[1]['id']}")).json()["position"] == 2
    await first.http.post(cancel, json={"choice": "cancel"})
    while (await widget.frame("request"))["request"]["position"] != 1:
        pass

    desk = await page(wire, advisor)
    await desk.send(t="presence", status="online", capacity=2)
    offer = (await desk.frame("offer"))["offer"]
    await (await running.browser(advisor)).post(f"/api/offers/{offer['id']}/accept")
    await desk.send(t="presence", status="break")
    seen = await widget.frame("presence")
    assert (seen["person"], seen["status"], seen["used"]) == (str(advisor.id), "break", 0)


async def test_a_stopped_dispatcher_gives_the_lead_away_at_once(service: Service) -> None:
    task = asyncio.create_task(service.engine.run())
    async with asyncio.timeout(60):
        while True:
            async with service.world.tx() as tx:
                if await tx.fetchval("SELECT holder FROM lease WHERE name = 'dispatch'"):
                    break
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with service.world.tx() as tx:
        until = await tx.fetchval("SELECT until FROM lease WHERE name = 'dispatch'")
    assert until <= clock.now()
