"""One run of faults: how long it may take, how patient it is, and what came of each row."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.checker import check
from tests.faults.crew import Crew
from tests.faults.report import Result
from tests.faults.stand import Server, Skipped, Stand

# A continuous-integration machine is slower and shared: bounds on time are for a quiet machine of two cores.
SLACK = 4.0
# Of each server's log so much is kept beside a history that is not clean, in characters.
LOGGED = 200_000


@dataclass
class Run:
    """The rows' common ground. `share` says how many repetitions a row should make, of what it would like."""

    stand: Stand
    quick: bool
    share: float = 1.0
    histories: Path | None = None
    results: list[Result] = field(default_factory=list)
    _server: Server | None = None

    async def server(self) -> Server:
        """The ordinary server, running and ready."""
        if self._server is None:
            self._server = self.stand.server()
        process = self._server.process
        if process is None or process.returncode is not None:
            await self._server.start()
        return self._server

    async def rest(self) -> None:
        """Stop the ordinary server."""
        if self._server is not None:
            await self._server.kill()

    def times(self, wanted: int, quick: int) -> int:
        """How often to repeat."""
        return quick if self.quick else max(1, round(wanted * self.share))

    def leave_out(self, row: str, fault: str, why: str) -> None:
        """A row that does not run, by name and with the reason."""
        result = Result(row, fault, skipped=why)
        self.results.append(result)
        say(result, 0.0)

    @asynccontextmanager
    async def row(self, number: str, fault: str, *, quiet: bool = False) -> AsyncIterator[Result]:
        """A row of the table, whatever happens inside: what breaks is a violation, what is missing a loud skip."""
        result = next((one for one in self.results if one.row == number), None)
        if result is None:
            result = Result(number, fault)
            self.results.append(result)
        began = time.monotonic()
        try:
            yield result
        except Skipped as reason:
            result.skipped = str(reason)
        except Exception as error:  # noqa: BLE001 - a row that breaks is a finding, and the others go on
            result.violations.append(f"{type(error).__name__}: {error}"[:400])
        if not quiet or not result.passed:
            say(result, time.monotonic() - began)

    async def bounded(self, number: str, row: "Row", seconds: float) -> None:
        """Run one row, for so long at most: what hangs, or breaks outside its own bounds, is a violation of it."""
        try:
            async with asyncio.timeout(seconds):
                await row(self)
        except Exception as error:  # noqa: BLE001 - the other rows have their turn all the same
            async with self.row(number, f"row {number}") as result:
                said = str(error) or f"not over after {seconds:.0f} s"
                result.violations.append(f"{type(error).__name__}: {said}"[:400])

    def judge(self, result: Result, crew: Crew, bound_s: float = 0.0) -> None:
        """Count a crew's history in; a recovery beyond `bound_s` is a violation."""
        verdict = check(crew.history)
        result.add(verdict)
        result.acknowledged += crew.history.acknowledged
        result.unknown += sum(one.fate == "info" for one in crew.history.sent)
        limit = self.patience(bound_s)
        if bound_s and result.recovery_s and max(result.recovery_s) > limit:
            result.violations.append(
                f"recovered after {max(result.recovery_s):.1f} s, at most {limit:.0f}"
            )
        if self.histories is not None and not verdict.clean:
            self.histories.mkdir(parents=True, exist_ok=True)
            kept = self.histories / f"row-{result.row}-{result.repetitions}"
            crew.history.save(kept.with_suffix(".jsonl"))
            said = "\n".join(server.tail(LOGGED) for server in self.stand.servers)
            kept.with_suffix(".log").write_text(said)
            for detail in verdict.details:
                print(f"          {detail}", file=sys.stderr, flush=True)

    def patience(self, seconds: float) -> float:
        """A bound as it is held here: longer where others load the machine, in a quick run four times as long."""
        crowded = os.getloadavg()[0] / (2 * (os.cpu_count() or 1))
        return seconds * (SLACK if self.quick else min(max(1.0, crowded), SLACK))


Row = Callable[[Run], Coroutine[Any, Any, None]]


def say(result: Result, seconds: float) -> None:
    """One line on a row that has ended, for whoever watches."""
    if result.skipped:
        text = f"SKIPPED: {result.skipped}"
    else:
        text = (
            f"x{result.repetitions}, {result.acknowledged} acknowledged, lost {result.losses},"
            f" duplicated {result.duplicated}, reordered {result.reordered}, recovery {result.recovery} s"
        )
    print(
        f"[{seconds:5.1f} s] row {result.row:>3} {result.fault}: {text}",
        file=sys.stderr,
        flush=True,
    )
    for violation in result.violations:
        print(f"          VIOLATION: {violation}", file=sys.stderr, flush=True)
