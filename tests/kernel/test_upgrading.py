"""An upgrade beside running processes: two migrate at once, an old process works on a schema that has grown, and is not
started anew on it.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.kernel.test_store_away import ended, started
from visavis.kernel.db import Database, Tx
from visavis.kernel.doctor import examine
from visavis.kernel.errors import Unavailable
from visavis.kernel.live import InProcess
from visavis.kernel.migrate import NEWER
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.settings import Settings

ROOT = Path(__file__).parents[2]
MIGRATE = """
import asyncio, sys
from visavis.kernel import migrate
asyncio.run(migrate.upgrade(sys.argv[1]))
"""


@pytest.fixture
async def empty(postgres: EmbeddedPostgres, dsn: str) -> Iterator[str]:  # type: ignore[misc]
    """A database in which nothing has been made yet."""
    del dsn
    keeper = await asyncpg.connect(postgres.dsn())
    await keeper.execute("CREATE DATABASE nothing_yet")
    yield postgres.dsn("nothing_yet")
    await keeper.execute("DROP DATABASE nothing_yet WITH (FORCE)")
    await keeper.close()


async def test_two_processes_may_migrate_at_once(empty: str) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [one.communicate(timeout=240)[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0, 0], said
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("SELECT count(*) FROM alembic_version") == 1
    await connection.close()


async def test_an_old_process_works_on_beside_a_newer_schema(database: Database, dsn: str) -> None:
    """What it has prepared is outdated once: work is repeated by itself, a bare transaction may be."""
    old = await Database(dsn, InProcess(), size=2).start()

    async def look(tx: Tx) -> int:
        return len(await tx.fetch("SELECT b.* FROM branch AS b"))

    try:
        for column in ("first", "second"):
            assert await old.run(look) == 0
            async with database.transaction() as tx:
                await tx.execute(f"ALTER TABLE branch ADD COLUMN {column} integer")
            assert await old.run(look) == 0
        async with database.transaction() as tx:
            await tx.execute("ALTER TABLE branch ADD COLUMN third integer")
        with pytest.raises(Unavailable):
            async with old.transaction() as tx:
                await look(tx)
        async with old.transaction() as tx:
            assert await look(tx) == 0
    finally:
        await old.stop()


@pytest.mark.server
async def test_an_old_program_is_not_started_anew_on_a_newer_schema_and_says_what_to_do(
    database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = '9999_later'")
    process = await started(dsn, tmp_path, "--port", "0")
    said = await ended(process)
    assert (process.returncode, said) == (2, f"visavis: {NEWER}\n")
    found = {one.name: one for one in await examine(settings, dsn)}["schema"]
    assert (found.level, found.advice) == ("failure", NEWER)
    async with database.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = '0001_kernel'")
    found = {one.name: one for one in await examine(settings, dsn)}["schema"]
    assert (found.level, found.advice) == ("warning", "visavis migrate")
