"""The sequencer as a process of the application: on a thread, a loop and connections of its own.

A message path that is full keeps it waiting for the processor alone, not for a turn of the loop at each of its steps.
"""

import structlog

from visavis.archive.log import current
from visavis.archive.sequencer import POLL_S, Sequencer
from visavis.kernel import clock, own_thread
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.settings import Settings

CONNECTIONS = 2  # one gives places while the other marks a batch

log = structlog.get_logger(__name__)


async def run(database: Database, _: Settings) -> None:
    """Sequence until cancelled; a database that is not there yet is waited for."""
    await own_thread.run(lambda: _sequence(database.dsn))


async def _sequence(dsn: str) -> None:
    database = Database(dsn, InProcess(), size=CONNECTIONS)
    while not await _started(database):
        await clock.sleep(POLL_S)
    try:
        await Sequencer(database, current()).run()
    finally:
        await database.stop()


async def _started(database: Database) -> bool:
    try:
        await database.start()
    except Exception:
        log.exception("the sequencer finds no database")
        return False
    return True
