"""XMPP over plain TCP (cheaper for a server than WebSocket): SASL PLAIN, bind, presence, chat to full addresses."""

import asyncio
import base64
import re
from typing import Any
from xml.sax.saxutils import escape

from load import Meter

STREAM = (
    b"<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
)
BIND = (
    b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
    b"<resource>r</resource></bind></iq>"
)
PLAIN = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>"
NUMBER = re.compile(rb"<message[^>]*\bid=['\"]m(\d+)['\"]")
AT_ONCE = 20


class Line(asyncio.Protocol):
    """One person's stream."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._buffer = b""
        self._waiting: tuple[bytes, asyncio.Future[None]] | None = None
        self.listening = False
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """The stream's bytes go here."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Look for messages once everybody is there, before that for what is waited for."""
        if self.listening:
            self._buffer += data
            end = self._buffer.rfind(b"</message>")
            if end >= 0:
                for number in NUMBER.findall(self._buffer, 0, end):
                    self._meter.arrive(int(number))
                self._buffer = self._buffer[end + 10 :]
            return
        self._buffer += data
        if self._waiting is not None and self._waiting[0] in self._buffer:
            future, self._buffer, self._waiting = self._waiting[1], b"", None
            future.set_result(None)

    async def ask(self, data: bytes, expected: bytes) -> None:
        """Send, and wait for an answer that holds `expected`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = (expected, future)
        self.transport.write(data)
        await asyncio.wait_for(future, 60)


class Xmpp:
    """Everybody's streams: u0 speaks to u1, u2 to u3, and so on."""

    def __init__(self, spec: dict[str, Any], meter: Meter, texts: list[str]) -> None:
        self._spec = spec
        self._meter = meter
        self._texts = [escape(one).encode() for one in texts]
        self._lines: list[Line] = []

    async def open(self) -> None:
        """Log everybody in."""
        people = self._spec.get("people") or 2 * self._spec["pairs"]
        begin = self._spec.get("first", 0)
        for first in range(begin, begin + people, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, begin + people))
            self._lines += await asyncio.gather(*map(self._log_in, numbers))
        await asyncio.sleep(0.5)
        for line in self._lines:
            line.listening = True

    async def _log_in(self, number: int) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(
            lambda: Line(self._meter), "127.0.0.1", self._spec["port"]
        )
        await line.ask(STREAM, b"</stream:features>")
        await line.ask(PLAIN % base64.b64encode(b"\0u%d\0x" % number), b"<success")
        await line.ask(STREAM, b"</stream:features>")
        await line.ask(BIND, b"</jid>")
        await line.ask(b"<presence/>", b"<presence")
        return line

    def send(self, pair: int, number: int) -> None:
        """One message of the pair's first."""
        self._lines[2 * pair].transport.write(
            b"<message to='u%d@localhost/r' type='chat' id='m%d'><body>%s</body></message>"
            % (2 * pair + 1, number, self._texts[number % len(self._texts)])
        )

    def keep(self) -> list[str]:
        """Nothing is acknowledged here that could be kept."""
        return []

    async def close(self) -> None:
        """Leave."""
        for line in self._lines:
            line.transport.abort()
