"""`make faults`: hurts a running platform in every way of the fault matrix, and judges what it kept.

    python -m tests.faults [--quick] [--rows 1,3,…] [--share S] [--minutes M] [--acknowledged N] [--no-page]

The last line of the output is one line of JSON; the exit status is 1 where anything was lost, duplicated, reordered or
otherwise did not hold, or where the checker did not catch a broken server.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.faults import (
    report,
    rows_checker,
    rows_clock,
    rows_cluster,
    rows_disk,
    rows_edge,
    rows_frames,
    rows_network,
    rows_process,
)
from tests.faults.run import Row, Run
from tests.faults.stand import standing
from visavis import launch

MODULES = (
    rows_checker,
    rows_process,
    rows_edge,
    rows_network,
    rows_disk,
    rows_clock,
    rows_cluster,
    rows_frames,
)
ROWS: dict[str, Row] = {number: row for module in MODULES for number, row in module.ROWS.items()}
# The quick run's rows, the most telling first; what the time does not suffice for is named as left out.
QUICK = ("0", "1", "3", "12", "26", "7c", "16", "4", "19", "13", "11", "25", "5", "8", "1p")
# A quick run begins no further row after so long, so that it ends within three minutes.
QUICK_S = 130.0


async def main(asked: argparse.Namespace) -> int:
    """Run what was asked for; the exit status."""
    began = time.monotonic()
    wanted = asked.rows.split(",") if asked.rows else list(QUICK if asked.quick else ROWS)
    unknown = [number for number in wanted if number not in ROWS]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    writes = not (asked.quick or asked.no_page or asked.rows)
    async with standing() as stand:
        run = Run(stand, asked.quick, share=asked.share, histories=Path("build/faults"))
        while True:
            for number in wanted:
                if asked.quick and time.monotonic() - began > QUICK_S:
                    async with run.row(number, _named(ROWS[number])) as result:
                        result.skipped = "the time of a quick run was up"
                    continue
                await ROWS[number](run)
                if writes:
                    _write(run, time.monotonic() - began)
            if time.monotonic() - began >= asked.minutes * 60 and _sum(run) >= asked.acknowledged:
                break
        await run.rest()
    seconds = time.monotonic() - began
    print(report.table(run.results))
    if writes:
        _write(run, seconds)
    print(report.line(run.results, seconds), flush=True)
    return 0 if report.figures(run.results, seconds)["ok"] else 1


def _named(row: Row) -> str:
    """What a row is about, by its own words."""
    return str(row.__doc__).partition(": ")[2].rstrip(".")


def _write(run: Run, seconds: float) -> None:
    how = f"{run.share:g} of the usual repetitions" if run.share != 1 else "all repetitions"
    report.PAGE.write_text(report.page(run.results, seconds, how))


def _sum(run: Run) -> int:
    return sum(one.acknowledged for one in run.results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a part of the matrix, at most three minutes"
    )
    parser.add_argument("--rows", default="", help="only these rows, for example 1,3,19")
    parser.add_argument(
        "--share", type=float, default=1.0, help="so many of the usual repetitions, for example 0.2"
    )
    parser.add_argument("--minutes", type=float, default=0.0, help="go on for at least so long")
    parser.add_argument(
        "--acknowledged", type=int, default=0, help="go on until so many are acknowledged"
    )
    parser.add_argument(
        "--no-page", action="store_true", help="do not write docs/operate/faults.md"
    )
    # Whoever ends the run early leaves no server behind.
    with launch.unwinding_signals():
        sys.exit(asyncio.run(main(parser.parse_args())))
