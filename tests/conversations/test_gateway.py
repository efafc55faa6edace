"""Corners of the gateway that a well-behaved page never meets: a store that fails, hints that change rights."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.conversations.api import reading
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


async def page_of(talk: Talk, actor: Actor, *, holds: bool = True) -> Page:
    gateway: Gateway = talk.world.app.state.gateway
    async with talk.world.tx() as tx:
        ticket = await identity.issue_ticket(tx, actor)
    socket = await gateway.open(ticket)
    assert isinstance(socket, Socket)
    page = Page(gateway, socket)
    streams = [{"conversation": str(talk.id), "shared": 1}] if holds else []
    page.say(t="hello", protocol=1, streams=streams)
    await page.hear("welcome")
    return page


async def later(world: World, page: Page, kind: str) -> dict[str, object]:
    """A frame that comes as the clock goes on."""
    hearing = asyncio.create_task(page.hear(kind))
    while not hearing.done():
        await asyncio.wait([hearing], timeout=0.02)
        await world.clock.advance(0.5)
    return hearing.result()


async def hears(page: Page, talk: Talk) -> None:
    """What is said now reaches the page."""
    said = await talk.say(talk.him, "还在吗")
    entries = (await page.hear("entries"))["entries"]
    assert isinstance(entries, list)
    assert [one["no"] for one in entries] == [said.no]


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
    assert await page.gateway.open("any") == 1012
    world.database.live.publish(_hint(f"person.{talk.client.id}", "conversations", talk.id))
    assert (await page.hear("changed"))["id"] == str(talk.id)
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
    await page.gateway.hearing._recheck([(page.socket, 6)])
    assert page.socket.doubted
    await page.gateway.hearing._recheck([(page.socket, 7)])
    assert not page.socket.doubted
    await page.gateway.hearing._recheck([(page.socket, 6)])
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

    async def stripped(tx: Tx, actors: Sequence[Actor]) -> list[Actor]:
        return [Actor(one.person_id, frozenset(), session_id=one.session_id) for one in actors]

    monkeypatch.setattr(identity, "again", stripped)
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


async def test_a_hello_that_is_not_understood_may_be_said_again(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    page.socket.greeted = False
    page.say(t="hello", protocol=1, streams=[{"conversation": "nobody's"}])
    assert (await page.hear("error"))["error"] == "malformed"
    page.say(t="hello", protocol=1)
    assert (await page.hear("welcome"))["protocol"] == 1


async def test_whoever_is_welcome_follows_already(
    world: World, broken: list[type[Exception]]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her, holds=False)
    # The store goes away with the welcome, and what the page asks for meanwhile is refused by its name.
    broken.append(Unavailable)
    page.say(t="pull", conversation=str(talk.id), stream="shared", after=0)
    refused = await page.hear("error")
    assert refused["error"] == "unavailable"
    assert (refused["conversation"], refused["stream"]) == (str(talk.id), "shared")
    broken.clear()
    await hears(page, talk)


async def test_a_refused_pull_takes_away_nothing_that_is_followed(
    world: World, broken: list[type[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her, holds=False)
    page.gateway.watching.leave(page.socket)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> None:
        asked.set()
        await answer.wait()
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(reading, "entries", slow)
        page.say(t="pull", conversation=str(talk.id), stream="shared", after=0)
        await asked.wait()
        page.gateway.hearing.follow(page.socket, talk.id)
        await page.hear("entries")
        answer.set()
        await page.hear("error")
    await hears(page, talk)


async def test_what_cannot_be_followed_ends_the_line(
    world: World, broken: list[type[Exception]]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her, holds=False)
    page.gateway.watching.leave(page.socket)
    broken.append(Unavailable)
    page.gateway.hearing.follow(page.socket, talk.id)
    assert await page.ends() == 1012
    page.gateway.gone(page.socket)
    page.gateway.hearing.follow(page.socket, talk.id)  # an answer that comes after he has left
    assert not page.socket.follows


async def test_entries_that_cannot_be_fetched_are_fetched_a_little_later(
    world: World, broken: list[type[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    feeds = page.gateway.watching._feeds
    failing = asyncio.Event()

    async def failed(*_: object) -> None:
        failing.set()
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(feeds, "page", failed)
        await talk.say(talk.him, "您好")
        await failing.wait()
    # Nothing more is said: nobody needs to speak for what was said before to arrive.
    entries = (await later(world, page, "entries"))["entries"]
    assert isinstance(entries, list)
    assert entries[0]["body"]["text"] == "您好"


async def test_a_look_at_the_rights_finds_what_the_bus_has_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    with monkeypatch.context() as patch:
        patch.setattr(world.database.live, "publish", lambda _: None)
        await talk.say(talk.him, "您好")
    watching = asyncio.create_task(page.gateway.run())
    await asyncio.sleep(0)
    for _ in range(30):  # the last hint of a quiet conversation: found within some two minutes
        page.say(t="ping")
        await world.clock.advance(5)
    entries = (await page.hear("entries"))["entries"]
    assert isinstance(entries, list)
    assert entries[0]["body"]["text"] == "您好"
    watching.cancel()


async def test_a_follow_that_never_began_is_begun_by_the_next_look(world: World) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her, holds=False)
    page.socket.follows[talk.id].sent.clear()
    page.gateway.hearing.doubt(page.socket)
    assert (await page.hear("entries"))["last"] == 1
    await hears(page, talk)


async def test_what_is_followed_during_a_look_stays_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her, holds=False)
    page.gateway.watching.leave(page.socket)
    asked, answer = asyncio.Event(), asyncio.Event()
    feeds = page.gateway.hearing._feeds
    original = feeds.numbers

    async def slow(tx: Tx, asks: Any) -> Any:
        asked.set()
        await answer.wait()
        return await original(tx, asks)

    monkeypatch.setattr(feeds, "numbers", slow)
    page.gateway.hearing.doubt(page.socket)
    await asked.wait()
    page.say(t="pull", conversation=str(talk.id), stream="shared", after=0)
    await page.hear("entries")
    answer.set()
    await hears(page, talk)


async def test_what_is_said_again_is_told_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    her, him = await page_of(talk, talk.her), await page_of(talk, talk.him)
    key = str(uuid4())
    message = {
        "t": "send", "client_key": key, "conversation": str(talk.id), "body": {"text": "在吗"},
    }  # fmt: skip
    with monkeypatch.context() as patch:  # committed, and the connection cut before anybody knew
        patch.setattr(world.database.live, "publish", lambda _: None)
        him.say(**message)
        await him.hear("ack")
    him.say(**message)
    await him.hear("ack")
    entries = (await her.hear("entries"))["entries"]
    assert isinstance(entries, list)
    assert [one["client_key"] for one in entries] == [key]


async def test_a_frame_that_cannot_be_presented_is_presented_a_little_later(
    world: World, broken: list[type[Exception]]
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    hearing = page.gateway.hearing
    tried = asyncio.Event()

    async def shown(tx: Tx, actor: Actor, payload: object) -> dict[str, object]:
        if not tried.is_set():
            tried.set()
            raise Unavailable
        return {"for": actor.name}

    hearing._frames = {**hearing._frames, "shown": shown}
    world.database.live.publish(_frame(f"person.{talk.client.id}", "shown"))
    await tried.wait()
    assert (await later(world, page, "shown"))["for"] == talk.her.name


async def test_a_hint_ahead_of_the_store_is_forgotten_and_a_newer_one_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    page = await page_of(talk, talk.her)
    watching, topic = page.gateway.watching, f"conversation.{talk.id}"
    feeds = watching._feeds
    original, asked, answer = feeds.page, asyncio.Event(), asyncio.Event()

    async def slow(tx: Tx, actor: Actor, *which: Any) -> Any:
        found = await original(tx, actor, *which)
        asked.set()
        await answer.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(feeds, "page", slow)
        world.database.live.publish(Hint(topic, {"shared": 2}))
        await asked.wait()
        said = await talk.say(talk.him, "您好")
        answer.set()
        entries = (await page.hear("entries"))["entries"]
        assert isinstance(entries, list)
        assert [one["no"] for one in entries] == [said.no] == [2]
        world.database.live.publish(Hint(topic, {"shared": 3}))
        for _ in range(4):
            await asyncio.sleep(0)
    while watching._tasks:
        await asyncio.wait(watching._tasks)
    assert watching._watches[talk.id].latest["shared"] == 2
