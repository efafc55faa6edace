"""A full disk is called by its name, and what was under way is undone."""

import asyncpg
import pytest

from visavis.kernel.db import Database
from visavis.kernel.errors import DiskFull

NO_ROOM = "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$"


async def test_a_write_that_finds_no_room_is_undone_and_named(database: Database) -> None:
    async def work() -> None:
        async with database.transaction() as tx:
            await tx.execute("CREATE TABLE half_done (n integer)")
            await tx.execute(NO_ROOM)

    with pytest.raises(DiskFull):
        await work()
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT to_regclass('half_done')") is None


async def test_postgres_calls_it_53100(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(asyncpg.DiskFullError):
            async with tx.savepoint():
                await tx.execute(NO_ROOM)
