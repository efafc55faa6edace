"""The client library by itself: streams, outbox, calls; the live connection is tested in tests/conversations."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve

from visavis.sdk import line as line_module
from visavis.sdk import live as live_module
from visavis.sdk.errors import Ended, WireError
from visavis.sdk.http import Http
from visavis.sdk.ids import fresh_key
from visavis.sdk.live import Live
from visavis.sdk.outbox import Outbox
from visavis.sdk.streams import Stream, Streams


def entry(number: int) -> dict[str, int]:
    return {"no": number}


def test_a_stream_shows_a_prefix_whatever_the_order() -> None:
    stream = Stream()
    assert stream.add([entry(3), entry(2)]) == []
    assert stream.gap
    assert [one["no"] for one in stream.add([entry(1), entry(1), entry(3)])] == [1, 2, 3]
    assert (stream.high, stream.duplicates, stream.gap) == (3, 2, False)
    stream.add([], last=5)
    assert stream.gap


def test_streams_say_what_they_hold_and_lack() -> None:
    streams = Streams()
    streams.of("a").add([entry(1)], last=4)
    streams.of("a", "internal").add([entry(1), entry(2)])
    assert streams.marks() == [{"conversation": "a", "shared": 1, "internal": 2}]
    assert streams.gaps() == [("a", "shared", 1)]
    streams.forget()
    assert streams.marks() == [{"conversation": "a", "shared": 0, "internal": 0}]


def test_a_hello_lists_the_last_of_very_many() -> None:
    streams = Streams()
    for number in range(502):
        streams.of(str(number)).add([entry(1)])
    marks = streams.marks()
    assert [mark["conversation"] for mark in marks] == [str(number) for number in range(2, 502)]
    listed = {mark["conversation"] for mark in marks}
    assert streams.beyond(listed) == [("0", "shared"), ("1", "shared")]


async def test_a_patient_caller_asks_again_where_nothing_was_done() -> None:
    answers = [503, 503, 200]

    def answer(_: httpx.Request) -> httpx.Response:
        status = answers.pop(0)
        body = {"ok": True} if status == 200 else {"error": "unavailable", "detail": ""}
        return httpx.Response(status, json=body, headers={"Retry-After": "0.001"})

    async with Http("http://x", transport=httpx.MockTransport(answer), patience=2) as http:
        assert await http.get("/") == {"ok": True}
        answers[:] = [503, 503, 503]
        with pytest.raises(WireError, match="unavailable"):
            await http.get("/")
    assert not answers


async def test_an_unanswered_command_is_sent_again_under_its_key() -> None:
    outbox = Outbox()
    first = outbox.add({"client_key": "1"})
    assert outbox.add({"client_key": "1"}) is first
    outbox.add({"client_key": "2"})
    assert [one.frame["client_key"] for one in outbox.due()] == ["1", "2"]
    assert outbox.due() == []
    outbox.interrupted()
    assert [one.frame["client_key"] for one in outbox.due()] == ["1", "2"]
    assert first.attempts == 2
    outbox.acknowledged("1", {"no": 7})
    outbox.acknowledged("1", {"no": 8})
    assert (await first.answer)["no"] == 7
    assert outbox.get("1") is None
    assert not outbox.refused("unknown", "malformed", "")
    assert outbox.refused("2", "too_many", "")
    assert outbox.due() == []
    outbox.rested("2")
    outbox.rested("2")
    assert len(outbox.due()) == 1
    second = outbox.get("2")
    assert second is not None
    assert not outbox.refused("2", "not_handler", "别人")
    with pytest.raises(WireError, match="not_handler: 别人"):
        await second.answer
    third = outbox.add({"client_key": "3"})
    outbox.abandon(WireError("stopped"))
    assert len(outbox) == 0
    with pytest.raises(WireError, match="stopped"):
        await third.answer


def test_keys_are_version_seven() -> None:
    keys = [UUID(fresh_key()) for _ in range(50)]
    assert {key.version for key in keys} == {7}
    assert len(set(keys)) == 50


def server(request: httpx.Request) -> httpx.Response:
    """A server's answers, by path."""
    match request.url.path:
        case "/api/embed/session" | "/api/embed/visitor":
            return httpx.Response(200, json={"bearer": "b", "me": {"id": "1"}})
        case "/api/sign-in":
            return httpx.Response(200, json={"challenge": "c", "demo_code": "123456"})
        case "/api/sign-in/totp":
            return httpx.Response(200, json={"me": {"id": json.loads(request.content)["code"]}})
        case "/api/none":
            return httpx.Response(204)
        case "/api/echo":
            return httpx.Response(200, json=dict(request.url.params))
        case "/api/file":
            return httpx.Response(200, content=b"bytes", headers={"X-A": "1"})
        case "/api/upload":
            return httpx.Response(201, json={"size": len(request.content)})
        case "/api/busy":
            body = {"error": "too_many", "detail": "慢一点"}
            return httpx.Response(429, json=body, headers={"Retry-After": "3"})
        case "/api/dead":
            raise httpx.ConnectError("no")
    return httpx.Response(502, content=b"<html>")


@pytest.fixture
def http() -> Http:
    return Http("http://server", transport=httpx.MockTransport(server))


async def test_everybody_signs_in_his_way(http: Http) -> None:
    async with http:
        assert (await http.embed("jwt"))["id"] == "1"
        assert (await http.visit())["id"] == "1"
        assert (await http.sign_in("a", "b"))["id"] == "123456"
        assert (await http.sign_in("a", "b", "654321"))["id"] == "654321"
        http.take({"visavis": "kept"})
        assert http.session() == {"visavis": "kept"}


async def test_calls_answer_or_raise(http: Http) -> None:
    async with http:
        assert await http.get("/api/echo", a=1, b=None) == {"a": "1"}
        assert await http.post("/api/none") is None
        assert (await http.download("/api/file"))[0] == b"bytes"
        assert (await http.upload("/api/upload", "a.png", b"x", "image/png"))["size"] > 0
        with pytest.raises(WireError) as busy:
            await http.get("/api/busy")
        assert (busy.value.code, busy.value.status, busy.value.retry_after_s) == (
            "too_many",
            429,
            3,
        )
        for call in (http.get("/api/dead"), http.upload("/api/dead", "a", b"", "x/y")):
            with pytest.raises(WireError) as dead:
                await call
            assert dead.value.code == "network"
        with pytest.raises(WireError) as odd:
            await http.download("/api/odd")
        assert odd.value.code == "http_502"


async def test_without_a_line_nothing_is_told_and_stopping_gives_up(http: Http) -> None:
    live = Live(http)
    live.drop()
    assert not await live.tell({"t": "ping"})
    waiting = asyncio.create_task(live.send("c", "您好"))
    await asyncio.sleep(0)
    assert len(live.outbox) == 1
    await live.stop()
    with pytest.raises(WireError, match="stopped"):
        await waiting
    await http.close()


async def test_a_line_that_does_not_become_welcome_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[ServerConnection] = []

    async def silent(line: ServerConnection) -> None:
        lines.append(line)
        await line.wait_closed()

    monkeypatch.setattr(line_module, "WELCOME_S", 0.05)
    async with serve(silent, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        http = Http(f"http://127.0.0.1:{port}", transport=httpx.MockTransport(tickets))
        live = Live(http)
        starting = asyncio.create_task(live.start())
        async with asyncio.timeout(30):
            while len(lines) < 2:
                await asyncio.wait([starting], timeout=0.02)
        assert not live.online.is_set()
        await live.stop()
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await http.close()


class Wayward:
    """A server that answers frames as its test says, and notes them."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.epochs = ["e1"]
        self.refusals: list[dict[str, str]] = []
        self.lines: list[ServerConnection] = []

    async def serve(self, line: ServerConnection) -> None:
        self.lines.append(line)
        async for data in line:
            frame = json.loads(data)
            self.heard.append(frame)
            await line.send(json.dumps(self.answer(frame)))

    def answer(self, frame: dict[str, Any]) -> dict[str, Any]:
        if frame["t"] == "hello":
            marks = [{**mark, "shared": 2} for mark in frame["streams"]]
            epoch = self.epochs[min(len(self.lines), len(self.epochs)) - 1]
            return {"t": "welcome", "epoch": epoch, "person": {}, "now": 0, "streams": marks}
        where = {"conversation": frame["conversation"], "stream": frame["stream"]}
        if self.refusals:
            return {"t": "error", "detail": "", **self.refusals.pop(0), **where}
        entries = [entry(no) for no in range(frame["after"] + 1, 3)]
        return {"t": "entries", **where, "entries": entries, "last": 2}

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Live]:
        async with serve(self.serve, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            transport = httpx.MockTransport(tickets)
            async with (
                Http(f"http://127.0.0.1:{port}", transport=transport) as http,
                Live(http) as live,
            ):
                yield live


@pytest.mark.parametrize("code", sorted(live_module.REPEATED))
async def test_a_pull_that_meets_trouble_is_made_again(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(live_module, "AGAIN_S", 0.01)
    server = Wayward()
    server.refusals = [{"error": code}] * 3
    async with server.reached() as live:
        await live.pull("c")
        # Nobody says anything more, and the line stands: only asking again helps.
        await live.until(lambda: live.streams.of("c").high == 2)
    assert [frame["t"] for frame in server.heard] == ["hello", *["pull"] * 4]


async def test_what_is_refused_for_now_is_sent_again_when_the_server_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_module, "AGAIN_S", 0.01)
    heard: list[tuple[str, float]] = []
    loop, server = asyncio.get_running_loop(), Wayward()
    original, patience = server.answer, {"a": [60.0], "b": [0.3]}

    def answer(frame: dict[str, Any]) -> dict[str, Any]:
        if frame["t"] != "send":
            return original(frame)
        key = frame["client_key"]
        heard.append((key, loop.time()))
        if patience.get(key):
            after = patience[key].pop()
            refused = {"error": "unavailable", "detail": "", "retry_after": after}
            return {"t": "refused", "client_key": key, **refused}
        kept = {"conversation": "c", "stream": "shared", "no": 1, "state": "kept"}
        return {"t": "ack", "client_key": key, "entry": kept}

    server.answer = answer  # type: ignore[method-assign]
    async with server.reached() as live:
        first = asyncio.create_task(live.send("c", "one", key="a"))
        await live.until(lambda: heard != [] and not patience["a"])
        # Whoever speaks meanwhile does not bring along what rests.
        await live.send("c", "two", key="b")
        assert [key for key, _ in heard] == ["a", "b", "b"]
        assert heard[2][1] - heard[1][1] >= 0.29
        # Another line is another chance.
        live.drop()
        await first
    assert [key for key, _ in heard] == ["a", "b", "b", "a"]


async def test_after_the_end_nobody_waits_for_an_answer() -> None:
    server = Wayward()
    async with server.reached() as live:
        await live.stop()
        with pytest.raises(Ended, match="stopped"):
            await asyncio.wait_for(live.send("c", "late"), 5)
        await live.start()
        assert live.online.is_set()


async def test_a_function_of_the_callers_that_fails_is_seen_by_whoever_waits() -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("a mistake of the caller's")

    server = Wayward()
    async with server.reached() as live:
        live._on_entry = fail
        waiting = asyncio.create_task(live.send("c", "one"))
        await live.pull("c")
        with pytest.raises(Ended, match="a mistake of the caller's"):
            await asyncio.wait_for(waiting, 5)
        with pytest.raises(Ended, match="failed"):
            await asyncio.wait_for(live.send("c", "two"), 5)


async def test_whoever_gives_up_starting_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def away(request: httpx.Request) -> httpx.Response:
        tried.append(request.url.path)
        return httpx.Response(503, json={"error": "unavailable", "detail": ""})

    before = asyncio.all_tasks()
    async with Http("http://127.0.0.1:9", transport=httpx.MockTransport(away)) as http:
        live = Live(http)
        starting = asyncio.create_task(live.start())
        while not tried:
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        assert asyncio.all_tasks() == before


async def test_a_pull_that_is_refused_for_good_is_given_up() -> None:
    server, told = Wayward(), []
    server.refusals = [{"error": "not_found"}]
    async with server.reached() as live:
        live._on_frame = told.append
        await live.pull("c")
        await live.until(lambda: bool(told))
        assert not live._pulling
        assert live._patience is None
        await live.pull("c")
        await live.until(lambda: live.streams.of("c").high == 2)


async def test_what_another_store_holds_is_pulled_from_its_beginning() -> None:
    server = Wayward()
    server.epochs = ["e1", "e2"]
    async with server.reached() as live:
        await live.pull("c")
        await live.until(lambda: live.streams.of("c").high == 2)
        live.drop()
        await live.until(lambda: live.epoch == "e2" and live.streams.of("c").high == 2)
    assert [frame["t"] for frame in server.heard] == ["hello", "pull", "hello", "pull"]
    assert server.heard[-1]["after"] == 0


async def test_what_a_welcome_does_not_list_is_pulled() -> None:
    server = Wayward()
    async with server.reached() as live:
        for number in range(501):
            live.streams.of(str(number)).add([entry(1)], last=1)
        live.drop()
        await live.until(lambda: live.streams.of("0").high == 2)
    assert len(server.heard[1]["streams"]) == 500
    assert (server.heard[2]["t"], server.heard[2]["conversation"]) == ("pull", "0")


async def test_a_line_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "PING_S", 0.01)
    server = Wayward()
    original = server.answer
    server.answer = lambda frame: (  # type: ignore[method-assign]
        {"t": "pong", "now": 0} if frame["t"] == "ping" else original(frame)
    )
    async with server.reached() as live:
        await live.until(lambda: len(server.heard) > 3)
    assert [frame["t"] for frame in server.heard[:3]] == ["hello", "ping", "ping"]
    assert len(server.lines) == 1


async def test_a_line_of_which_nothing_is_heard_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "PING_S", 0.01)
    monkeypatch.setattr(line_module, "SILENCE_S", 0.05)
    server = Wayward()
    server.answer = lambda frame: {  # type: ignore[method-assign]
        "t": "welcome", "epoch": "e", "person": {}, "now": 0, "streams": [],
    } if frame["t"] == "hello" else {"t": "unheard"}  # fmt: skip
    async with server.reached() as live:
        live._heard = float("-inf")
        await live.until(lambda: live.connections > 1)


def tickets(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"ticket": request.url.path})
