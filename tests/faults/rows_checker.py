"""Before the checker is believed: it is shown servers that are broken on purpose, and a sound one."""

import asyncio
import sys

from tests.faults.checker import Verdict, check
from tests.faults.crew import talking
from tests.faults.run import Run

CATCHES = {"drop": "lost", "double": "duplicated", "swap": "reordered"}


async def broken_servers(run: Run) -> None:
    """Row 0: a server that drops, one that doubles, one that swaps; each must be caught, and by its name."""
    async with run.row("0", "the checker is shown broken servers: drop, double, swap") as result:
        verdicts = await asyncio.gather(*(_judged(run, mode) for mode in CATCHES))
        for (mode, kind), verdict in zip(CATCHES.items(), verdicts, strict=True):
            result.repetitions += 1
            caught = getattr(verdict, kind)
            if not caught:
                result.violations.append(f"a server that is to {mode} was not caught")
            result.notes.append(f"{mode}: {caught} {kind} found")


async def _judged(run: Run, mode: str) -> Verdict:
    command = (sys.executable, "-m", "tests.faults.broken", mode, "serve")
    server = await run.stand.server(command=command).start()
    try:
        async with talking(server.url, await run.stand.pairs(3), settle_s=run.times(3, 1)) as crew:
            await crew.spoken(run.times(600, 80))
    finally:
        await server.kill()
    return check(crew.history)


ROWS = {"0": broken_servers}
