"""Group commit without a timer: what arrives while one batch is at work becomes the next batch.

A lone item pays nothing and waits for nobody; under load the batches grow by themselves. Framework-free.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import asyncpg
import structlog

from visavis.kernel import figures, giving_way
from visavis.kernel.errors import Refusal, Unavailable

T = TypeVar("T")
R = TypeVar("R")

log = structlog.get_logger(__name__)

# The store cannot be reached: trying each item alone would fail the same way, one time-out after the other.
UNREACHABLE = (
    Unavailable,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
)

# Turns of the loop after a batch: its answers are written before the next one is taken, and what has
# arrived is read, so that few batches do much. A batch costs the same round trips whatever its size, so
# whoever answers at once comes along: it goes on while so many turns bring something, for a while at most. After
# a large batch many will answer, and a few turns more cost little beside it: one for each so many that were told.
TURNS, MOST_TURNS, TOLD = 4, 64, 8

# Whoever is turned away because too many wait should come back after so long.
OVERLOADED_S = 2

# Whatever keeps a question to the store from being answered, a refusal included.
TROUBLE = (Refusal, *UNREACHABLE, asyncpg.PostgresError)


class Batcher(Generic[T, R]):
    """Gives items to `work` in batches, and each caller his own answer; a `Refusal` among them is raised for him."""

    def __init__(
        self,
        work: Callable[[Sequence[T]], Awaitable[Sequence[R | Refusal]]],
        *,
        most: int = 256,
        waiting: int = 8192,
        presses: bool = False,
    ) -> None:
        self._work = work
        self._most = most
        self._waiting = waiting
        self._presses = presses
        # From so many on those who speak wait outside.
        self._crowd = max(1, int(waiting * giving_way.CROWD)) if presses else sys.maxsize
        self._queue: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None
        self.name = getattr(work, "__name__", "other").strip("_")
        self._sizes = figures.BATCH.labels(self.name)
        figures.watch(self)

    def __len__(self) -> int:
        return len(self._queue)

    def submit(self, item: T) -> "asyncio.Future[R]":
        """Queue `item`; the future holds its answer after the commit. Raises `Unavailable` when too many wait."""
        self.admit()
        return self.put(item)

    def put(self, item: T) -> "asyncio.Future[R]":
        """`submit` an item that has been admitted."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if len(self._queue) >= self._crowd:
            giving_way.crowd()
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return future

    def admit(self) -> None:
        """Raise `Unavailable` when too many wait: nothing need be made ready for them then."""
        if self._presses:
            giving_way.press(len(self._queue) / self._waiting)
        if len(self._queue) >= self._waiting:
            figures.MESSAGES.inc(self._presses)
            raise Unavailable(reason="overload", retry_after=OVERLOADED_S)

    async def settle(self) -> None:
        """Return once everything that was submitted has its answer."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while self._queue:
                batch, self._queue = self._queue[: self._most], self._queue[self._most :]
                self._let_in()
                self._sizes.observe(len(batch))
                await self._together(batch)
                await self._gather(min(max(TURNS, len(batch) // TOLD), MOST_TURNS // 2))
        finally:
            self._task = None
            if self._presses:
                giving_way.let_in(sys.maxsize)

    def _let_in(self) -> bool:
        """Let some of those outside speak, where half of a crowd is left; whether there was anybody."""
        room = self._crowd - len(self._queue)
        return self._presses and room * 2 >= self._crowd and giving_way.let_in(room)

    async def _gather(self, turns: int) -> None:
        """Let what arrives now come along, until so many turns have brought nothing."""
        known, quiet = 0, 0
        for turn in range(1, MOST_TURNS + 1):
            await giving_way.breathe()
            quiet = 0 if self._let_in() or len(self._queue) > known else quiet + 1
            known = len(self._queue)
            if turn >= TURNS and (quiet >= turns or known >= self._most):
                return

    async def _together(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        giving_way.note(len(batch))
        try:
            answers = await self._work([item for item, _ in batch])
        except UNREACHABLE as error:
            # What has gathered meanwhile would wait as long again for the same answer.
            waiting, self._queue = self._queue, []
            for _, future in (*batch, *waiting):
                _tell(future, Unavailable(reason=type(error).__name__))
        except Exception as error:
            if len(batch) > 1:
                log.warning("batch failed, trying one by one", size=len(batch), exc_info=True)
                for one in batch:
                    await self._together([one])
            else:
                _tell(batch[0][1], error)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                _tell(future, answer)


def _tell(future: "asyncio.Future[R]", answer: R | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
        future.exception()  # somebody who has left is not news
    else:
        future.set_result(answer)
