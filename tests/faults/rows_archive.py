"""Rows of the matrix on the log of record: its making is killed, its disk fails or fills, two make it at once."""

import asyncio
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults import logs
from tests.faults.brittle import POINTS
from tests.faults.crew import Crew, talking
from tests.faults.report import Result
from tests.faults.rows_disk import fill, injected, small_disk
from tests.faults.run import Run
from tests.faults.stand import Server, until
from visavis.archive.log import FOLDER

PAIRS, PAUSE_S = 2, 0.05
POINT, NOWHERE = "POINT", "nowhere"
FREE = "UPDATE lease SET until = now() WHERE name = 'sequencer'"
LEADS = "SELECT until > now() FROM lease WHERE name = 'sequencer'"


async def making_killed(run: Run) -> None:
    """Row 2: kill -9 at every point between the writes of the log; it repairs itself to the byte."""
    async with run.row("2", "kill -9 at every point of the making of the log") as result:
        await run.rest()
        points = random.sample(POINTS, 4) if run.quick else POINTS * run.times(2, 1)
        command = (sys.executable, "-m", "tests.faults.brittle", POINT, "serve")
        server = run.stand.server(command=command)
        try:
            # The crew talks on through all of them: every server that comes makes new records.
            await server.word(POINT, NOWHERE).start()
            async with talking(server.url, await run.stand.pairs(PAIRS), pause_s=PAUSE_S) as crew:
                await crew.spoken(20)
                await server.drain()
                for point in points:
                    await server.word(POINT, point).start(wait=False)
                    await _dies(server, point)
                    await _free_lease(run)
                    result.repetitions += 1
                killed = time.monotonic()
                await server.word(POINT, NOWHERE).start()
                result.recovery_s.append(await crew.recovered(killed))
            await _whole(run, result, crew)
        finally:
            await server.kill()


async def _dies(server: Server, point: str) -> None:
    assert server.process is not None
    try:
        code = await asyncio.wait_for(server.process.wait(), 60)
    except TimeoutError:
        raise TimeoutError(f"the making of the log never came to the point {point}") from None
    if code != -signal.SIGKILL:
        raise RuntimeError(f"the server ended by itself ({code}):\n{server.tail()}")


async def _free_lease(run: Run) -> None:
    """In a quick run nobody waits ten seconds for the lease of the dead to run out."""
    if run.quick:
        await logs.asked(run.stand.dsn, FREE)


async def _whole(run: Run, result: Result, crew: Crew) -> None:
    """Judge the messages and the log, which must hold each of their records."""
    run.judge(result, crew, 30)
    await logs.caught_up(run.stand.dsn)
    home = run.stand.home
    wrong = await asyncio.to_thread(logs.faults_of, home)
    unlike = await logs.unlike_uninterrupted(home, run.stand.dsn)
    result.violations += wrong
    if unlike:
        result.violations.append(f"unlike an uninterrupted log: {', '.join(unlike[:5])}")
    result.notes.append(f"{logs.size_of(home)} leaves, every file as in an uninterrupted log")


async def writes_fail(run: Run) -> None:
    """Row 9t: every fsync of the log's files fails; nothing is signed over what is not durable."""
    async with run.row("9t", "EIO when the log's files are synced (strace)") as result:
        server = await run.server()
        async with _hurting_log(run, result) as crew, injected([server.pid], "fsync:error=EIO"):
            await _stands_still(run, result, crew)
        result.repetitions += 1


async def store_full(run: Run) -> None:
    """Row 10t: the disk of the log's files is full; messages go on, the log waits and catches up."""
    async with run.row(
        "10t", "the disk of the log's files full, then room again (tmpfs)"
    ) as result:
        await run.rest()
        place = run.stand.home / FOLDER
        with small_disk(place if place.exists() else None) as disk:
            kept = place.with_name("archive-kept")
            if place.exists():
                await asyncio.to_thread(shutil.copytree, place, disk / FOLDER)
                place.rename(kept)
            else:
                (disk / FOLDER).mkdir()
            place.symlink_to(disk / FOLDER)
            try:
                await run.server()
                async with _hurting_log(run, result) as crew:
                    ballast = disk / "ballast"
                    fill(disk, ballast, 0)
                    await _stands_still(run, result, crew)
                    ballast.unlink()
                await run.rest()
            finally:
                place.unlink()
                await asyncio.to_thread(shutil.copytree, disk / FOLDER, place)
                shutil.rmtree(kept, ignore_errors=True)
        result.repetitions += 1


@asynccontextmanager
async def _hurting_log(run: Run, result: Result) -> AsyncIterator[Crew]:
    """A crew that talks on while the log is hurt; afterwards both are judged."""
    server = await run.server()
    async with talking(server.url, await run.stand.pairs(PAIRS), pause_s=PAUSE_S) as crew:
        await crew.spoken(20)
        await logs.caught_up(run.stand.dsn)
        yield crew
        healed = time.monotonic()
        result.recovery_s.append(await crew.recovered(healed))
    await _whole(run, result, crew)


async def _stands_still(run: Run, result: Result, crew: Crew) -> None:
    """The log's making fails and is said to; the checkpoint stays where it is, and what it covers is there."""
    server = await run.server()
    home, said = run.stand.home, server.said("sequencing failed")
    await until(lambda: server.said("sequencing failed") > said, 30, "the sequencer to say so")
    before = await asyncio.to_thread(logs.size_of, home)
    await crew.spoken(20)
    wrong = await asyncio.to_thread(logs.faults_of, home)
    after = await asyncio.to_thread(logs.size_of, home)
    result.violations += [f"while it failed: {one}" for one in wrong]
    if after != before:
        result.violations.append(f"a checkpoint of {after} leaves was signed while writes failed")
    if not await logs.asked(run.stand.dsn, logs.WAITS):
        result.violations.append("no record waited, though nothing could be written")


async def two_at_once(run: Run) -> None:
    """Row 21: two platforms over one database and one log; one makes it, a leader that slept is fenced."""
    async with run.row(
        "21", "two sequencers at once; the leader sleeps through its lease"
    ) as result:
        first = await run.server()
        second = await run.stand.server().start()
        try:
            # Without a bus between them the two do not hear each other: everybody is at the first.
            async with talking(first.url, await run.stand.pairs(PAIRS), pause_s=PAUSE_S) as crew:
                for one in (first, second) * run.times(3, 1):
                    await crew.spoken(20)
                    os.kill(one.pid, signal.SIGSTOP)
                    try:
                        await _free_lease(run)
                        await until(lambda: _led(run), 60, "a sequencer to lead")
                    finally:
                        os.kill(one.pid, signal.SIGCONT)
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    result.repetitions += 1
            await _whole(run, result, crew)
        finally:
            await second.kill()


async def _led(run: Run) -> bool:
    return bool(await logs.asked(run.stand.dsn, LEADS))


ROWS = {"2": making_killed, "9t": writes_fail, "10t": store_full, "21": two_at_once}
