"""Rows of the TypeScript library: the faults that a page meets, with the same judge as the Python library's."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from tests.faults import pages
from tests.faults.proxy import Proxy
from tests.faults.run import Run
from tests.faults.stand import Server

PAIRS = 6
SILENT_S = 2.0


async def pages_hurt(run: Run) -> None:
    """Row ts: pages whose server dies, drains, stalls, whose database dies, whose lines break and fall silent."""
    async with run.row("ts", "the TypeScript library under faults of every kind") as result:
        server = await run.server()
        proxy = await Proxy(("127.0.0.1", server.port)).start()
        url = f"http://127.0.0.1:{proxy.port}"
        errors = run.stand.folder / "pages.log"
        hurts = _hurts(run, server, proxy)
        try:
            async with pages.talking(url, await run.stand.pairs(PAIRS), errors) as crew:
                for number in range(run.times(24, 4)):
                    await crew.spoken(run.times(60, 25))
                    await hurts[number % len(hurts)]()
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    result.repetitions += 1
        finally:
            await proxy.stop()
        result.notes = [f"{len(crew.failed)} failed sends seen by the client library"]
        if crew.failed:
            result.violations.append(f"{len(crew.failed)} sends failed: {sorted(set(crew.failed))}")
        run.judge(result, crew, 15)


def _hurts(run: Run, server: Server, proxy: Proxy) -> list[Callable[[], Awaitable[None]]]:
    async def killed() -> None:
        await server.kill()
        await server.start(wait=False)

    async def cut() -> None:
        proxy.cut()

    async def database() -> None:
        await run.stand.kill_postgres()
        await run.stand.start_postgres()

    async def drained() -> None:
        await server.drain()
        await server.start(wait=False)

    async def silent() -> None:
        proxy.silence()
        await asyncio.sleep(SILENT_S)
        proxy.heal()

    async def paused() -> None:
        server.signal(signal.SIGSTOP)
        await asyncio.sleep(1)
        server.signal(signal.SIGCONT)

    return [killed, cut, drained, database, silent, paused]


ROWS = {"ts": pages_hurt}
