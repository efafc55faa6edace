"""What every test may ask for: a fresh, migrated database and a clock that stands still.

One private PostgreSQL serves the whole run. It is migrated once, into a template; each test that
asks gets a copy of that template, which is dropped afterwards. VISAVIS_TEST_PG_BIN names another
server's programs (`make test-pg15`).
"""

import asyncio
import gc
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from tests import places
from tests.world import World, made
from visavis.kernel import ids, migrate
from visavis.kernel.clock import FakeClock, installed
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.settings import Settings

A_MONDAY_AT_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a trading day
TEMPLATE = "template_visavis"
# A crash of the test server loses nothing of value, so it need not wait for the disk.
HURRIED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "jit": "off",
}
_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """The process that begins the run makes the folder shared by all."""
    if not hasattr(config, "workerinput"):
        places.open_shared()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run removes the folder shared by all."""
    if not hasattr(config, "workerinput"):
        places.close_shared()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a database is also run against the other server; what is slow begins first, so that no process
    is left alone with it at the end.
    """
    for item in items:
        if "dsn" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.sql)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it again and again for cycles took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The run's one server, with the migrated template in it."""
    programs = os.environ.get("VISAVIS_TEST_PG_BIN")
    with tempfile.TemporaryDirectory(prefix="visavis-tests-", dir=places.quick()) as folder:
        Path(folder).chmod(0o711)  # the account PostgreSQL runs as passes through
        server = EmbeddedPostgres(
            Path(folder) / "home",
            programs=Path(programs) if programs else None,
            parameters=HURRIED,
        ).start()
        try:
            asyncio.run(_execute(server.dsn(), f"CREATE DATABASE {TEMPLATE}"))
            asyncio.run(migrate.upgrade(server.dsn(TEMPLATE)))
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def housekeeping(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], None]]:
    """Runs a statement on the server, on one connection for the whole run and a loop that no test has: a connection
    costs as much as dropping a database.
    """
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(postgres.dsn()))
    yield lambda statement: loop.run_until_complete(connection.execute(statement))
    loop.run_until_complete(connection.close())
    loop.close()


@pytest.fixture
def dsn(postgres: EmbeddedPostgres, housekeeping: Callable[[str], None]) -> Iterator[str]:
    """The URL of a migrated and empty database that nobody else uses."""
    name = f"test_{next(_numbers)}"
    # Copying files takes 13 ms; copying through the log, the default, takes 30.
    housekeeping(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield postgres.dsn(name)
    housekeeping(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A started pool on a fresh database, with a bus of its own."""
    pool = await Database(dsn, InProcess(), size=5).start()
    yield pool
    await pool.stop()


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """The product's clock, standing at 10:00 in Shanghai on a trading day until it is advanced."""
    # Ids never fall inside one process: after another test, whose clock has gone far ahead, they would tell its time.
    ids._last = 0
    fake = FakeClock(A_MONDAY_AT_TEN)
    with installed(fake):
        yield fake


@pytest.fixture(scope="session")
def usual() -> Settings:
    """The run's settings: reading and checking all of them takes longer than making the application."""
    return Settings(embed_sessions_per_minute=1000)


@pytest.fixture
def settings(usual: Settings, tmp_path: Path) -> Settings:
    """Settings with an own data folder; a test may ask for others with `settings.model_copy`."""
    return usual.model_copy(update={"home": tmp_path / "home"})


@pytest.fixture
async def world(database: Database, clock: FakeClock, settings: Settings) -> AsyncIterator[World]:
    """A running application in test mode, and the cast that can be asked of it."""
    async with made(database, clock, settings) as one:
        yield one


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
