"""Rows of the matrix about crowds: everybody comes back at once, and far more is said than can be done."""

import asyncio
import contextlib
import time

import httpx

from tests.faults.crew import Crew, talking
from tests.faults.run import Run
from tests.faults.stand import Server, until
from visavis.sdk.http import Http
from visavis.sdk.live import Live

PAIRS = 6
# No line is kept for another call.
ONCE = httpx.Limits(max_keepalive_connections=0)


async def storm(run: Run) -> None:
    """Row 18: thousands of sockets are dropped at once; all are back within 30 s, and nobody's message is lost."""
    count = 200 if run.quick else 5000
    async with run.row("18", f"{count} sockets dropped at once") as result:
        server = await run.server()
        pairs = await run.stand.pairs(max(1, count // 20))
        crowd: list[Live] = []
        try:
            for pair in pairs:
                for bearer in (pair.hers, pair.his):
                    for _ in range(10):
                        # Loading the trusted authorities for each of thousands would take minutes, and a line kept
                        # for the next call would cost each of them a file of this process more.
                        http = Http(
                            server.url,
                            transport=httpx.AsyncHTTPTransport(verify=False, limits=ONCE),
                        )
                        http.use_bearer(bearer)
                        crowd.append(Live(http))
            for begin in range(0, len(crowd), 50):
                await asyncio.gather(*map(_arrive, crowd[begin : begin + 50]))
            await until(
                lambda: all(one.online.is_set() for one in crowd), 300, "the crowd to gather"
            )
            async with talking(server.url, await run.stand.pairs(3)) as crew:
                await crew.spoken(60)
                seen = [one.connections for one in crowd]
                worked, computed = time.process_time(), server.cpu_s()
                refused = await _unavailable(server)
                for one in crowd:
                    one.drop()
                back = await until(
                    lambda: all(one.connections > was for one, was in zip(crowd, seen, strict=True)),
                    120, "all sockets to be back",
                )  # fmt: skip
                result.recovery_s.append(back)
                theirs, ours = server.cpu_s() - computed, time.process_time() - worked
                result.notes = [f"the server computed {theirs:.1f} s, the crowd {ours:.1f} s"]
                refused = await _unavailable(server) - refused
                await crew.spoken(20)
            run.judge(result, crew, 30)
            result.repetitions += 1
            if refused:
                result.violations.append(f"{refused:.0f} calls found no connection to the store")
            if crew.failed:
                result.violations.append(f"sends of others failed: {sorted(set(crew.failed))}")
        finally:
            for one in crowd:
                await one.stop()
                await one.http.close()


async def _unavailable(server: Server) -> float:
    """How many calls the server has answered with 503."""
    figures = await server.figures()
    name = "visavis_http_requests_total"
    return sum(
        value for key, value in figures.items() if key.startswith(name) and 'status="503"' in key
    )


async def _arrive(one: Live) -> None:
    """Connect; whoever has no welcome within half a minute tries again."""
    while not one.online.is_set():
        with contextlib.suppress(TimeoutError):
            await one.start()


async def overload(run: Run) -> None:
    """Row 24: far more at once than can be done; what is acknowledged is kept, the rest is asked to wait."""
    seconds = 4 if run.quick else 60
    async with run.row(
        "24", f"overload for {seconds} s: 64 messages of each speaker under way"
    ) as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            calm = await _rate(crew, run.times(5, 2))
        run.judge(result, crew)
        async with talking(
            server.url, await run.stand.pairs(run.times(20, 10)), in_flight=64
        ) as crew:
            goodput = await _rate(crew, seconds)
        run.judge(result, crew)
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            began = time.monotonic()
            result.recovery_s.append(await crew.recovered(began))
            await crew.spoken(50)
        run.judge(result, crew, 10)
        result.repetitions += 1
        result.notes = [
            f"{goodput:.0f} messages/s under it, {calm:.0f} in calm, generator on the same machine"
        ]
        if goodput < 0.8 * calm:
            result.violations.append(f"{goodput:.0f} messages/s under overload, {calm:.0f} in calm")


async def _rate(crew: Crew, seconds: float) -> float:
    began, before = time.monotonic(), crew.acknowledged
    await asyncio.sleep(seconds)
    return (crew.acknowledged - before) / (time.monotonic() - began)


ROWS = {"18": storm, "24": overload}
