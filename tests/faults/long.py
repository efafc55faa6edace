"""The long run: one installation is hurt at random, again and again, until so many messages are acknowledged.

Its crews come one after the other: each talks under a few faults, is judged, and lets its history go, so that a million
messages need no more memory than ten thousand. At the end the log of record must hold every record.
"""

import asyncio
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults import logs
from tests.faults.crew import Crew, talking
from tests.faults.proxy import Proxy
from tests.faults.rows_process import terminate_backends
from tests.faults.run import Run
from tests.faults.stand import Server

PAIRS, IN_FLIGHT = 24, 16
A_CREW = 50_000
BETWEEN_S = (3.0, 9.0)
RECOVERS_S = 15.0


@dataclass
class Field:
    """What is hurt: the server, the way to it, its database."""

    run: Run
    server: Server
    proxy: Proxy


async def server_killed(field: Field) -> None:
    """kill -9 of the server"""
    await field.server.kill()
    await field.server.start(wait=False)


async def server_stopped(field: Field) -> None:
    """calm stop and start of the server"""
    await field.server.drain()
    await field.server.start(wait=False)


async def server_paused(field: Field) -> None:
    """the server paused for a second"""
    field.server.signal(signal.SIGSTOP)
    await asyncio.sleep(1)
    field.server.signal(signal.SIGCONT)


async def database_killed(field: Field) -> None:
    """kill -9 of all PostgreSQL processes"""
    await field.run.stand.kill_postgres()
    await field.run.stand.start_postgres()


async def database_restarted(field: Field) -> None:
    """immediate restart of PostgreSQL"""
    await field.run.stand.stop_postgres("immediate")
    await field.run.stand.start_postgres()


async def backends_terminated(field: Field) -> None:
    """every back-end terminated, ten times"""
    await terminate_backends(field.run.stand.dsn)


async def lines_cut(field: Field) -> None:
    """all client connections reset"""
    field.proxy.cut()


async def lines_silent(field: Field) -> None:
    """the way to the clients silent for two seconds"""
    field.proxy.silence()
    await asyncio.sleep(2)
    field.proxy.heal()


FAULTS: tuple[Callable[[Field], Awaitable[None]], ...] = (
    server_killed, server_stopped, server_paused, database_killed, database_restarted, backends_terminated,
    lines_cut, lines_silent,
)  # fmt: skip


async def hurt(run: Run, wanted: int, most_s: float) -> None:
    """Until `wanted` messages are acknowledged, or `most_s` seconds have passed where that is not 0."""
    began = time.monotonic()
    dice = random.Random(began)
    server = await run.server()
    proxy = await Proxy(("127.0.0.1", server.port)).start()
    field = Field(run, server, proxy)
    try:
        while _acknowledged(run) < wanted and not (
            most_s and time.monotonic() - began > most_s - RECOVERS_S
        ):
            await _crew(field, dice, min(A_CREW, wanted - _acknowledged(run)), began + most_s)
            seconds = time.monotonic() - began
            rate = _acknowledged(run) / seconds
            print(
                f"          {_acknowledged(run)} of {wanted} after {seconds:.0f} s, {rate:.0f} a second,"
                f" about {(wanted - _acknowledged(run)) / max(rate, 1):.0f} s to go",
                file=sys.stderr, flush=True,
            )  # fmt: skip
            if any(not one.passed for one in run.results):
                break  # what is broken does not get better by more of it
    finally:
        await proxy.stop()
    await _record(run, wanted, timed=bool(most_s))


async def _crew(field: Field, dice: random.Random, wanted: int, until_s: float) -> None:
    """One crew under a few faults, each counted in the row of its kind."""
    run = field.run
    async with run.row("crews", "everything said meanwhile, crew by crew") as result:
        pairs = await run.stand.pairs(PAIRS)
        url = f"http://127.0.0.1:{field.proxy.port}"
        async with talking(url, pairs, in_flight=IN_FLIGHT) as crew:
            while crew.acknowledged < wanted and not (
                until_s > time.monotonic() > until_s - RECOVERS_S
            ):
                await _once(field, dice.choice(FAULTS), crew)
                await _talk_on(crew, wanted, dice.uniform(*BETWEEN_S))
        run.judge(result, crew)
        result.repetitions += 1


async def _once(field: Field, fault: Callable[[Field], Awaitable[None]], crew: Crew) -> None:
    run = field.run
    async with run.row(fault.__name__, str(fault.__doc__), quiet=True) as result:
        await fault(field)
        result.recovery_s.append(await crew.recovered(time.monotonic()))
        result.repetitions += 1
        if result.recovery_s[-1] > run.patience(RECOVERS_S):
            result.violations.append(f"recovered after {result.recovery_s[-1]:.1f} s")


async def _talk_on(crew: Crew, wanted: int, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and crew.acknowledged < wanted:
        await asyncio.sleep(0.1)


async def _record(run: Run, wanted: int, *, timed: bool) -> None:
    """The log of record, when all has been said."""
    async with run.row("log", "the log of record after all of it") as result:
        took = await logs.caught_up(run.stand.dsn, 600)
        result.violations += await asyncio.to_thread(logs.faults_of, run.stand.home)
        result.repetitions = 1
        size = logs.size_of(run.stand.home)
        result.notes = [f"{size} leaves, the last {took:.0f} s after the last message"]
        if size < _acknowledged(run):
            result.violations.append(f"{size} leaves for {_acknowledged(run)} messages")
        if _acknowledged(run) < wanted and not timed:
            result.violations.append(f"{_acknowledged(run)} of {wanted} acknowledged")


def _acknowledged(run: Run) -> int:
    return sum(one.acknowledged for one in run.results)
