"""The only source of time in the product, so that tests can own it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

LATEST_MS = 4_102_444_800_000  # 2100-01-01: what the wire takes as a moment at most
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where time comes from."""

    def now_us(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` of this clock have passed."""
        ...


class SystemClock:
    """The machine's clock, never running backwards inside one process.

    Where the machine's clock is set back, this one goes on at the pace of time, ahead of it: standing still would stop
    every timer and every limit until the machine has caught up.
    """

    def __init__(self) -> None:
        self._last = 0
        self._at = time.monotonic_ns()

    def now_us(self) -> int:
        wall, at = time.time_ns() // 1000, time.monotonic_ns()
        if wall >= self._last:
            self._last, self._at = wall, at
        else:
            passed = (at - self._at) // 1000
            self._last += passed
            self._at += passed * 1000
        return self._last

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock that moves only when told to; sleepers wake in order."""

    def __init__(self, start: datetime) -> None:
        self._now_us = to_us(start)
        self._order = itertools.count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now_us(self) -> int:
        return self._now_us

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now_us + int(seconds * 1_000_000)
        heapq.heappush(self._sleepers, (due, next(self._order), done))
        await done

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, waking every sleeper at its own moment and letting it run."""
        target = self._now_us + int(seconds * 1_000_000)
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, done = heapq.heappop(self._sleepers)
            self._now_us = max(self._now_us, due)
            if not done.done():
                done.set_result(None)
            for _ in range(10):
                await asyncio.sleep(0)
        self._now_us = target

    def move(self, delta: timedelta) -> None:
        """Jump without waking anybody: for code that only reads the time."""
        self._now_us += int(delta.total_seconds() * 1_000_000)


class PastClock:
    """A time before now that passes when it is told to, and a little with every look; it never reaches the present."""

    LOOK_US = 20

    def __init__(self, seconds_ago: float) -> None:
        self._now_us = time.time_ns() // 1000 - int(seconds_ago * 1_000_000)

    def now_us(self) -> int:
        self._now_us = min(self._now_us + self.LOOK_US, time.time_ns() // 1000)
        return self._now_us

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self._now_us += int(seconds * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_clock: Clock = SystemClock()


@contextmanager
def installed(clock: Clock) -> Iterator[None]:
    """Use `clock` everywhere inside the block."""
    global _clock
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before


def now_us() -> int:
    """Microseconds since 1970-01-01 UTC."""
    return _clock.now_us()


def now() -> datetime:
    """The present moment, aware, in UTC, exact to the microsecond."""
    return from_us(_clock.now_us())


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC, the unit of the wire."""
    return _clock.now_us() // 1000


async def sleep(seconds: float) -> None:
    """Return once `seconds` of the installed clock have passed."""
    await _clock.sleep(seconds)


async def woken(news: asyncio.Event, within_s: float) -> None:
    """Return once there are news, or after so many seconds of the installed clock."""
    tasks = [asyncio.ensure_future(news.wait()), asyncio.ensure_future(sleep(within_s))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def between_s(earlier: datetime, later: datetime) -> float:
    """The seconds from one moment to another, never below 0: a clock that ran ahead leaves moments to come behind."""
    return max(0.0, (later - earlier).total_seconds())


def to_us(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC of an aware moment."""
    return to_us(moment) // 1000


def from_us(us: int) -> datetime:
    """The aware UTC moment of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=us)
