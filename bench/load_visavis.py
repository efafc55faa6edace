"""Visavis over its public protocol: WebSockets opened by tickets, hello, send, entries."""

import asyncio
import json
import re
import secrets
from typing import Any

from load import Meter
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

# The retry key carries the run and the message's number: a key that was seen before would be a retry.
RUN = secrets.token_hex(4).encode()
KEY = re.compile(rb'"client_key":"%s-bbbb-4bbb-8bbb-([0-9a-f]{12})"' % RUN)
PING_S = 15.0
AT_ONCE = 50


class Line(WSListener):  # type: ignore[misc]
    """One person's socket."""

    def __init__(self, side: "Visavis", listens: bool) -> None:
        self.side = side
        self.listens = listens
        self.transport: Any = None
        self.welcome = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say hello."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Count what arrives; acknowledgements and arrivals are told apart by the frame's first word.

        A speaker's own page may be told of his message as well: that is no arrival at the other side.
        """
        kind: Any = frame.msg_type
        if kind != WSMsgType.TEXT:
            if kind == WSMsgType.CLOSE:
                self.side.meter.refuse(f"closed with {frame.get_close_code()}")
                transport.disconnect()
            return
        data = frame.get_payload_as_bytes()
        word = data[6:9]
        if word == b"ent":
            for number in KEY.findall(data) if self.listens else ():
                self.side.meter.arrive(int(number, 16))
        elif word == b"ack":
            if self.side.keeps:
                self.side.acknowledged.append(data[25:61].decode())
        elif word == b"wel":
            self.welcome.set_result(None)
        elif word in (b"ref", b"err"):
            self.side.refused(data)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Nobody waits for a welcome any more."""
        del transport
        if not self.welcome.done():
            self.welcome.set_exception(ConnectionError("closed before the welcome"))


class Visavis:
    """Everybody's sockets."""

    def __init__(self, spec: dict[str, Any], meter: Meter, texts: list[str]) -> None:
        self.meter = meter
        self.acknowledged: list[str] = []
        self.keeps = False
        self._spec = spec
        self._bodies = [json.dumps({"text": one}, ensure_ascii=False).encode() for one in texts]
        self._lines: list[Line] = []
        self._heads: list[bytes] = []
        self._beat: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect; the order of tickets is speaker, listener, speaker, listener, and so on."""
        tickets = self._spec["tickets"]
        self._beat = asyncio.create_task(self._ping())
        for first in range(0, len(tickets), AT_ONCE):
            self._lines += await asyncio.gather(
                *(
                    self._connect(ticket, bool(number % 2))
                    for number, ticket in enumerate(tickets[first : first + AT_ONCE], first)
                )
            )
        # Every page follows its open conversations without asking.
        self._heads = [
            b'","conversation":"%s","body":' % one.encode() for one in self._spec["conversations"]
        ]
        await asyncio.sleep(1.0)

    async def _connect(self, ticket: str, listens: bool) -> Line:
        url = f"ws://127.0.0.1:{self._spec['port']}/ws?ticket={ticket}"
        transport, line = await ws_connect(
            lambda: Line(self, listens), url, websocket_handshake_timeout=60
        )
        transport.send(WSMsgType.TEXT, b'{"t":"hello","protocol":1}')
        await asyncio.wait_for(line.welcome, 60)
        return line  # type: ignore[return-value]

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            for number, line in enumerate(tuple(self._lines)):
                line.transport.send(WSMsgType.TEXT, b'{"t":"ping"}')
                if number % 100 == 99:
                    await asyncio.sleep(0.01)

    def send(self, pair: int, number: int) -> None:
        """One message of the pair's first."""
        # Each pair has words of its own: the same ones to many clients would need approval.
        body = self._bodies[number % len(self._bodies)][:-2]
        data = b'{"t":"send","client_key":"%s-bbbb-4bbb-8bbb-%012x%s%s %d"}}' % (
            RUN, number, self._heads[pair], body, pair,
        )  # fmt: skip
        self._lines[2 * pair].transport.send(WSMsgType.TEXT, data)

    def keep(self) -> list[str]:
        """Keep the retry keys of what is acknowledged from now on."""
        self.keeps, self.acknowledged = True, []
        return self.acknowledged

    def refused(self, data: bytes) -> None:
        """Something was refused: a message, or another frame; its words without what differs from one to the next."""
        frame = json.loads(data)
        what = "message" if frame["t"] == "refused" else "other frame"
        again = f", again in {frame['retry_after']} s" if "retry_after" in frame else ""
        self.meter.refuse(f"{what}: {frame['error']}{again}")

    async def close(self) -> None:
        """Leave."""
        if self._beat is not None:
            self._beat.cancel()
        for line in self._lines:
            line.transport.disconnect(False)
