"""Keeps the embedded PostgreSQL running: where it ends although nobody stopped it, it is started again.

What was committed is kept by the server's own recovery; whoever asks meanwhile hears `unavailable` and tries again.
Where it does not stay up, the process ends by SIGTERM after one clear line, instead of refusing everything for ever.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from visavis.kernel.postgres_programs import EmbeddedPostgresError

log = structlog.get_logger(__name__)

LOOK_S = 0.25
AGAIN_S = 0.5
# So many ends within so many seconds are a fault that another start does not mend; so long may one start be tried.
ENDS, WITHIN_S, PATIENCE_S = 3, 300.0, 60.0


class Server(Protocol):
    """What is kept running."""

    def lives(self) -> bool:
        """Whether its main process is there."""
        ...

    def start_again(self) -> None:
        """Start it once more; raises `EmbeddedPostgresError`."""
        ...


def give_up() -> None:
    """End this process in its usual way."""
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def kept(server: Server, give_up: Callable[[], None] = give_up) -> Iterator[None]:
    """While the block runs, the server is looked after; what happens afterwards is the caller's."""
    leaving = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(server, leaving, give_up), name="postgres keeper", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        leaving.set()
        keeper.join()


def _keep(server: Server, leaving: threading.Event, give_up: Callable[[], None]) -> None:
    ends: list[float] = []
    while not leaving.wait(LOOK_S):
        if server.lives():
            continue
        now = time.monotonic()
        ends = [one for one in ends if now - one < WITHIN_S] + [now]
        if len(ends) > ENDS:
            why: Exception | None = EmbeddedPostgresError(f"it ended {len(ends)} times")
        else:
            log.error("the database has ended by itself and is started again")
            why = _started(server, leaving)
        if why is not None:
            log.critical("the database does not stay up: the platform stops", error=str(why))
            give_up()
            return


def _started(server: Server, leaving: threading.Event) -> Exception | None:
    """Start it until it runs or patience ends, as what the old one left may need a moment; why it does not run."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            server.start_again()
        except EmbeddedPostgresError as error:
            if time.monotonic() > until:
                return error
            if leaving.wait(AGAIN_S):
                return None
        else:
            log.warning("the database runs again")
            return None
