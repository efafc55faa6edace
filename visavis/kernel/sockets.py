"""One live socket as the gateway sees it: a bounded queue of frames, what it follows, when it was last heard."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.settings import Settings

# Close codes of docs/protocol.md.
DRAINED = 1012
TOO_LARGE = 1009
TOO_SLOW = 4008
NOT_SIGNED_IN = 4401
FORBIDDEN = 4403
SILENT = 4408
TOO_MANY = 4429

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """A frame's bytes."""
    return _encoder.encode(value)


@dataclass(frozen=True)
class Limits:
    """How much one socket and one person may take."""

    frames: int = 1000
    bytes: int = 1_048_576
    frame_bytes: int = 65_536
    # A bucket of tokens: one per frame received.
    burst: int = 400
    per_second: float = 100.0
    sockets: int = 12
    in_flight: int = 128
    # Two signs of life and a half; looked at every five seconds, and five are left to close: free within a minute.
    silence_s: float = 50.0
    hello_s: float = 10.0

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that an operator may set, and the rest as they are."""
        return cls(
            burst=settings.socket_frames_at_once, per_second=settings.socket_frames_per_second
        )


@dataclass(slots=True)
class Follow:
    """What a socket has been sent of one feed: the highest number of each stream that it follows."""

    sent: dict[str, int] = field(default_factory=dict)


class Socket:
    """A page's end of the line; nothing in it blocks and nothing in it touches a network."""

    __slots__ = (
        "_on_news", "_on_room", "_queue", "_refilled_us", "_room", "_size", "_tokens", "actor", "closing", "device",
        "doubted", "doubts", "follows", "greeted", "heard_us", "in_flight", "limits", "tasks",
    )  # fmt: skip

    def __init__(self, actor: Actor, limits: Limits) -> None:
        self.actor = actor
        self.limits = limits
        self.greeted = False
        self.device = "desktop"
        self.follows: dict[UUID, Follow] = {}
        self.heard_us = clock.now_us()
        # While rights are being looked up again, nothing of a feed goes out.
        self.doubted = False
        self.doubts = 0
        self.closing: int | None = None
        self.in_flight = 0
        self.tasks: set[asyncio.Task[Any]] = set()
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._tokens = float(limits.burst)
        self._refilled_us = self.heard_us
        self._on_news: Callable[[], None] | None = None
        self._on_room: Callable[[], None] | None = None
        self._room: asyncio.Future[None] | None = None

    def attach(self, news: Callable[[], None], room: Callable[[], None]) -> None:
        """Call `news` when there is something to send or to close, `room` when frames may be read again."""
        self._on_news, self._on_room = news, room

    def push(self, data: bytes, *, hint: bool = False) -> bool:
        """Queue a frame. A hint is dropped once the queue is half full; anything beyond the limit closes with 4008."""
        if self.closing is not None:
            return False
        frames, size = len(self._queue) + 1, self._size + len(data)
        if hint and (frames * 2 > self.limits.frames or size * 2 > self.limits.bytes):
            return False
        if frames > self.limits.frames or size > self.limits.bytes:
            self.close(TOO_SLOW)
            return False
        self._queue.append(data)
        self._size = size
        if self._on_news is not None:
            self._on_news()
        return True

    def send(self, frame: Mapping[str, Any], *, hint: bool = False) -> bool:
        """`push` a frame that is not encoded yet."""
        return self.push(encode(frame), hint=hint)

    def close(self, code: int) -> None:
        """Ask the transport to close with `code` once the queue is sent; whoever is too slow is not waited for."""
        if self.closing is None:
            self.closing = code
            if code == TOO_SLOW:
                self._queue.clear()
            if self._on_news is not None:
                self._on_news()
            _wake(self._room)

    @property
    def empty(self) -> bool:
        """Whether nothing waits to be sent."""
        return not self._queue

    @property
    def full(self) -> bool:
        """Whether so many commands are in flight that no more should be read."""
        return self.in_flight >= self.limits.in_flight

    def take(self, most: int) -> list[bytes]:
        """The next frames to send, about `most` bytes of them."""
        frames, queue = [], self._queue
        if self._size <= most:
            frames = list(queue)
            queue.clear()
            self._size = 0
            return frames
        while queue and most > 0:
            data = queue.popleft()
            frames.append(data)
            most -= len(data)
            self._size -= len(data)
        return frames

    def take_token(self) -> bool:
        """Count a frame received; false when the page sends faster than it may."""
        now = clock.now_us()
        earned = (now - self._refilled_us) * self.limits.per_second / 1_000_000
        self._tokens = min(self._tokens + earned, self.limits.burst) - 1
        self._refilled_us = self.heard_us = now
        return self._tokens >= 0

    async def idle(self) -> None:
        """Return once no command is in flight."""
        while self.in_flight and self.closing is None:
            if self._room is None or self._room.done():
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)

    def began(self) -> None:
        """A command is in flight."""
        self.in_flight += 1

    def ended(self) -> None:
        """A command has its answer."""
        self.in_flight -= 1
        # Half of them: to stop and go on at each answer costs more than the answer.
        if self.in_flight == self.limits.in_flight // 2 and self._on_room is not None:
            self._on_room()
        if self._room is not None and not self.in_flight:
            _wake(self._room)

    def run(self, task: "asyncio.Task[Any]") -> None:
        """Hold on to a task of this socket until it ends."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def _wake(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
