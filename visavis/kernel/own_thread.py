"""Long work on a thread and a loop of its own: whatever it waits for, it waits beside the loop of the application.

What it touches must be its own, or safe to share: connections are never, settings and immutable things always.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# The loop of the application gives the interpreter away at each of its calls to the kernel; whoever has it then gives
# it back within so long.
SWITCH_S = 0.0005


class _Apart:
    """One piece of work with its loop; `stop` may be called from any thread, also before the work has begun."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._work = work
        self._stopped = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def run(self) -> None:
        """Do the work; returns when it ends or has been stopped."""
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._do())

    async def _do(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._running = loop, task
        if not self._stopped:
            await self._work()

    def stop(self) -> None:
        """Cancel the work."""
        self._stopped = True
        if self._running is not None:
            loop, task = self._running
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(task.cancel)


async def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `work` on its own thread and return when it ends; raises what it raises. Cancelled, it cancels the work and
    waits until that has tidied up.
    """
    apart = _Apart(work)
    sys.setswitchinterval(SWITCH_S)
    with ThreadPoolExecutor(1) as pool:
        ended = asyncio.get_running_loop().run_in_executor(pool, apart.run)
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            apart.stop()
            await ended
            raise
