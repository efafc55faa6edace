"""The live connection of one person: opens, resumes, fills gaps, and sends until acknowledged.

A dropped line loses nothing: what was received is a prefix that the next hello continues, what was not acknowledged is
sent again under the same key.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from visavis.sdk.errors import Ended, WireError
from visavis.sdk.http import Http
from visavis.sdk.ids import fresh_key
from visavis.sdk.line import BACK_OFF_S, FINAL, opened
from visavis.sdk.outbox import REPEATED, Outbox
from visavis.sdk.streams import Entry, Streams

PROTOCOL = 1
AGAIN_S = 1.0

Frame = Mapping[str, Any]


class Live:
    """A person's socket; `on_entry` sees every entry once and in order, `on_frame` every other frame."""

    def __init__(
        self,
        http: Http,
        *,
        device: str = "desktop",
        on_entry: Callable[[Entry], None] | None = None,
        on_frame: Callable[[Frame], None] | None = None,
    ) -> None:
        self.http = http
        self.streams = Streams()
        self.outbox = Outbox()
        self.me: Mapping[str, Any] | None = None
        self.epoch = ""
        self.online = asyncio.Event()
        self.ended: Ended | None = None
        self.connections = 0
        self._device = device
        self._on_entry = on_entry
        self._on_frame = on_frame
        self._line: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        # What was asked for and has not come, and what is to be asked for again a little later.
        self._pulling: set[tuple[str, str]] = set()
        self._wanted: set[tuple[str, str]] = set()
        self._rest_s = 0.0
        self._heard = 0.0
        self._patience: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Future[None] | None = None

    async def __aenter__(self) -> "Live":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Connect, and return once welcome; raises `Ended` where the session is not good, TimeoutError after 30 s."""
        self.ended = None
        self._task = asyncio.create_task(self._stay())
        try:
            await self.until(lambda: self.online.is_set() or self.ended is not None)
        except BaseException:
            await self.stop()
            raise
        if self.ended is not None:
            raise self.ended

    async def stop(self) -> None:
        """Disconnect; what was not acknowledged is given up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._patience is not None:
            self._patience.cancel()
        self._end(self.ended or Ended("stopped"))

    def drop(self) -> None:
        """Cut the line without a word, as a tunnel or a lift does; it comes back by itself."""
        if self._line is not None:
            self._line.transport.abort()

    async def until(self, condition: Callable[[], bool], within_s: float = 30.0) -> None:
        """Return once `condition` holds; it is looked at whenever something arrives. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def send(
        self,
        conversation: str,
        body: Mapping[str, Any] | str,
        *,
        stream: str = "shared",
        key: str | None = None,
    ) -> Entry:
        """Post a message (or a note in the internal stream); returns the kept entry. Raises `WireError`."""
        content = {"text": body} if isinstance(body, str) else body
        return await self._command("send", conversation, key, stream=stream, body=content)

    async def edit(
        self, conversation: str, entry: str, text: str, *, key: str | None = None
    ) -> Entry:
        """Replace the text of an own message."""
        return await self._command("edit", conversation, key, entry=entry, body={"text": text})

    async def recall(self, conversation: str, entry: str, *, key: str | None = None) -> Entry:
        """Withdraw an own message from view."""
        return await self._command("recall", conversation, key, entry=entry)

    async def pull(self, conversation: str, stream: str = "shared") -> None:
        """Ask for what is missing of a stream, and follow it from there."""
        after = self.streams.of(conversation, stream).high
        where = {"conversation": conversation, "stream": stream}
        if await self.tell({"t": "pull", **where, "after": after, "limit": 200}):
            self._pulling.add((conversation, stream))

    async def read(self, conversation: str) -> None:
        """Say that everything held of the shared stream has been seen."""
        await self._mark("read", conversation)

    async def delivered(self, conversation: str) -> None:
        """Say that everything held of the shared stream has arrived."""
        await self._mark("delivered", conversation)

    async def _mark(self, how: str, conversation: str) -> None:
        held = self.streams.of(conversation).high
        await self.tell({"t": how, "conversation": conversation, "no": held})

    async def tell(self, frame: Frame) -> bool:
        """Send a frame that needs no acknowledgement; false where there is no line."""
        line = self._line
        if line is None or not self.online.is_set():
            return False
        try:
            await line.send(json.dumps(frame))
        except websockets.ConnectionClosed:
            return False
        return True

    async def _command(self, kind: str, conversation: str, key: str | None, **more: Any) -> Entry:
        if self.ended is not None:
            raise self.ended
        frame = {"t": kind, "client_key": key or fresh_key(), "conversation": conversation, **more}
        pending = self.outbox.add(frame)
        await self._flush()
        return await asyncio.shield(pending.answer)

    async def _flush(self) -> None:
        if self.online.is_set():
            for pending in self.outbox.due():
                await self.tell(pending.frame)
            wanted, self._wanted = self._wanted, set()
            for conversation, stream in wanted:
                await self.pull(conversation, stream)

    async def _stay(self) -> None:
        try:
            code = await self._until_final()
        except Exception as error:
            # A function of the caller's has failed, or the server speaks another language: nobody must wait for more.
            self._end(Ended("failed", repr(error)))
            raise
        self._end(Ended(FINAL[code]))

    def _end(self, how: Ended) -> None:
        self.ended = how
        self.outbox.abandon(how)
        self._news.set()

    async def _until_final(self) -> int:
        tries = 0
        while True:
            before = self.connections
            try:
                code = await self._once()
            except WireError as error:
                code = 4401 if error.status == 401 else 1006
            except (OSError, TimeoutError, websockets.WebSocketException):
                code = 1006
            finally:
                self._down()
            if code in FINAL:
                return code
            tries = 0 if self.connections > before else min(tries + 1, len(BACK_OFF_S) - 1)
            rest, self._rest_s = self._rest_s, 0.0
            await asyncio.sleep(rest or BACK_OFF_S[tries] * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load

    def _down(self) -> None:
        self._line = None
        self.online.clear()
        self.outbox.interrupted()
        self._pulling.clear()
        self._wanted.clear()  # the next hello says what is held, and is answered with the rest
        self._news.set()

    async def _once(self) -> int:
        self._heard = time.monotonic()
        async with opened(self.http, lambda: self._heard, self.online.is_set) as line:
            self._line, self._heard = line, time.monotonic()
            hello = {
                "t": "hello", "protocol": PROTOCOL, "streams": self.streams.marks(), "device": self._device,
            }  # fmt: skip
            with contextlib.suppress(websockets.ConnectionClosed):
                await line.send(json.dumps(hello))
                async for data in line:
                    self._heard = time.monotonic()
                    await self._take(json.loads(data))
        return line.close_code or 1006

    async def _take(self, frame: Frame) -> None:
        kind = frame["t"]
        if kind == "welcome":
            await self._welcome(frame)
        elif kind == "entries":
            await self._entries(frame)
        elif kind == "ack":
            entry = frame["entry"]
            self.outbox.acknowledged(frame["client_key"], entry)
            await self._hold(entry["conversation"], entry["stream"], [entry], entry["no"])
        elif kind == "refused":
            key, after = frame["client_key"], max(AGAIN_S, frame.get("retry_after", 0))
            if self.outbox.refused(key, frame["error"], frame["detail"]):
                asyncio.get_running_loop().call_later(after, self._rested, key)
        elif kind == "error":
            self._unpulled(frame)
        elif kind == "drain":
            self._rest_s = frame["after_ms"] / 1000
        if self._on_frame is not None and kind not in ("entries", "ack"):
            self._on_frame(frame)
        self._news.set()

    def _unpulled(self, frame: Frame) -> None:
        if "conversation" in frame:
            key = (frame["conversation"], frame["stream"])
            self._pulling.discard(key)
            if frame["error"] in REPEATED:
                self._wanted.add(key)
                self._later()

    def _later(self) -> None:
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(AGAIN_S, self._again)

    def _rested(self, key: str) -> None:
        self.outbox.rested(key)
        self._again()

    def _again(self) -> None:
        self._patience = None
        self._flushing = asyncio.ensure_future(self._flush())

    async def _welcome(self, frame: Frame) -> None:
        other = bool(self.epoch) and self.epoch != frame["epoch"]
        if other:
            self.streams.forget()
        self.epoch, self.me = frame["epoch"], frame["person"]
        self.connections += 1
        self.online.set()
        for mark in frame["streams"]:
            for stream in ("shared", "internal"):
                if stream in mark:
                    held = self.streams.of(mark["conversation"], stream)
                    held.last = max(held.last, mark[stream])
        # The server goes on from what we said that we hold: of another store we hold nothing.
        listed = set() if other else {mark["conversation"] for mark in frame["streams"]}
        self._wanted.update(self.streams.beyond(listed))
        await self._flush()

    async def _entries(self, frame: Frame) -> None:
        key = (frame["conversation"], frame["stream"])
        self._pulling.discard(key)
        await self._hold(*key, frame["entries"], frame["last"])

    async def _hold(self, conversation: str, stream: str, entries: list[Entry], last: int) -> None:
        held = self.streams.of(conversation, stream)
        for entry in held.add(entries, last):
            if self._on_entry is not None:
                self._on_entry(entry)
        if held.gap and (conversation, stream) not in self._pulling | self._wanted:
            await self.pull(conversation, stream)
