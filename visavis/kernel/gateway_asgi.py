"""Carries the gateway's frames over ASGI: one reader and one sender per socket, whichever ends first ends both.

A page that leaves while it only sends is noticed by the reader; one that never reads is noticed by the bounded queue.
"""

import asyncio
import contextlib
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from visavis.kernel.gateway import Gateway
from visavis.kernel.settings import Settings
from visavis.kernel.sockets import DRAINED, Socket

SEND_S = 20.0


class Endpoint:
    """The ASGI application behind `/ws`."""

    def __init__(self, gateway: Gateway, settings: Settings) -> None:
        self.gateway = gateway
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket from its handshake to its end."""
        if scope["type"] != "websocket":
            return
        await receive()
        if not self._same_origin(scope):
            await send({"type": "websocket.close"})
            return
        opened = await self.gateway.open(_ticket(scope))
        await send({"type": "websocket.accept"})
        if not isinstance(opened, Socket):
            await send({"type": "websocket.close", "code": opened})
            return
        try:
            await self._both_ways(opened, receive, send)
        finally:
            self.gateway.gone(opened)

    async def _both_ways(self, socket: Socket, receive: Receive, send: Send) -> None:
        reader = asyncio.create_task(self._read(socket, receive))
        sender = asyncio.create_task(_send(socket, send))
        try:
            await asyncio.wait({reader, sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, sender):
                task.cancel()
            await asyncio.gather(reader, sender, return_exceptions=True)

    async def _read(self, socket: Socket, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            text = message.get("text")
            self.gateway.frame(socket, text.encode() if text is not None else message["bytes"])
            await socket.room()

    def _same_origin(self, scope: Scope) -> bool:
        """Pages come from the platform's own origin; programs send none (OWASP ASVS 5.0 V4.4.2)."""
        headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is None:
            return True
        parts = urlsplit(origin)
        own = urlsplit(self._settings.public_url).netloc if self._settings.public_url else ""
        return parts.scheme in ("http", "https") and parts.netloc in {own, headers.get(b"host")} - {
            ""
        }


def _ticket(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    for pair in query.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if name == "ticket":
            return value
    return ""


async def _send(socket: Socket, send: Send) -> None:
    while (frames := await socket.outgoing()) is not None:
        for data in frames:
            # A peer that reads nothing stops the transport; it is given up rather than waited for.
            async with asyncio.timeout(SEND_S):
                await send({"type": "websocket.send", "text": data.decode()})
    with contextlib.suppress(RuntimeError):
        await send({"type": "websocket.close", "code": socket.closing or DRAINED})
