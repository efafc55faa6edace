"""A short run of faults as `make faults` makes it: a message sent ten times, a server killed."""

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from tests.children import unmeasured
from tests.faults import report
from tests.faults.__main__ import FIRST, ROWS, main, order
from tests.faults.run import Run
from tests.faults.stand import Stand

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.sql
@pytest.mark.server
def test_nothing_is_lost_under_a_few_faults() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--quick", "--rows", "12,1"],
        cwd=ROOT, env=unmeasured(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, told["failed"]) == (0, []), done.stdout + done.stderr
    assert told["ran"] == ["12", "1", "logs"]
    assert told["skipped"] == {}
    assert told["acknowledged"] > 50
    assert (told["lost"], told["duplicated"], told["reordered"]) == (0, 0, 0)


async def test_a_row_that_hangs_or_breaks_fails_and_the_next_one_runs() -> None:
    run = Run(cast(Stand, None), quick=False)  # neither row needs a platform

    async def hangs(run: Run) -> None:
        async with run.row("1", "hangs"):
            await asyncio.Event().wait()

    async def breaks(_: Run) -> None:
        raise RuntimeError("no such file")

    await run.bounded("1", hangs, 0.01)
    await run.bounded("2", breaks, 60)
    told = report.figures(run.results, 1)
    assert (told["failed"], told["ok"]) == (["1", "2"], False)
    assert ["no such file" in one.violations[0] for one in run.results] == [False, True]


async def test_a_row_that_there_is_not_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    asked = argparse.Namespace(rows="1,99", quick=True, no_page=True, long=0)
    assert await main(asked, None) == 2
    assert "no such row: 99" in capsys.readouterr().err


def test_a_quick_run_gives_every_row_its_turn() -> None:
    assert order(False, 0) == list(ROWS)
    firsts = set()
    for day in range(len(ROWS)):
        rows = order(True, day)
        assert rows[: len(FIRST)] == list(FIRST)
        assert sorted(rows) == sorted(ROWS)
        firsts.add(rows[len(FIRST)])
    assert firsts == set(ROWS) - set(FIRST)
