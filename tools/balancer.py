"""A small TCP proxy before several web processes, for one machine: new connections go round those that are ready.

It asks `/readyz` of each, so that one that drains or starts gets nothing new; what is connected stays where it is.
A real installation has HAProxy, Envoy or Caddy here (docs/operate/cluster.md).
"""

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine, Sequence
from typing import Any

LOOK_S = 0.25
CHUNK = 65_536


class Balancer:
    """Listens on loopback and passes connections on to the ready ones of `ports`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.ready: set[int] = set()
        self.port = 0
        self._turn = itertools.count()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> "Balancer":
        """Listen on `port`, 0 being any free one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]
        for one in self.ports:
            self._begin(self._watch(one))
        return self

    async def all_ready(self) -> None:
        """Return once every one of `ports` takes traffic."""
        await asyncio.gather(*(self._until_ready(one) for one in self.ports))

    async def _until_ready(self, port: int) -> None:
        while not await is_ready(port):  # noqa: ASYNC110 - another process offers no event
            await asyncio.sleep(LOOK_S)
        self.ready.add(port)

    async def stop(self) -> None:
        """Cut everything."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, port: int) -> None:
        while True:
            if await is_ready(port):
                self.ready.add(port)
            else:
                self.ready.discard(port)
            await asyncio.sleep(LOOK_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._connect()
        if there is None:
            writer.transport.abort()
            return
        self._begin(_pass(reader, there[1]))
        self._begin(_pass(there[0], writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        candidates = [one for one in self.ports if one in self.ready] or self.ports
        turn = next(self._turn)
        for step in range(len(candidates)):
            port = candidates[(turn + step) % len(candidates)]
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                self.ready.discard(port)
        return None


async def is_ready(port: int) -> bool:
    """Whether the process on this port takes traffic."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(
                    b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()
