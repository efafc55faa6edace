"""`visavis supervise check`: one verdict a line, and what cannot be read is named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from visavis import supervising

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
