"""Brings a database to the schema of this version; one line of history, plain SQL, in `visavis/migrations`."""

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from alembic import command
from alembic.config import Config

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "migrations"
MIN_POSTGRES = 150000
TURN_S = 3600.0  # a process waits so long for another one's migrations
ASK_AGAIN_S = 0.2
MAKES_TABLES = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
MAKES = "make {role} the owner of the database, or GRANT CREATE ON SCHEMA public TO {role}"
COMPATIBILITY = 2  # raised when an older version must not run on the newer schema


class WrongDatabase(Exception):
    """The database cannot be used; the text says why and what to do."""


async def upgrade(dsn: str) -> None:
    """Apply what is missing; raises `WrongDatabase` when the server or its schema is not for this version."""
    await _check_server(dsn)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["dsn"] = dsn
    async with _turn(dsn):
        await asyncio.to_thread(command.upgrade, config, "head")


@asynccontextmanager
async def _turn(dsn: str) -> AsyncIterator[None]:
    """One process at a time: whoever comes second waits, and then finds nothing left to do.

    He asks again and again: a statement that waits for a lock holds a snapshot, and an index that the first one makes
    beside writers would wait for that snapshot, for ever.
    """
    connection = await asyncpg.connect(dsn, timeout=15, command_timeout=TURN_S)
    try:
        # Two that make the table in the same moment: one of them is refused, and then it is there.
        with contextlib.suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateTableError):
            await connection.execute("CREATE TABLE IF NOT EXISTS migration_turn ()")
        async with asyncio.timeout(TURN_S):
            while not await _has_turn(connection):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(ASK_AGAIN_S)
        yield
    finally:
        await connection.close()


async def _has_turn(connection: asyncpg.Connection) -> bool:
    """Whether the lock was free; it is then held until the connection ends."""
    turn = connection.transaction()
    await turn.start()
    try:
        await connection.execute("LOCK TABLE migration_turn IN EXCLUSIVE MODE NOWAIT")
    except asyncpg.LockNotAvailableError:
        await turn.rollback()
        return False
    return True


async def _check_server(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=15)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise WrongDatabase(
            f"the database cannot be reached ({error or 'no answer'}): look at VISAVIS_DATABASE_URL,"
            " and whether that server runs"
        ) from None
    try:
        version = int(await connection.fetchval("SHOW server_version_num"))
        if version < MIN_POSTGRES:
            raise WrongDatabase(
                f"PostgreSQL 15 or newer is needed, this server is {version // 10000}"
            )
        encoding = await connection.fetchval("SHOW server_encoding")
        if encoding != "UTF8":
            raise WrongDatabase(f"the database must be encoded in UTF8, it is {encoding}")
        if await connection.fetchval("SHOW transaction_read_only") == "on":
            raise WrongDatabase(
                "the database takes no writes: name its primary server, or set default_transaction_read_only = off"
            )
        if not await connection.fetchval(MAKES_TABLES):
            role = await connection.fetchval("SELECT current_user::text")
            raise WrongDatabase(f"the role {role} may not make tables: {MAKES.format(role=role)}")
        if await connection.fetchval("SELECT to_regclass('installation') IS NOT NULL"):
            found = await connection.fetchval("SELECT compatibility FROM installation")
            if found is not None and found > COMPATIBILITY:
                raise WrongDatabase("the schema was made by a newer version: install that version")
    finally:
        await connection.close()
