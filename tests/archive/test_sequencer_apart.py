"""The sequencer as a process of the application: on a thread, a loop and connections of its own."""

import asyncio
from pathlib import Path

import pytest

from tests.archive.test_sequencer import audited, log_in, write
from tests.kernel.test_live import until
from visavis.archive import keys, log, sequencing
from visavis.archive.keys import KeyRing
from visavis.kernel.clock import SystemClock, installed
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings


async def test_as_a_process_of_the_application_it_has_a_thread_and_connections_of_its_own(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for a database that is not there yet, sequences what waits, and gives its lease up when it is ended."""
    tries = 0

    class Late(Database):
        async def start(self) -> Database:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise OSError("not yet")
            return await super().start()

    monkeypatch.setattr("visavis.archive.sequencing.Database", Late)
    monkeypatch.setattr("visavis.archive.sequencing.POLL_S", 0.01)
    keys.install(KeyRing(bytes(32)))
    target = log_in(tmp_path)
    log.install(target)
    await write(database, 5)
    with installed(SystemClock()):
        running = asyncio.create_task(sequencing.run(database, Settings()))
        await until(lambda: target.published() is not None)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert tries == 2
    assert audited(tmp_path) == 5
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT until <= now() FROM lease WHERE name = 'sequencer'")
