"""Answers that everybody may share for a moment: made once, however many ask."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from visavis.kernel import clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Shared(Generic[Key, Value]):
    """Answers by key, each younger than `seconds`; of those who ask at once, one makes it and the others wait.

    An answer of this very microsecond is made again: what was done in it may have come after.
    """

    def __init__(self, seconds: float) -> None:
        self._us = int(seconds * 1_000_000)
        self._kept: dict[Key, tuple[int, Value]] = {}
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def answer(self, key: Key, make: Callable[[], Awaitable[Value]]) -> Value:
        """The answer that is kept, or a fresh one; raises what `make` raises, and keeps nothing then."""
        async with self._turns[key]:
            now = clock.now_us()
            at, found = self._kept.get(key, (now, None))
            if found is not None and 0 < now - at < self._us:
                return found
            made = await make()
            self._kept[key] = now, made
            return made
