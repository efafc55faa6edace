"""`make faults`: hurts a running platform in every way of the fault matrix, and judges what it kept.

    python -m tests.faults [--quick] [--rows 1,3,…] [--share S] [--no-page]
    python -m tests.faults --long 1000000 [--minutes M]

The last line of the output is one line of JSON; the exit status is 1 where anything was lost, duplicated, reordered or
otherwise did not hold, or where the checker did not catch a broken server. A row that did not run is named, with why.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.faults import (
    long,
    report,
    rows_archive,
    rows_checker,
    rows_clock,
    rows_cluster,
    rows_copies,
    rows_crowds,
    rows_disk,
    rows_edge,
    rows_frames,
    rows_network,
    rows_pages,
    rows_process,
)
from tests.faults.crew import MARK
from tests.faults.nursery import Nursery
from tests.faults.run import Row, Run
from tests.faults.stand import standing
from visavis import launch

MODULES = (
    rows_checker,
    rows_process,
    rows_edge,
    rows_network,
    rows_crowds,
    rows_pages,
    rows_disk,
    rows_clock,
    rows_archive,
    rows_copies,
    rows_cluster,
    rows_frames,
)
ROWS: dict[str, Row] = {number: row for module in MODULES for number, row in module.ROWS.items()}
# A quick run begins with the most telling rows; the order of the others changes from day to day, so that on a machine
# where the time does not suffice each of them has its turn.
FIRST = ("0", "1", "12", "3", "19", "26", "2", "22")
# A quick run begins no further row after so long, so that it ends within three minutes.
QUICK_S = 110.0
# A full run begins no further row after so long, and no row may take longer than this: whatever hangs, the run ends.
FULL_S, ROW_S = 3_000.0, 600.0


def order(quick: bool, day: int) -> list[str]:
    """The rows of a run."""
    if not quick:
        return list(ROWS)
    others = [number for number in ROWS if number not in FIRST]
    turn = day % len(others)
    return [*FIRST, *others[turn:], *others[:turn]]


async def main(asked: argparse.Namespace, nursery: Nursery | None) -> int:
    """Run what was asked for; the exit status."""
    began = time.monotonic()
    wanted = asked.rows.split(",") if asked.rows else order(asked.quick, int(time.time() // 86_400))
    unknown = [number for number in wanted if number not in ROWS]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    writes = not (asked.no_page or asked.rows)
    async with standing(nursery) as stand:
        run = Run(stand, asked.quick, share=asked.share, histories=Path("build/faults"))
        if asked.long:
            await long.hurt(run, asked.long, asked.minutes * 60)
        else:
            await _rows(run, wanted, began, writes)
        await run.rest()
        await _silent_logs(run)
    seconds = time.monotonic() - began
    print(report.table(run.results))
    if writes:
        _write(run, seconds, asked.long, asked.minutes)
    print(report.line(run.results, seconds), flush=True)
    return 0 if report.figures(run.results, seconds)["ok"] else 1


async def _rows(run: Run, wanted: Sequence[str], began: float, writes: bool) -> None:
    for number in wanted:
        if time.monotonic() - began > (QUICK_S if run.quick else FULL_S):
            kind = "quick" if run.quick else "full"
            run.leave_out(number, _named(ROWS[number]), f"the time of a {kind} run was up")
            continue
        await run.bounded(number, ROWS[number], ROW_S)
        if writes:
            _write(run, time.monotonic() - began)


async def _silent_logs(run: Run) -> None:
    """What was said under faults is in no log, neither the servers' nor PostgreSQL's."""
    async with run.row("logs", "no message text in any log of all this") as result:
        logs = [path for path in run.stand.folder.rglob("*.log") if path.is_file()]
        result.repetitions = len(logs)
        result.notes = [f"{sum(path.stat().st_size for path in logs) / 1e6:.1f} MB of logs"]
        told = [path.name for path in logs if MARK.encode() in path.read_bytes()]
        if told:
            result.violations.append(f"message text in {', '.join(sorted(told))}")


def _named(row: Row) -> str:
    """What a row is about, by its own words."""
    return str(row.__doc__).partition(": ")[2].rstrip(".")


def _write(run: Run, seconds: float, wanted: int = 0, minutes: float = 0.0) -> None:
    """This run's part of the operators' page; `wanted` messages are those of a long run."""
    part, how = "matrix", "all repetitions"
    if wanted:
        part, how = "long", f"until {wanted} messages were acknowledged"
        how += f" or {minutes:g} minutes had passed" if minutes else ""
    elif run.quick:
        part, how = "quick", "few repetitions"
    elif run.share != 1:
        how = f"{run.share:g} of the usual repetitions"
    old = report.PAGE.read_text() if report.PAGE.exists() else ""
    report.PAGE.write_text(report.page(old, part, run.results, seconds, how))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few repetitions, at most three minutes"
    )
    parser.add_argument("--rows", default="", help="only these rows, for example 1,3,19")
    parser.add_argument(
        "--share", type=float, default=1.0, help="so many of the usual repetitions, for example 0.2"
    )
    parser.add_argument(
        "--long", type=int, default=0, metavar="N",
        help="instead of the rows: faults at random until N messages are acknowledged",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="with --long: end after so long, whatever N says"
    )
    parser.add_argument(
        "--no-page", action="store_true", help="do not write docs/operate/faults.md"
    )
    arguments = parser.parse_args()
    # The cast's own connections and the proxies' lines break; that is what is meant to happen.
    for name in ("asyncpg", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warm = Nursery() if arguments.quick or arguments.long else None
    try:
        # Whoever ends the run early leaves no server behind.
        with launch.unwinding_signals():
            # A million messages are said and judged on the same two cores: the faster loop leaves them to the server.
            loops = uvloop.run if arguments.long else asyncio.run
            code = loops(main(arguments, warm))
    finally:
        if warm is not None:
            warm.end()
    sys.exit(code)
