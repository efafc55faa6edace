"""Corners of the gateway that a well-behaved page never meets: a store that fails, hints that change rights."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.identity import api as identity
from visavis.kernel.auth import Actor
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import Malformed, Unavailable
from visavis.kernel.gateway import Gateway
from visavis.kernel.live import Hint
from visavis.kernel.sockets import Limits, Socket


class Page:
    """A page without a network: gives frames to the gateway and reads what is queued for it."""

    def __init__(self, gateway: Gateway, socket: Socket) -> None:
        self.gateway = gateway
        self.socket = socket
        self.news = asyncio.Event()
        socket.attach(self.news.set, lambda: None)

    async def hear(self, kind: str) -> dict[str, object]:
        async with asyncio.timeout(60):
            while True:
                for data in self.socket.take(1_000_000):
                    frame: dict[str, object] = json.loads(data)
                    if frame["t"] == kind:
                        return frame
                assert self.socket.closing is None, f"closed with {self.socket.closing}"
                self.news.clear()
                await self.news.wait()

    async def ends(self) -> int | None:
        async with asyncio.timeout(60):
            while self.socket.closing is None:
                self.news.clear()
                await self.news.wait()
        return self.socket.closing

    def say(self, **frame: object) -> None:
        self.gateway.frame(self.socket, json.dumps(frame).encode())


async def page_of(talk: Talk, actor: Actor) -> Page:
    gateway: Gateway = talk.world.app.state.gateway
    async with talk.world.tx() as tx:
        ticket = await identity.issue_ticket(tx, actor)
    socket = await gateway.open(ticket)
    assert isinstance(socket, Socket)
    page = Page(gateway, socket)
    page.say(t="hello", protocol=1, streams=[{"conversation": str(talk.id), "shared": 1}])
    await page.hear("welcome")
    return page


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[type[Exception]]:
    """While it holds an error, no transaction can be begun."""
    errors: list[type[Exception]] = []
    original = Database.transaction

    @asynccontextmanager
    async def begin_or_fail(self: Database, *, readonly: bool = False) -> AsyncIterator[Tx]:
        if errors:
            raise errors[0]
        async with original(self, readonly=readonly) as tx:
            yield tx

    monkeypatch.setattr(Database, "transaction", begin_or_fail)
    return errors


async def test_an_unreachable_store_refuses_and_loses_nothing(
    world: World, broken: list[type[Exception]]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    key = str(uuid4())
    message = {
        "t": "send",
        "client_key": key,
        "conversation": str(talk.id),
        "body": {"text": "在吗"},
    }
    broken.append(ConnectionRefusedError)
    page.say(**message)
    assert (await page.hear("refused"))["error"] == "unavailable"
    page.say(t="pull", conversation=str(talk.id), stream="shared", after=0)
    assert (await page.hear("error"))["error"] == "internal"
    world.database.live.publish(_hint(f"person.{talk.client.id}", "conversations", talk.id))
    assert (await page.hear("changed"))["id"] == str(talk.id)
    assert await page.gateway.open("any") == 1012
    broken.clear()
    page.say(**message)
    assert (await page.hear("ack"))["client_key"] == key


async def test_a_recheck_that_cannot_be_made_sends_the_page_away(
    world: World, broken: list[type[Exception]]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    broken.append(Unavailable)
    page.gateway.hearing.doubt(page.socket)
    assert await page.ends() == 1012


async def test_nothing_of_a_feed_goes_out_while_rights_are_in_doubt(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    page.socket.doubted = True
    await talk.say(talk.him, "您好")
    for _ in range(5):
        await asyncio.sleep(0)
    page.socket.push(b'{"t":"mark"}')
    assert await page.hear("mark")
    page.gateway.hearing.doubt(page.socket)
    entries = (await page.hear("entries"))["entries"]
    assert isinstance(entries, list)
    assert entries[0]["body"]["text"] == "您好"


async def test_the_last_doubt_decides(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    page.socket.doubted, page.socket.doubts = True, 7
    await page.gateway.hearing._recheck(page.socket, 6)
    assert page.socket.doubted
    await page.gateway.hearing._recheck(page.socket, 7)
    assert not page.socket.doubted
    await page.gateway.hearing._recheck(page.socket, 6)
    assert not page.socket.doubted  # an old answer that comes late silences nobody


async def test_sessions_are_looked_at_again_from_time_to_time(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    watching = asyncio.create_task(page.gateway.run())
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE login_session SET revoked_at = now() WHERE person_id = $1", talk.client.id
        )
    for _ in range(30):
        page.say(t="ping")
        await world.clock.advance(5)
    assert await page.ends() == 4401
    watching.cancel()


async def test_many_are_looked_at_one_after_the_other(world: World) -> None:
    talk = await begin(world)
    here, left = await page_of(talk, talk.her), await page_of(talk, talk.him)
    left.socket.close(1012)
    here.gateway.hearing.look_again([])
    here.gateway.hearing.look_again([left.socket, here.socket])
    here.gateway.hearing.look_again([here.socket])
    while here.socket.doubts < 2 or here.socket.doubted:
        await asyncio.sleep(0)
    assert left.socket.doubts == 0


async def test_an_actor_without_roles_is_turned_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.him)

    async def stripped(tx: Tx, session_id: UUID) -> Actor:
        return Actor(talk.advisor.id, frozenset(), session_id=session_id)

    monkeypatch.setattr(identity, "actor_of_session", stripped)
    page.gateway.hearing.doubt(page.socket)
    assert await page.ends() == 4403


async def test_a_frame_of_the_root_is_presented_or_left_out(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    frames = page.gateway.hearing._frames

    async def shown(tx: Tx, actor: Actor, payload: object) -> dict[str, object]:
        return {"for": actor.name}

    async def hidden(tx: Tx, actor: Actor, payload: object) -> None:
        return None

    async def refused(tx: Tx, actor: Actor, payload: object) -> None:
        raise Malformed

    page.gateway.hearing._frames = {**frames, "shown": shown, "hidden": hidden, "refused": refused}
    for name in ("hidden", "refused", "unknown", "shown"):
        world.database.live.publish(_frame(f"person.{talk.client.id}", name))
    assert (await page.hear("shown"))["for"] == talk.her.name


async def test_a_queue_drops_hints_first(world: World) -> None:
    socket = Socket((await begin(world)).her, Limits(frames=4))
    assert socket.push(b"1", hint=True)
    assert socket.push(b"2", hint=True)
    assert not socket.push(b"hint", hint=True)
    assert socket.push(b"3")
    assert socket.take(2) == [b"1", b"2"]
    assert not socket.empty
    assert socket.take(100) == [b"3"]
    socket.close(1012)
    assert not socket.push(b"late")
    assert socket.empty


async def test_a_page_with_much_in_flight_is_read_no_further(world: World) -> None:
    socket = Socket((await begin(world)).her, Limits(in_flight=2))
    again: list[bool] = []
    socket.attach(lambda: None, lambda: again.append(True))
    socket.began()
    assert not socket.full
    socket.began()
    assert socket.full
    idle = asyncio.create_task(socket.idle())
    await asyncio.sleep(0)
    socket.ended()
    assert again
    assert not socket.full
    assert not idle.done()
    socket.ended()
    async with asyncio.timeout(60):
        await idle
    socket.began()
    stuck = asyncio.create_task(socket.idle())
    await asyncio.sleep(0)
    socket.close(1012)
    async with asyncio.timeout(60):
        await stuck


async def test_a_giant_frame_is_refused_by_the_gateway_itself(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    page.gateway.frame(page.socket, b"x" * 65_537)
    assert page.socket.closing == 1009
    page.gateway.gone(page.socket)
    page.gateway.gone(page.socket)
    assert talk.client.id not in page.gateway.sockets


def _hint(topic: str, what: str, which: UUID) -> Hint:
    return Hint(topic, {"frame": "changed", "what": what, "id": str(which)})


def _frame(topic: str, name: str) -> Hint:
    return Hint(topic, {"frame": name})


@pytest.mark.parametrize("error", [Unavailable, RuntimeError])
async def test_a_page_that_cannot_be_greeted_is_sent_away(
    world: World, broken: list[type[Exception]], error: type[Exception]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    page.socket.greeted = False
    broken.append(error)
    page.say(t="hello", protocol=1)
    assert await page.ends() == 1012
