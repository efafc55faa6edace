"""The bus, both of its kinds by the same tests; and the second look that makes up for what it loses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import msgspec
import pytest

from tests.conversations.talk import begin
from tests.kernel.conftest import NatsServer
from tests.world import World
from visavis import launch
from visavis.app import TRUTHS
from visavis.identity.types import PersonKind
from visavis.kernel import live_nats
from visavis.kernel.live import Hint, InProcess, Live
from visavis.kernel.live_nats import SUBJECT, Nats
from visavis.kernel.reconciling import Reconciler
from visavis.kernel.settings import Settings

Pair = tuple[Live, Live]


async def until(condition: Callable[[], bool], within_s: float = 30) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(within_s):
        while not condition():
            turn = loop.create_future()
            loop.call_later(0.01, turn.set_result, None)
            await turn


@pytest.fixture(params=["in process", "nats"])
async def buses(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """Where one part speaks and where another one listens: one bus, or two processes' ends of it."""
    if request.param == "in process":
        one = InProcess()
        yield one, one
        return
    url = request.getfixturevalue("nats_server").url
    async with (
        launch.bus(Settings(nats_url=url)) as here,
        launch.bus(Settings(nats_url=url)) as there,
    ):
        await until(lambda: here.connected and there.connected)
        yield here, there


async def test_a_hint_reaches_whoever_listens_and_nobody_else(buses: Pair) -> None:
    here, there = buses
    heard: list[Hint] = []
    cancel = there.subscribe("conversation.1", heard.append)
    there.subscribe("conversation.2", heard.append)
    assert set(there.topics()) == {"conversation.1", "conversation.2"}
    here.publish(Hint("conversation.1", {"shared": 7}))
    here.publish(Hint("conversation.3", {"shared": 1}))
    here.publish(Hint("conversation.2", {"id": "x", "of": [1, 2]}))
    await until(lambda: len(heard) == 2)
    assert heard == [
        Hint("conversation.1", {"shared": 7}),
        Hint("conversation.2", {"id": "x", "of": [1, 2]}),
    ]
    cancel()
    cancel()
    here.publish(Hint("conversation.1", {"shared": 8}))
    here.publish(Hint("conversation.2", {"last": True}))
    await until(lambda: len(heard) == 3)
    assert heard[2].payload == {"last": True}


async def test_the_own_process_hears_at_once_and_once(buses: Pair) -> None:
    here, there = buses
    heard: list[Hint] = []
    echo: list[Hint] = []
    here.subscribe("engine", heard.append)
    there.subscribe("jobs", echo.append)
    here.publish(Hint("engine"))
    assert len(heard) == 1
    here.publish(Hint("jobs"))
    await until(lambda: len(echo) == 1)
    assert len(heard) == 1


async def test_a_listener_that_fails_stops_nobody(buses: Pair) -> None:
    here, there = buses
    heard: list[Hint] = []

    def fail(_: Hint) -> None:
        raise ValueError("listener")

    there.subscribe("pool", fail)
    there.subscribe("pool", heard.append)
    here.publish(Hint("pool"))
    await until(lambda: len(heard) == 1)


async def test_many_hints_go_in_as_many_messages_as_it_takes(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_nats, "BYTES", 300)
    here, there = await Nats(nats_server.url).start(), await Nats(nats_server.url).start()
    try:
        await until(lambda: here.connected and there.connected)
        heard: list[Hint] = []
        there.subscribe("a", heard.append)
        for number in range(50):
            here.publish(Hint("a", {"no": number}))
        await until(lambda: len(heard) == 50)
        assert [hint.payload["no"] for hint in heard] == list(range(50))
        # Nonsense on the subject is survived.
        await here._client.publish(SUBJECT, b"\xc1")
        await here._client.publish(SUBJECT, msgspec.msgpack.encode([("a", {"no": 50})]))
        await until(lambda: len(heard) == 51)
    finally:
        await here.stop()
        await there.stop()


async def test_a_bus_that_goes_away_is_done_without_and_found_again() -> None:
    server = NatsServer()
    bus = await Nats(server.url).start()
    other = await Nats(server.url).start()
    try:
        heard: list[Hint] = []
        bus.subscribe("a", heard.append)
        bus.publish(Hint("a", {"no": 1}))
        assert len(heard) == 1
        assert not bus.connected
        server.start()
        await until(lambda: bus.connected and other.connected)
        server.stop()
        await until(lambda: not bus.connected and not other.connected)
        other.publish(Hint("a", {"no": 2}))
        server.start()
        await until(lambda: bus.connected and other.connected)
        other.publish(Hint("a", {"no": 3}))
        await until(lambda: len(heard) == 2)
        assert heard[1].payload == {"no": 3}
    finally:
        await bus.stop()
        await other.stop()
        server.stop()


async def test_the_second_look_finds_what_the_bus_has_not_told(world: World) -> None:
    talk = await begin(world)
    live = InProcess()
    heard: list[Hint] = []
    live.subscribe(f"conversation.{talk.id}", heard.append)
    live.subscribe(f"person.{talk.client.id}", heard.append)
    live.subscribe(f"person.{uuid4()}", heard.append)
    live.subscribe("jobs", heard.append)
    world.database.live = live
    look = Reconciler(world.database, TRUTHS).look
    assert await look() == 1  # where the streams stand is told at first sight
    assert heard[0].payload["shared"] == 1
    assert await look() == 0
    world.database.live = InProcess()
    await talk.say(talk.him, "您好")
    session = await world.session(talk.client.id, PersonKind.CLIENT)
    browser = world.http(Authorization=f"Bearer {session}")
    assert (await browser.post("/api/sign-out")).status_code < 300
    world.database.live = live
    assert await look() == 2
    news = {hint.topic.partition(".")[0]: hint.payload for hint in heard[1:]}
    assert news["conversation"]["shared"] == 2
    assert news["person"]["frame"] == "rights"
    assert await look() == 0


async def test_the_second_look_goes_on_when_the_store_does_not_answer(world: World) -> None:
    live = InProcess()
    live.connected = False
    talk = await begin(world)
    heard: list[Hint] = []
    live.subscribe(f"conversation.{talk.id}", heard.append)
    world.database.live = live
    looking = asyncio.create_task(Reconciler(world.database, TRUTHS).run())
    await asyncio.sleep(0)
    pool, world.database._pool = world.database._pool, None
    await world.clock.advance(1)
    assert not heard
    world.database._pool = pool
    await world.clock.advance(1)
    await until(lambda: len(heard) == 1)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_a_bus_that_dies_while_hints_wait_is_reached_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_nats, "RETRY_S", 0.01)
    lines: list[asyncio.StreamWriter] = []

    async def takes_nothing_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)
        writer.write(b'INFO {"server_id":"x","max_payload":1048576}\r\n')
        with contextlib.suppress(OSError):
            while not (line := await reader.readline()).startswith(b"PUB"):
                if not line:
                    break
                if line.startswith(b"PING"):
                    writer.write(b"PONG\r\n")

    server = await asyncio.start_server(takes_nothing_in, "127.0.0.1", 0)
    async with (
        server,
        launch.bus(
            Settings(nats_url=f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ) as bus,
    ):
        assert isinstance(bus, Nats)
        await until(lambda: bus.connected)
        padded = {"shared": 1, "padding": "x" * 1_000}

        def full() -> bool:
            for _ in range(400):
                bus.publish(Hint("conversation.1", padded))
            return bus._client._pending_data_size > 0

        await until(full)
        lines[0].transport.abort()
        await until(lambda: len(lines) > 1 and bus.connected)
    for line in lines:
        line.close()
