"""What runs beside the requests for as long as the application: whatever ends by mistake begins again.

A process that returns has done what it had to do, as preparations do; the application is ready once all of those that
are awaited have. A store that is away at the start only delays them.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from visavis.kernel import clock

log = structlog.get_logger(__name__)

AGAIN_S = 1.0

Process = Callable[[], Coroutine[Any, Any, None]]


class Beside:
    """The processes of one application."""

    def __init__(self) -> None:
        self._awaited = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether everything awaited has been done."""
        return not self._awaited

    def begin(self, process: Process) -> None:
        """Run it until `stop`, or until it returns."""
        self._tasks.append(asyncio.create_task(_kept(process)))

    def prepare(self, process: Process) -> None:
        """Run it, and be ready no sooner than it has returned."""
        self._awaited += 1
        task = asyncio.create_task(_kept(process))
        task.add_done_callback(self._prepared)
        self._tasks.append(task)

    def _prepared(self, _: "asyncio.Task[None]") -> None:
        self._awaited -= 1

    async def stop(self) -> None:
        """Cancel what still runs, and return once it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _kept(process: Process) -> None:
    while True:
        try:
            await process()
        except Exception:
            log.exception("a process beside the requests has failed and begins again")
        else:
            return
        await clock.sleep(AGAIN_S)
