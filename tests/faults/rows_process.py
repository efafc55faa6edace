"""Rows of the matrix on processes that die: the server, the database, and the calm way of stopping."""

import asyncio
import contextlib
import random
import signal
import sys
import time

import asyncpg

from tests.faults.crew import talking
from tests.faults.run import Run

PAIRS = 6
MIGRATE = (sys.executable, "-m", "visavis", "migrate")


async def server_killed(run: Run) -> None:
    """Row 1: kill -9 of the server at random moments while everybody talks."""
    async with run.row("1", "kill -9 of the server, at random moments") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(20, 2)):
                await crew.spoken(run.times(60, 25))
                await asyncio.sleep(random.uniform(0, 0.7))
                await server.kill()
                killed = time.monotonic()
                await server.start(wait=False)
                result.recovery_s.append(await crew.recovered(killed))
                result.repetitions += 1
        run.judge(result, crew, 5)


async def server_paused(run: Run) -> None:
    """Beside the matrix: SIGSTOP, as a machine that swaps or a snapshot does; then it goes on."""
    async with run.row("1p", "server stopped for 3 s (SIGSTOP), then goes on") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                await crew.spoken(run.times(60, 25))
                server.signal(signal.SIGSTOP)
                await asyncio.sleep(3)
                server.signal(signal.SIGCONT)
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                result.repetitions += 1
        run.judge(result, crew, 5)


async def database_killed(run: Run) -> None:
    """Row 3: kill -9 of every process of PostgreSQL."""
    async with run.row("3", "kill -9 of all PostgreSQL processes") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(10, 2)):
                await crew.spoken(run.times(60, 25))
                await asyncio.sleep(random.uniform(0, 0.5))
                await run.stand.kill_postgres()
                await run.stand.start_postgres()
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                result.repetitions += 1
        run.judge(result, crew, 10)


async def database_restarted(run: Run) -> None:
    """Row 4: an immediate restart, and a storm of terminated back-ends."""
    async with run.row(
        "4", "immediate restart of PostgreSQL; storm of terminated back-ends"
    ) as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                await crew.spoken(run.times(60, 25))
                await run.stand.stop_postgres("immediate")
                await run.stand.start_postgres()
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                await crew.spoken(run.times(60, 25))
                await terminate_backends(run.stand.dsn)
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                result.repetitions += 2
        run.judge(result, crew, 5)


async def terminate_backends(dsn: str) -> None:
    """End every back-end of the platform, ten times within two seconds."""
    connection = await asyncpg.connect(dsn)
    try:
        for _ in range(10):
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'visavis' AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.2)
    finally:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            await connection.close()


async def drained(run: Run) -> None:
    """Row 19: SIGTERM under load, and the next one takes its place; the client library sees no failed send."""
    async with run.row("19", "calm stop (SIGTERM) and start under load") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                await crew.spoken(run.times(60, 25))
                await server.drain()
                stopped = time.monotonic()
                await server.start(wait=False)
                result.recovery_s.append(await crew.recovered(stopped))
                result.repetitions += 1
        if crew.failed:
            result.violations.append(f"{len(crew.failed)} sends failed: {sorted(set(crew.failed))}")
        result.notes.append(f"{len(crew.failed)} failed sends seen by the client library")
        run.judge(result, crew, 10)


# What a migration of the next version may do while this one runs: tables that every message reads get a column.
GROWN = (
    "conversation",
    "entry",
    "participant",
    "receipt",
    "connection",
    "person",
    "staff",
    "record",
)


async def upgraded(run: Run) -> None:
    """Row u: the next version's schema under this version's processes, and two that migrate at once."""
    async with run.row("u", "tables get columns under load, while two processes migrate") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for number in range(run.times(3, 1)):
                await crew.spoken(run.times(60, 25))
                both = [run.stand.server(command=MIGRATE, bare=True) for _ in range(2)]
                for one in both:
                    await one.start(wait=False)
                await _grow(run.stand.dsn, f"later_{number}")
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                await crew.spoken(run.times(60, 25))
                result.violations += [
                    f"a migration ended with {code}:\n{one.tail(300)}"
                    for one in both
                    if one.process and (code := await one.process.wait())
                ]
                await _grow(run.stand.dsn, f"later_{number}", undo=True)
                await crew.spoken(run.times(60, 25))
                result.repetitions += 1
        if crew.failed:
            result.violations.append(f"{len(crew.failed)} sends failed: {sorted(set(crew.failed))}")
        result.notes.append(f"{len(crew.failed)} failed sends seen by the client library")
        run.judge(result, crew, 5)


async def _grow(dsn: str, column: str, *, undo: bool = False) -> None:
    """Each table in a transaction of its own that gives up rather than hold everybody up, as migrations do."""
    connection = await asyncpg.connect(dsn, server_settings={"lock_timeout": "2s"})
    change = f"DROP COLUMN {column}" if undo else f"ADD COLUMN {column} integer"
    try:
        for table in GROWN:
            for _ in range(20):
                try:
                    await connection.execute(f"ALTER TABLE {table} {change}")
                    break
                except asyncpg.LockNotAvailableError:
                    continue
            else:
                raise RuntimeError(f"{table} could not be changed")
    finally:
        await connection.close()


ROWS = {
    "1": server_killed,
    "1p": server_paused,
    "3": database_killed,
    "4": database_restarted,
    "19": drained,
    "u": upgraded,
}
