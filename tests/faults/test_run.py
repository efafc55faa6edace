"""A short run of faults as `make faults` makes it: a message sent ten times, a server killed."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.children import unmeasured
from tests.faults.__main__ import FIRST, ROWS, main, order

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
