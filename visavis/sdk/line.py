"""One WebSocket of a person: where it is, and how it is let go once nothing is heard of it any more."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from visavis.sdk.http import Http

WELCOME_S = 15.0
PING_S = 20.0
SILENCE_S = 50.0
BACK_OFF_S = (0.1, 0.3, 1.0, 2.0, 5.0)
# The server will not have this session back.
FINAL = {4401: "not_signed_in", 4403: "forbidden", 4409: "replaced"}


def address(base_url: str, ticket: str) -> str:
    """The URL of the socket that this ticket opens."""
    parts = urlsplit(base_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/ws?ticket={ticket}"


@asynccontextmanager
async def opened(
    http: Http, heard: Callable[[], float], welcome: Callable[[], bool]
) -> AsyncIterator[ClientConnection]:
    """A new line of this person, which gives signs of life; cut where nothing is heard of it (`beat`).

    A line that does not become welcome is none: whatever the reason, the next try may find a better one.
    """
    url = address(http.base_url, (await http.post("/api/socket-ticket"))["ticket"])
    async with connect(
        url, max_size=2**22, ping_interval=None, proxy=None, open_timeout=10
    ) as line:
        beating = asyncio.create_task(beat(line, heard))
        impatience = asyncio.get_running_loop().call_later(
            WELCOME_S, lambda: None if welcome() else line.transport.abort()
        )
        try:
            yield line
        finally:
            impatience.cancel()
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating


async def beat(line: ClientConnection, heard: Callable[[], float]) -> None:
    """Give signs of life until nothing has been heard for 50 s (`heard` tells the moment, monotonic): then cut it."""
    await asyncio.sleep(PING_S)
    while time.monotonic() - heard() <= SILENCE_S:
        with contextlib.suppress(TimeoutError):  # a line that takes nothing in is not waited for
            async with asyncio.timeout(PING_S):
                await line.send('{"t":"ping"}')
        await asyncio.sleep(PING_S)
    line.transport.abort()
