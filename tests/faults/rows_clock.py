"""Row of the matrix on the clock: it jumps ahead, back, and past the end of every session."""

import asyncio
import sys
import time

from tests.faults import logs
from tests.faults.crew import PAGE, Crew, talking
from tests.faults.report import Result
from tests.faults.run import Run
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

HOUR_S = 3600


async def clock_jumps(run: Run) -> None:
    """Row 11: ahead and back by most of a day under load; a day ahead no session is good any more."""
    async with run.row(
        "11", "clock jumps: 20 hours ahead, back again, then 25 hours ahead"
    ) as result:
        ahead = run.stand.folder / "ahead"
        command = (sys.executable, "-m", "tests.faults.skewed", str(ahead), "serve")
        server = await run.stand.server(command=command).start()
        try:
            pairs = await run.stand.pairs(4)
            async with talking(server.url, pairs) as crew:
                for hours in (20, 0, -20, 0) * run.times(3, 1):
                    await crew.spoken(run.times(60, 20))
                    await asyncio.to_thread(ahead.write_text, str(hours * HOUR_S))
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    await crew.spoken(run.times(60, 20))
                    result.repetitions += 1
                await _moments(result, crew)
            run.judge(result, crew, 5)
            await logs.caught_up(run.stand.dsn)
            result.violations += await asyncio.to_thread(logs.faults_of, run.stand.home)
            await asyncio.to_thread(ahead.write_text, str(25 * HOUR_S))
            async with Http(server.url) as http:
                http.use_bearer(pairs[0].hers)
                try:
                    await http.get("/api/me")
                    result.violations.append("a session outlived its end")
                except WireError as error:
                    if error.status != 401:
                        result.violations.append(f"a session past its end: {error}")
        finally:
            await server.kill()


async def _moments(result: Result, crew: Crew) -> None:
    """Whatever the clock did: what was said later never bears an earlier moment."""
    for speaker in crew.speakers:
        path, moments, after = f"/api/conversations/{speaker.pair.conversation}", [0], 0
        while page := (await speaker.http.get(f"{path}/entries", after=after, limit=PAGE))[
            "entries"
        ]:
            moments += [int(one["at"]) for one in page]
            after = page[-1]["no"]
        if moments != sorted(moments):
            result.violations.append(f"moments run back in {speaker.pair.conversation}")
        result.notes = ["the moments of a conversation never run back"]


ROWS = {"11": clock_jumps}
