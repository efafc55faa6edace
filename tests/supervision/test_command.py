"""`visavis supervise check`: one verdict a line, and what cannot be read is named."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from visavis import supervising
from visavis.supervision import judging
from visavis.supervision.rules.backtest import Past, backtest
from visavis.supervision.types import Direction, Judged

LINES = [
    {"id": "a", "text": "😀加我微信详聊", "lang": "zh", "direction": "staff_to_client"},
    {"id": 2, "text": "您好，请问什么时候到账", "lang": "zh", "direction": "client_to_staff"},
    {"id": None, "text": "guaranteed 12% a year", "lang": "en", "direction": "broadcast"},
]


def written(folder: Path, *lines: object) -> str:
    path = folder / "lines.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_bytes("\n".join(texts).encode("utf-8", "surrogateescape"))
    return str(path)


def test_every_line_is_answered_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervising.check(written(tmp_path, *LINES, "")) == 0
    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert err == ""
    assert [one["id"] for one in answers] == ["a", 2, None]
    assert [one["action"] for one in answers] == ["block", "pass", "block"]
    keys = {"id", "action", "categories", "policies", "spans", "score"}
    assert all(set(one) == keys for one in answers)
    assert answers[0]["categories"] == ["off_platform"]
    assert answers[0]["spans"] == [[1, 7]]  # characters, not UTF-16 units
    assert 0 < answers[0]["score"] <= 1


def test_what_cannot_be_read_is_named_and_the_rest_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [
        "oops", "[1]", {"text": "x", "direction": "broadcast"}, {"id": 1, "direction": "broadcast"},
        {"id": 1, "text": 5, "direction": "broadcast"}, {"id": 1, "text": "x", "direction": "up"},
        {"id": 1, "text": "x"}, "\udcff", '{"id": 1,',
    ]  # fmt: skip
    assert supervising.check(written(tmp_path, LINES[0], *wrong, "", LINES[1])) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", 2]
    assert [f"line {number}:" in err for number in range(1, 13)] == [
        False,
        *[True] * 9,
        False,
        False,
    ]
    assert "9 of 12 lines" in err


def test_a_lone_surrogate_is_judged_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = '{"id":"\\ud800","text":"\\ud83d guaranteed 12% return","direction":"broadcast"}'
    assert supervising.check(written(tmp_path, line)) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "block"


def test_no_file_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert supervising.check("/nowhere/at/all") == 2
    assert "no file" in capsys.readouterr().err


def test_the_plain_form_is_known() -> None:
    forms = ([], ["--jsonl"], ["--jsonl", "-"], ["a.jsonl"], ["--jsonl", "a.jsonl"])
    assert all(supervising.asked(["visavis", "supervise", "check", *form]) for form in forms)
    others = (
        ["supervise"],
        ["serve"],
        ["supervise", "check", "--help"],
        ["supervise", "check", "a", "b"],
    )
    assert not any(supervising.asked(["visavis", *other]) for other in others)


@pytest.mark.server
def test_lines_are_answered_as_they_come() -> None:
    call = [sys.executable, "-m", "visavis", "supervise", "check", "--jsonl", "-"]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin
        assert run.stdout
        for line in LINES:
            os.write(run.stdin.fileno(), json.dumps(line).encode() + b"\n")
            assert json.loads(run.stdout.readline())["id"] == line["id"]
        run.stdin.close()
        assert run.wait(60) == 0


PAST = [
    {
        "text": "加我微信详聊",
        "direction": "staff_to_client",
        "day": "2026-11-02",
        "violation": True,
    },
    {
        "text": "请来电 abcabc",
        "direction": "staff_to_client",
        "day": "2026-11-03",
        "violation": False,
    },
    {"text": "您好", "direction": "staff_to_client", "day": "2026-11-03"},
    {"text": "稳赚不赔", "direction": "staff_to_client", "day": "2026-01-01", "violation": True},
]


def proposed(folder: Path, **policy: object) -> Path:
    here = Path(judging.__file__).parent / "policies"
    for name in judging.DOCUMENTS:
        document = json.loads((here / name).read_text("utf-8"))
        if name == "zh.json":
            document["policies"].append(policy)
        (folder / name).write_text(json.dumps(document), "utf-8")
    return folder


POLICY = {
    "id": "abc", "version": 1, "category": "c", "actions": {"staff_to_client": "hold"}, "guards": [],
    "author": "one", "approver": "two", "effective": "2026-11-01", "patterns": ["[abcabc]"],
    "words": {one: {"title": "t", "reason": "r"} for one in ("zh-CN", "en")},
    "tests": {"hit": ["abcabc"], "miss": ["abc"]},
}  # fmt: skip


def test_a_proposal_is_tried_on_past_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = written(tmp_path, *PAST, "")
    assert supervising.backtest(proposed(tmp_path, **POLICY), lines, 90, 3.0) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["texts"], told["days"], told["alerts_now"], told["alerts_then"]) == (3, 2, 1, 2)
    assert (told["new"], told["gone"], told["by_policy"]) == (1, 0, {"abc": 1, "off-platform": 1})
    assert (told["precision"], told["recall"], told["reviewer_hours_per_day"]) == (0.5, 1.0, 0.05)
    assert set(told["sample"]) == {PAST[0]["text"], PAST[1]["text"]}


def test_a_proposal_that_fails_its_own_test_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = proposed(tmp_path, **(POLICY | {"tests": {"hit": ["xyz"], "miss": ["abc"]}}))
    assert supervising.backtest(folder, written(tmp_path, *PAST), 90, 3.0) == 2
    assert "fails its own test" in capsys.readouterr().err
    assert supervising.backtest(tmp_path / "none", written(tmp_path, *PAST), 90, 3.0) == 2
    assert supervising.backtest(folder, written(tmp_path, {"text": "x"}), 90, 3.0) == 2
    assert "line 1:" in capsys.readouterr().err


def test_a_long_list_of_hits_is_sampled_the_same_way_twice() -> None:
    judged = Judged("加我微信详聊", Direction.STAFF_TO_CLIENT)
    history = [Past(judged, date(2026, 11, 1))] * 40
    first, again = (backtest(judging.pack(), judging.pack(), history, 1.0) for _ in range(2))
    assert first == again
    assert (len(first["sample"]), first["precision"], first["new"]) == (30, None, 0)
    assert backtest(judging.pack(), judging.pack(), [], 1.0)["alerts_per_day"] == 0.0
