"""PostgreSQL: the pool, and the transaction that every door receives first.

Only the edge (a request, a socket batch, a job) opens a transaction; it commits when the block ends and rolls back when
the block raises. Hints for the bus are collected on the way and published after the commit, never before.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import asyncpg
import msgspec

from visavis.kernel import clock, figures
from visavis.kernel.errors import DiskFull, Malformed, Unavailable
from visavis.kernel.live import Hint, Live

T = TypeVar("T")
Row = Mapping[str, Any]
RETRYABLE = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
# The connection is gone, or its server does not answer: whether a commit under way was carried out nobody knows.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,  # it was cut in the middle of an exchange
    ConnectionError,
    TimeoutError,
)
ACQUIRE_S, COMMAND_S, CLOSE_S = 4.0, 8.0, 5.0
# A plan is kept while its tables grow. One made while they had a hundred rows would read them whole for every row that
# is looked up, if a page out of turn cost four times as much as the next one, which is PostgreSQL's default.
PLANNING = "SET random_page_cost = 1.1"
ATTEMPTS = 5


class Tx:
    """An open transaction: SQL for `store.py` files, hints for the bus. Rows come back as mappings."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.hints: list[Hint] = []
        self.done: list[Callable[[], None]] = []

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        """All rows."""
        return cast(list[Row], await self.connection.fetch(sql, *args))

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        """The first row, or None."""
        return cast(Row | None, await self.connection.fetchrow(sql, *args))

    async def fetchval(self, sql: str, *args: object) -> Any:
        """The first column of the first row, or None."""
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> int:
        """Run one statement and return the number of rows it touched."""
        status: str = await self.connection.execute(sql, *args)
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0

    async def executemany(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement once per row."""
        await self.connection.executemany(sql, rows)

    def hint(self, topic: str, **payload: object) -> None:
        """Tell the bus after the commit that `topic` has news: ids and numbers, never text."""
        self.hints.append(Hint(topic, payload))

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` in this process once the transaction has been committed."""
        self.done.append(action)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside when the block raises."""
        async with self.connection.transaction():
            yield


class Database:
    """The connection pool of one process, and the bus that its commits feed."""

    def __init__(self, dsn: str, live: Live, *, size: int = 10) -> None:
        self.dsn = dsn
        self.live = live
        self._size = size
        self._turns = asyncio.Semaphore(max(1, size // 2))
        self._pool: asyncpg.Pool | None = None

    async def start(self) -> "Database":
        """Open the pool; raises what asyncpg raises when the server cannot be reached."""
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._size,
            timeout=ACQUIRE_S,
            command_timeout=COMMAND_S,
            max_inactive_connection_lifetime=0,
            init=prepare,
            connection_class=_Connection,
            server_settings={"application_name": "visavis", "timezone": "UTC"},
        )
        return self

    async def stop(self) -> None:
        """Close the pool; connections that do not return in `CLOSE_S` are cut."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), CLOSE_S)
            except TimeoutError:
                pool.terminate()

    @property
    def connections(self) -> tuple[int, int]:
        """How many connections are in use, and how many idle."""
        if self._pool is None:
            return 0, 0
        idle = self._pool.get_idle_size()
        return self._pool.get_size() - idle, idle

    @asynccontextmanager
    async def transaction(self, *, readonly: bool = False) -> AsyncIterator[Tx]:
        """A transaction that commits when the block ends; raises `Unavailable` where no connection can be had in
        time, or where it was lost on the way: then the commit may have been carried out or not.
        """
        pool = self._pool
        if pool is None:
            raise Unavailable(reason="stopping")
        connection = await _acquire(pool)
        cut = False
        try:
            tx = Tx(connection)
            async with _bounds(connection, readonly=readonly):
                yield tx
        except asyncio.CancelledError:
            cut = True
            raise
        except asyncpg.DiskFullError as error:
            raise DiskFull from error
        except asyncpg.CharacterNotInRepertoireError as error:
            # The one character that a text of PostgreSQL cannot hold; wherever it came in, it is the caller's.
            raise Malformed(field="text", reason="U+0000") from error
        except asyncpg.InvalidCachedStatementError as error:
            # A newer version has changed a table meanwhile; the driver has forgotten what it had prepared.
            raise Unavailable(reason="schema") from error
        except LOST as error:
            _cut_off(connection)
            raise Unavailable(reason="database") from error
        except asyncpg.InterfaceError as error:
            if not _gone(connection):
                raise
            raise Unavailable(reason="database") from error
        finally:
            back = _give_back(pool, connection, cut=cut)
            await (asyncio.shield(back) if cut else back)
        for action in tx.done:
            action()
        for hint in tx.hints:
            self.live.publish(hint)

    @asynccontextmanager
    async def aside(self, *, readonly: bool = False) -> AsyncIterator[Tx]:
        """A transaction of what comes in crowds, as tickets and hints do: they take turns at half of the connections,
        so that requests and messages always find one.
        """
        async with self._turns, self.transaction(readonly=readonly) as tx:
            yield tx

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do `work` in a transaction, again when PostgreSQL asks for it (40001, 40P01) or a table has been changed
        under it by a newer version, at most 5 times.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except (*RETRYABLE, Unavailable) as error:
                outdated = isinstance(error.__cause__, asyncpg.InvalidCachedStatementError)
                if attempt == ATTEMPTS or not (isinstance(error, RETRYABLE) or outdated):
                    raise
                await clock.sleep(0.005 * attempt)
        raise AssertionError("unreachable")


async def _acquire(pool: asyncpg.Pool) -> asyncpg.Connection:
    try:
        return await pool.acquire(timeout=ACQUIRE_S)
    except (OSError, asyncpg.TooManyConnectionsError, *LOST) as error:
        raise Unavailable(reason="database") from error


async def _give_back(pool: asyncpg.Pool, connection: asyncpg.Connection, *, cut: bool) -> None:
    """Return a connection to the pool; where its user was cut short, even in the middle of a commit or a rollback,
    nothing of his is left open.
    """
    with contextlib.suppress(*LOST, asyncpg.InterfaceError):
        if cut:
            await connection.execute("ROLLBACK")
    with contextlib.suppress(*LOST, asyncpg.InterfaceError):
        await pool.release(connection)


def _gone(connection: asyncpg.Connection) -> bool:
    """Whether the connection is closed; a closed one may have left the pool, and then it answers nothing."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def _cut_off(connection: asyncpg.Connection) -> None:
    with contextlib.suppress(asyncpg.InterfaceError):  # it is given back already
        connection.terminate()


@asynccontextmanager
async def _bounds(connection: asyncpg.Connection, *, readonly: bool) -> AsyncIterator[None]:
    """BEGIN and COMMIT; a connection that was lost is not asked to roll back, for it would not answer."""
    transaction = connection.transaction(readonly=readonly)
    # Entered and left as a block, since the driver takes any other transaction that is cut short for a forgotten one.
    await transaction.__aenter__()
    try:
        yield
    except LOST:
        raise
    except BaseException as error:
        if not _gone(connection):
            # A rollback that nobody answers takes the place of no error, least of all of being told to stop.
            try:
                await transaction.__aexit__(type(error), error, None)
            except (*LOST, asyncpg.InterfaceError):
                _cut_off(connection)
        raise
    began = time.perf_counter()
    await transaction.__aexit__(None, None, None)
    if not readonly:  # what only reads ends at once, and would hide a disk that is slow
        figures.COMMIT.observe(time.perf_counter() - began)


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Nobody changes a session here, listens or takes advisory locks: there is nothing to reset after a transaction."""

    def get_reset_query(self) -> str:
        """None, which saves every transaction a round trip."""
        return ""


async def prepare(connection: asyncpg.Connection) -> None:
    """Let a connection read and write JSON, and plan its statements, as every transaction does."""
    await connection.execute(PLANNING)
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )
