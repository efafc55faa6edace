"""One WebSocket of a person: where it is, and how it is let go once nothing is heard of it any more."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection

PING_S = 20.0
SILENCE_S = 50.0


def address(base_url: str, ticket: str) -> str:
    """The URL of the socket that this ticket opens."""
    parts = urlsplit(base_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/ws?ticket={ticket}"


async def beat(line: ClientConnection, heard: Callable[[], float]) -> None:
    """Give signs of life until nothing has been heard for 50 s (`heard` tells the moment, monotonic): then cut it."""
    await asyncio.sleep(PING_S)
    while time.monotonic() - heard() <= SILENCE_S:
        with contextlib.suppress(TimeoutError):  # a line that takes nothing in is not waited for
            async with asyncio.timeout(PING_S):
                await line.send('{"t":"ping"}')
        await asyncio.sleep(PING_S)
    line.transport.abort()
