"""Brings a database to the schema of this version; one line of history, plain SQL, in `visavis/migrations`."""

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from visavis.kernel.db import LOST
from visavis.kernel.errors import DiskFull, Unavailable

log = structlog.get_logger(__name__)

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "migrations"
MIN_POSTGRES = 150000
ANSWER_S = 15.0  # a server that does not answer for so long is away
TURN_S = 3600.0  # a process waits so long for another one's migrations
ASK_AGAIN_S = 0.2
MAKES_TABLES = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
MAKES = "make {role} the owner of the database, or GRANT CREATE ON SCHEMA public TO {role}"
COMPATIBILITY = 2  # raised when an older version must not run on the newer schema
NEWER = (
    "the schema was made by a newer version of the program:"
    " install that version, or restore the backup of before the upgrade"
)


class WrongDatabase(Exception):
    """The database cannot be used; the text says why and what to do."""


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """Raises `WrongDatabase` where the block cannot reach the server, or loses it on the way."""
    try:
        yield
    except DiskFull:
        raise
    except (*LOST, OSError, asyncpg.InterfaceError, Unavailable) as error:
        raise _away(error) from None
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise _away(error) from None
    except PendingRollbackError as error:  # what follows the loss of a connection
        raise _away(error.__context__ or error) from None


def _away(error: BaseException) -> WrongDatabase:
    while error.__cause__ is not None:
        error = error.__cause__
    return WrongDatabase(
        f"the database cannot be reached ({str(error) or 'no answer'}): look at VISAVIS_DATABASE_URL,"
        " and whether that server runs"
    )


async def upgrade(dsn: str) -> None:
    """Apply what is missing; raises `WrongDatabase` when the server or its schema is not for this version, when it
    cannot be reached, and when it goes away meanwhile.
    """
    config = _config()
    config.attributes["dsn"] = dsn
    newest = line().get_current_head()
    with reaching():
        await _check_server(dsn)
        async with _turn(dsn):
            found = await _revision(dsn)
            if found != newest:
                if is_newer(found):
                    raise WrongDatabase(NEWER)
                log.info("migrating the database", before=found, after=newest)
                await asyncio.to_thread(command.upgrade, config, "head")


def line() -> ScriptDirectory:
    """The migrations that this version knows."""
    return ScriptDirectory.from_config(_config())


def is_newer(revision: str | None) -> bool:
    """Whether a schema has come further than this version knows: its revision is none of ours."""
    return revision not in {None, *(one.revision for one in line().walk_revisions())}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


async def _revision(dsn: str) -> str | None:
    """What the schema has come to; None where nothing has been made."""
    async with _connected(dsn) as connection:
        if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
            return None
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=ANSWER_S, command_timeout=ANSWER_S)
    try:
        yield connection
    finally:
        await connection.close(timeout=ANSWER_S)


@asynccontextmanager
async def _turn(dsn: str) -> AsyncIterator[None]:
    """One process at a time: whoever comes second waits, and then finds nothing left to do.

    He asks again and again: a statement that waits for a lock holds a snapshot, and an index that the first one makes
    beside writers would wait for that snapshot, for ever. So would it for whatever else is read on this connection.
    """
    async with _connected(dsn) as connection:
        # Two that make the table in the same moment: one of them is refused, and then it is there.
        with contextlib.suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateTableError):
            await connection.execute("CREATE TABLE IF NOT EXISTS migration_turn ()")
        if not await _has_turn(connection):
            log.info("waiting for another process that migrates the database")
            await _wait_for_turn(connection)
        yield


async def _wait_for_turn(connection: asyncpg.Connection) -> None:
    bound = asyncio.timeout(TURN_S)
    try:
        async with bound:
            while not await _has_turn(connection):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(ASK_AGAIN_S)
    except TimeoutError:
        if not bound.expired():
            raise
        raise WrongDatabase(
            f"another process has been migrating the database for {TURN_S / 60:.0f} minutes: look what it does"
        ) from None


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
        async with _connected(dsn) as connection:
            await _check(connection)
    except asyncpg.PostgresError as error:  # it does not let us in
        raise _away(error) from None


async def _check(connection: asyncpg.Connection) -> None:
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < MIN_POSTGRES:
        raise WrongDatabase(f"PostgreSQL 15 or newer is needed, this server is {version // 10000}")
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
            raise WrongDatabase(NEWER)
