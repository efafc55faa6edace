"""Rows of the matrix on many processes: a lossy bus, a dead bus, dead members, a standby that takes over."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.crew import Crew, talking
from tests.faults.report import Result
from tests.faults.run import Run
from tests.faults.stand import CROWD, Skipped, until
from tools.cluster import Cluster, NoBus, running, spawn

PAIRS = 6
LEASE = "SELECT epoch, until FROM lease WHERE name = 'dispatch' AND until > now()"


async def hints_fuzzed(run: Run) -> None:
    """Row 13: a bus that drops, doubles and reorders one hint in ten each."""
    async with run.row("13", "bus hints dropped, doubled, reordered (10 % each)") as result:
        command = (sys.executable, "-m", "tests.faults.fuzzed", "serve")
        server = await run.stand.server(command=command).start()
        try:
            async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
                for _ in range(run.times(10, 2)):
                    await crew.spoken(run.times(400, 200))
                    result.repetitions += 1
            run.judge(result, crew)
        finally:
            await server.kill()


@asynccontextmanager
async def _cluster(run: Run) -> AsyncIterator[Cluster]:
    stand = run.stand
    await run.rest()  # its dispatcher would stand by, too
    try:
        begin = spawn if stand.nursery is None else stand.nursery.spawn
        place = stand.folder / "cluster"
        async with running(stand.home, stand.dsn, place, CROWD, begin=begin) as cluster:
            yield cluster
    except NoBus as error:
        raise Skipped(str(error)) from None


async def members_killed(run: Run) -> None:
    """Rows 6, c, l and r share one cluster: the bus, any member, the leader, and a rolling restart."""
    async with (
        run.row("c", "cluster: any process killed and started again") as result,
        _cluster(run) as cluster,
    ):
        ends = [one.url for one in cluster.web]
        # The two of a pair sit at different processes: whatever one says must cross.
        async with talking(ends, await run.stand.pairs(PAIRS)) as crew:
            await _bus_dies(run, cluster, crew)
        async with talking(cluster.url, await run.stand.pairs(PAIRS)) as crew:
            await _anybody_dies(run, cluster, crew, result)
            await _leader_dies(run, cluster)
        run.judge(result, crew, 5)
        await _rolling(run, cluster)


async def _bus_dies(run: Run, cluster: Cluster, crew: Crew) -> None:
    async with run.row("6", "kill -9 of the bus, away for some seconds, back") as result:
        crew.measures_lag = True
        for _ in range(run.times(5, 1)):
            await crew.spoken(run.times(100, 40))
            await cluster.nats.kill()
            await crew.spoken(run.times(100, 40))
            away, crew.lag = crew.lag, 0.0
            await asyncio.sleep(run.times(10, 3))
            away = max(away, crew.lag)
            result.notes = [f"longest way to the other side while it was away: {away:.1f} s"]
            if away > run.patience(2.5):
                result.violations.append(f"an entry needed {away:.1f} s while the bus was away")
            await cluster.nats.start()
            healed = time.monotonic()
            await cluster.nats.ready()
            result.recovery_s.append(await crew.recovered(healed))
            result.repetitions += 1
        crew.measures_lag = False
        await crew.finish()
        run.judge(result, crew, 5)


async def _anybody_dies(run: Run, cluster: Cluster, crew: Crew, result: Result) -> None:
    names = list(cluster.members)
    for number in range(run.times(15, 2)):
        one = cluster.members[names[number % len(names)]]
        await crew.spoken(run.times(60, 20))
        await asyncio.sleep(random.uniform(0, 0.4))
        await one.kill()
        killed = time.monotonic()
        result.recovery_s.append(await crew.recovered(killed))
        await one.start()
        await one.ready()
        result.repetitions += 1


async def _leader_dies(run: Run, cluster: Cluster) -> None:
    """Kill the leading dispatcher; the other one leads with a higher epoch, which no late write of the first has."""
    async with run.row(
        "l", "cluster: the leading dispatcher killed, the standby takes over"
    ) as result:
        for _ in range(run.times(10, 1)):
            led = False
            for name in ("dispatch-1", "dispatch-2"):
                one = cluster.members[name]
                before = await _lease(run)
                await one.kill()
                killed, left = time.monotonic(), await _lease(run)
                # Renewed under the same epoch: the leader lives, and this was the standby.
                await until(lambda left=left: _changed(run, left), 20, "a new leader")  # type: ignore[misc]
                led = (await _lease(run))[0] > before[0]
                if led:
                    result.recovery_s.append(time.monotonic() - killed)
                # It may stand by from now on, but its old lease is not its own any more.
                await one.start()
                await one.ready()
                if led:
                    break
            result.repetitions += 1
            if not led:
                result.violations.append("nobody leads after either dispatcher was killed")
        if max(result.recovery_s, default=0.0) > run.patience(5):
            result.violations.append(
                f"the standby led after {max(result.recovery_s):.1f} s, at most 5"
            )


async def _lease(run: Run) -> tuple[int, object]:
    async with run.stand.cast.tx() as tx:
        row = await tx.fetchrow(LEASE)
    return (int(row["epoch"]), row["until"]) if row else (0, None)


async def _changed(run: Run, was: tuple[int, object]) -> bool:
    now = await _lease(run)
    return now[0] > 0 and now != was


async def _rolling(run: Run, cluster: Cluster) -> None:
    async with run.row("r", "cluster: rolling restart of both web processes under load") as result:
        async with talking(cluster.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                for one in cluster.web:
                    await crew.spoken(run.times(60, 20))
                    await one.drain()
                    stopped = time.monotonic()
                    result.recovery_s.append(await crew.recovered(stopped))
                    await one.start()
                    await one.ready()
                    await cluster.balancer.all_ready()
                result.repetitions += 1
        result.notes = [f"{len(crew.failed)} failed sends seen by the client library"]
        if crew.failed:
            result.violations.append(f"{len(crew.failed)} sends failed: {sorted(set(crew.failed))}")
        run.judge(result, crew, 5)


ROWS = {"13": hints_fuzzed, "c": members_killed}
