"""The WebSocket transport by itself: frames as RFC 6455 has them, peers that misbehave, one port with HTTP."""

import asyncio
import contextlib
import os
import socket as sockets
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
import uvloop

from visavis.kernel import giving_way
from visavis.kernel.auth import Actor, system
from visavis.kernel.gateway_ws import protocol_of
from visavis.kernel.settings import Settings
from visavis.kernel.sockets import Limits, Socket

TEXT_FRAME, BINARY_FRAME, CLOSE_FRAME, PING_FRAME, PONG_FRAME = 1, 2, 8, 9, 10


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers of these tests answer no close."""
    monkeypatch.setattr("visavis.kernel.gateway_line.LEAVING_S", 0.02)


class Echo:
    """A gateway that gives everything back."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open_ones: set[Socket] = set()
        self.refuse: int | None = None
        self.strangers: list[str] = []
        self.taken = 0

    async def open(self, ticket: str, address: str = "") -> Socket | int:
        await asyncio.sleep(0)
        if self.refuse is not None:
            return self.refuse
        actor: Actor = system()
        socket = Socket(actor, self.limits)
        self.open_ones.add(socket)
        return socket

    def foreign(self, address: str) -> None:
        self.strangers.append(address)

    def frame(self, socket: Socket, data: bytes) -> None:
        if data == b"fail":
            raise RuntimeError("a bug")
        self.taken += 1
        socket.take_token()
        socket.push(data)

    def gone(self, socket: Socket) -> None:
        self.open_ones.discard(socket)


class Peer:
    """A client that can send whatever it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 0xF, await self.reader.readexactly(size)

    def send(self, kind: int, data: bytes, *, last: bool = True, rsv: int = 0) -> None:
        head = bytes([(0x80 if last else 0) | rsv | kind])
        size = len(data)
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65_536:
            head += b"\xfe" + struct.pack(">H", size)
        else:
            head += b"\xff" + struct.pack(">Q", size)
        mask = os.urandom(4)
        masked = bytes(one ^ mask[n % 4] for n, one in enumerate(data)) if size < 5000 else data
        self.writer.write(head + (mask if size < 5000 else bytes(4)) + masked)

    async def closed(self) -> int:
        while True:
            kind, data = await self.frame()
            if kind == CLOSE_FRAME:
                return int.from_bytes(data[:2], "big")


class Running:
    """The server, and how to reach it."""

    def __init__(self, gateway: Echo, port: int) -> None:
        self.gateway, self.port = gateway, port
        self.writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    async def leave(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def ask(self, path: str = "/ws?ticket=t", **headers: str) -> tuple[str, Peer]:
        reader, writer = await self.connect()
        head = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "keep-alive, Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            **headers,
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{key}: {value}" for key, value in head.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        return answer, Peer(reader, writer)

    async def open(self, **headers: str) -> Peer:
        answer, peer = await self.ask(**headers)
        assert answer.startswith("HTTP/1.1 101 "), answer
        assert "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer
        return peer


@asynccontextmanager
async def running(limits: Limits | None = None) -> AsyncIterator[Running]:
    gateway: Any = Echo(limits or Limits())

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(
        app, http="httptools", lifespan="off", log_config=None, timeout_graceful_shutdown=5,
        ws=protocol_of(gateway, Settings(public_url="https://talk.example.com")),
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    sock = sockets.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[sock]))
    here = Running(gateway, sock.getsockname()[1])
    async with asyncio.timeout(30):
        try:
            yield here
        finally:
            server.should_exit = True
            await task
            await here.leave()
    assert not gateway.open_ones


LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [
    asyncio.new_event_loop,
    uvloop.new_event_loop,
]


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_it_works_on_both_loops(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def story() -> None:
        async with running() as server:
            peer = await server.open(Cookie="c=" + "x" * 9000)
            for data in (b"one", "二".encode() * 100, b"x" * 65_536):
                peer.send(TEXT_FRAME, data)
                assert await peer.frame() == (TEXT_FRAME, data)
            peer.send(TEXT_FRAME, "三".encode()[:2], last=False)
            peer.send(PING_FRAME, b"between")
            peer.send(0, "三".encode()[2:])
            assert await peer.frame() == (PONG_FRAME, b"between")
            assert await peer.frame() == (TEXT_FRAME, "三".encode())
            for number in range(50):
                peer.send(TEXT_FRAME, b"%d" % number * 30)
            assert [await peer.frame() for _ in range(50)] == [
                (TEXT_FRAME, b"%d" % number * 30) for number in range(50)
            ]
            peer.send(CLOSE_FRAME, (4000).to_bytes(2, "big") + b"bye")
            assert await peer.closed() == 4000
            quiet = await server.open()
            quiet.send(CLOSE_FRAME, b"")
            assert await quiet.closed() == 1000
            # HTTP is answered on the same port.
            reader, writer = await server.connect()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 204")

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(story())


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([(TEXT_FRAME, b"\xff\xfe", True, 0)], 1007),
        ([(TEXT_FRAME, b"x", True, 0x40)], 1002),
        ([(0, b"x", True, 0)], 1002),
        ([(TEXT_FRAME, b"x", False, 0), (TEXT_FRAME, b"y", True, 0)], 1002),
        ([(3, b"x", True, 0)], 1002),
        ([(TEXT_FRAME, b"x" * 65_537, True, 0)], 1009),
        ([(TEXT_FRAME, b"x" * 40_000, False, 0), (0, b"x" * 40_000, True, 0)], 1009),
        ([(CLOSE_FRAME, (1006).to_bytes(2, "big"), True, 0)], 1002),
        ([(TEXT_FRAME, b"fail", True, 0)], 1011),
    ],
)
async def test_a_broken_frame_ends_the_line_with_its_code(
    frames: list[tuple[int, bytes, bool, int]], code: int
) -> None:
    async with running() as server:
        peer = await server.open()
        for kind, data, last, rsv in frames:
            peer.send(kind, data, last=last, rsv=rsv)
        assert await peer.closed() == code


async def test_who_is_not_let_in() -> None:
    async with running() as server:
        answer, _ = await server.ask("/elsewhere")
        assert answer.startswith("HTTP/1.1 404 ")
        answer, _ = await server.ask(Origin="https://evil.example")
        assert answer.startswith("HTTP/1.1 403 ")
        assert server.gateway.strangers == ["127.0.0.1"]
        assert (await server.ask(Origin="https://talk.example.com"))[0].startswith("HTTP/1.1 101 ")
        answer, _ = await server.ask(**{"Sec-WebSocket-Key": "short"})
        assert answer.startswith("HTTP/1.1 400 ")
        server.gateway.refuse = 4401
        assert await (await server.open()).closed() == 4401
        # Gone before it is known whose socket it is.
        server.gateway.refuse = None
        for _ in range(3):
            _, hasty = await server.ask()
            hasty.writer.transport.abort()


async def test_a_line_that_cannot_be_opened_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(ticket: str, address: str = "") -> Socket | int:
        raise RuntimeError("a bug")

    async with running() as server:
        monkeypatch.setattr(server.gateway, "open", broken)
        assert await (await server.open()).closed() == 1011


async def test_a_peer_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.kernel.gateway_line.CLOSING_S", 0.05)
    async with running(Limits(frames=400, bytes=400_000)) as server:
        await server.open()
        deaf = await server.open()
        deaf.writer.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        while len(server.gateway.open_ones) < 2:
            await asyncio.sleep(0)
        mine = list(server.gateway.open_ones)
        pushed = 0
        while all(one.push(b"x" * 4000) for one in mine):
            pushed += 1
            await asyncio.sleep(0)
        assert pushed > 100
        assert 4008 in {one.closing for one in mine}
        while len(server.gateway.open_ones) > 1:
            await asyncio.sleep(0)


async def test_a_peer_that_stops_reading_is_closed_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("visavis.kernel.gateway_line.STALLED_S", 0.05)
    monkeypatch.setattr("visavis.kernel.gateway_line.CLOSING_S", 0.05)
    async with running(Limits(frames=10**6, bytes=10**9)) as server:
        deaf = await server.open()
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        while not server.gateway.open_ones:
            await asyncio.sleep(0)
        (one,) = server.gateway.open_ones
        for _ in range(4000):
            one.push(b"x" * 4000)
        while server.gateway.open_ones:
            await asyncio.sleep(0)


async def test_too_much_in_flight_stops_the_reading() -> None:
    async with running(Limits(in_flight=1)) as server:
        peer = await server.open()
        while not server.gateway.open_ones:
            await asyncio.sleep(0)
        (one,) = server.gateway.open_ones
        one.began()
        peer.send(TEXT_FRAME, b"first")
        assert await peer.frame() == (TEXT_FRAME, b"first")
        peer.send(TEXT_FRAME, b"second")
        for _ in range(200):
            await asyncio.sleep(0)
        assert one.empty
        one.ended()
        assert await peer.frame() == (TEXT_FRAME, b"second")


async def test_whoever_speaks_in_a_crowd_is_read_on_when_there_is_room() -> None:
    async with running() as server:
        peers = [await server.open() for _ in range(2)]
        giving_way.crowd()
        for peer in peers:
            peer.send(TEXT_FRAME, b"first")
            assert await peer.frame() == (TEXT_FRAME, b"first")
            peer.send(TEXT_FRAME, b"second")
        for _ in range(200):
            await asyncio.sleep(0)
        assert all(one.empty for one in server.gateway.open_ones)
        # One comes in with the room that there is, the other one after him.
        assert giving_way.let_in(1)
        assert await peers[0].frame() == (TEXT_FRAME, b"second")
        giving_way.crowd()
        for _ in range(200):
            await asyncio.sleep(0)
        assert all(one.empty for one in server.gateway.open_ones)
        assert giving_way.let_in(1)
        assert await peers[1].frame() == (TEXT_FRAME, b"second")
        assert not giving_way.let_in(1)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_in_a_crowd_one_reading_brings_a_few_messages_whatever_came_before(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def story() -> None:
        async with running() as server:
            peer = await server.open()
            for _ in range(3):  # long messages, for which the buffer grows
                peer.send(TEXT_FRAME, b"m" * 30_000)
                assert len((await peer.frame())[1]) == 30_000
            giving_way.crowd()
            taken = server.gateway.taken
            peer.send(TEXT_FRAME, b"%400d" % 0)
            assert (await peer.frame())[1] == b"%400d" % 0
            for number in range(60):
                peer.send(TEXT_FRAME, b"%400d" % (number + 1))
            await peer.writer.drain()
            assert giving_way.let_in(1)
            giving_way.crowd()
            before = taken
            for _ in range(200):
                await asyncio.sleep(0)
            assert 1 <= server.gateway.taken - before <= giving_way.AT_ONCE
            while giving_way.let_in(1):  # the rest comes as room comes, and all of it in order
                for _ in range(20):
                    await asyncio.sleep(0)
            for number in range(60):
                assert int((await peer.frame())[1]) == number + 1

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(story())


async def test_room_of_his_own_brings_nobody_past_the_crowd() -> None:
    async with running(limits=Limits(in_flight=2)) as server:
        peer = await server.open()
        while not server.gateway.open_ones:
            await asyncio.sleep(0)
        (one,) = server.gateway.open_ones
        one.began()
        one.began()
        peer.send(TEXT_FRAME, b"first")
        assert await peer.frame() == (TEXT_FRAME, b"first")
        peer.send(TEXT_FRAME, b"second")
        giving_way.crowd()
        one.ended()
        for _ in range(200):
            await asyncio.sleep(0)
        assert one.empty
        # And what makes room for all does not help whoever has too much in flight.
        one.began()
        assert giving_way.let_in(1)
        for _ in range(200):
            await asyncio.sleep(0)
        assert one.empty
        one.ended()
        assert await peer.frame() == (TEXT_FRAME, b"second")
