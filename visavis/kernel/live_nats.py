"""The bus of many processes: core NATS, which may lose what it carries and need not keep anything.

What one turn of the loop has to say goes out as one message on one subject, and every process takes from it what its
own listeners want. Hints of the own process are function calls as ever: they do not wait for the network, and a bus
that is down is felt by other processes alone, which then look into the store themselves (reconciling.py).
"""

import asyncio
import contextlib
from typing import Any

import msgspec
import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from visavis.kernel import clock
from visavis.kernel.live import Hint, InProcess

log = structlog.get_logger(__name__)

SUBJECT = "visavis.hints"
RETRY_S = 0.5
WAITING = (
    10_000  # hints kept for a bus that is slow; what is beyond is dropped, and found in the store
)
BYTES = 500_000  # below NATS's own limit of a megabyte

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[tuple[str, dict[str, Any]]])


class Nats(InProcess):
    """Hints to and from other processes; connects in the background, and again for ever."""

    lossy = True
    connected = False

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._client = Client()
        self._waiting: list[Hint] = []
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> "Nats":
        """Begin to connect; whether that succeeds `connected` tells."""
        self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._send())]
        return self

    async def stop(self) -> None:
        """Leave the bus."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._client.close(), 2)
        self.connected = False

    def publish(self, hint: Hint) -> None:
        """Tell the own process at once, and the others soon."""
        self.deliver(hint)
        if self.connected and len(self._waiting) < WAITING:
            self._waiting.append(hint)
            self._news.set()

    async def _connect(self) -> None:
        while True:
            self._client, lost = Client(), asyncio.Event()

            async def closed(lost: asyncio.Event = lost) -> None:
                lost.set()

            try:
                await self._client.connect(
                    self._url, no_echo=True, allow_reconnect=False, connect_timeout=2, ping_interval=5,
                    max_outstanding_pings=2, error_cb=_trouble, closed_cb=closed, name="visavis",
                )  # fmt: skip
                await self._client.subscribe(SUBJECT, cb=self._heard)
                await self._client.flush(timeout=2)
            except (OSError, TimeoutError, nats.errors.Error) as error:
                log.warning("bus not reached", error=type(error).__name__)
            else:
                log.info("bus reached")
                self.connected = True
                # Where something waited to be sent, the driver may break off before it says that it has lost the line.
                while not self._client.is_closed:
                    await clock.woken(lost, RETRY_S)
                self.connected = False
                self._waiting.clear()
                log.warning("bus lost")
            with contextlib.suppress(Exception):
                await self._client.close()
            await clock.sleep(RETRY_S)

    async def _send(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            hints, self._waiting = self._waiting, []
            for data in _parts(hints):
                try:
                    await self._client.publish(SUBJECT, data)
                except (OSError, TimeoutError, nats.errors.Error) as error:
                    log.warning("hints lost", count=len(hints), error=type(error).__name__)

    async def _heard(self, message: Msg) -> None:
        try:
            told = _decoder.decode(message.data)
        except msgspec.DecodeError:
            log.warning("bus message not understood", size=len(message.data))
            return
        for topic, payload in told:
            self.deliver(Hint(topic, payload))


def _parts(hints: list[Hint]) -> list[bytes]:
    """The hints as messages that the bus takes."""
    data = _encoder.encode([(one.topic, one.payload) for one in hints])
    if len(data) <= BYTES or len(hints) < 2:
        return [data]
    half = len(hints) // 2
    return [*_parts(hints[:half]), *_parts(hints[half:])]


async def _trouble(error: Exception) -> None:
    log.info("bus trouble", error=type(error).__name__)
