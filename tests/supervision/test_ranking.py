"""The ranker: learns from dispositions, orders, explains, and repeats itself."""

from pathlib import Path

import pytest

from visavis import supervising
from visavis.supervision import judging
from visavis.supervision.rules import ranking
from visavis.supervision.types import Action, Direction, Judged

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "visavis/supervision/tables/ranker.json"

SEEN = [
    ("加我微信，稳赚不赔", True), ("微信上聊，保证您赚", True), ("加微信给您内幕", True),
    ("您好，请问有什么可以帮您", False), ("请您完成风险测评", False), ("您好，资金明天到账", False),
]  # fmt: skip


def test_it_orders_by_what_was_decided() -> None:
    ranker = ranking.train(SEEN)
    assert ranker.trained_on == 6
    assert ranker.score("再加个微信") > 0.5 > ranker.score("您好，明天到账")


def test_it_says_what_weighed() -> None:
    shown = ranking.train(SEEN).explain("我们加微信吧")
    assert "微信" in {run for run, _ in shown}
    assert all(weight > 0 for run, weight in shown if "微" in run)
    assert len(shown) <= ranking.SHOWN


def test_it_repeats_itself_and_knows_nothing_at_first() -> None:
    assert ranking.train(SEEN) == ranking.train(SEEN)
    assert ranking.train([]).score("加我微信") == 0.5
    assert ranking.train([]).explain("加我微信") == []


def test_the_ranker_that_ships_is_what_the_lines_beside_it_teach(tmp_path: Path) -> None:
    lines = [f"{HERE}/{name}.jsonl" for name in ("fresh", "fresh_two", "workbook")]
    out = tmp_path / "ranker.json"
    assert supervising.train(lines, str(out), "2026.11.4") == 0
    assert out.read_bytes() == SHIPPED.read_bytes()
    learned = ranking.read(out.read_bytes())
    assert learned.score("跟着我买，赚了分我两成") > 0.5 > learned.score("您的对账单已经寄出")


def test_a_line_that_teaches_nothing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.jsonl"
    for wrong in ('{"text": 1, "violation": true}', '{"text": "a"}', "[]", "no"):
        lines.write_text(wrong + "\n")
        assert supervising.train([str(lines)], str(tmp_path / "out"), "") == 2
        assert "line 1" in capsys.readouterr().err or wrong == "no"
    lines.write_text('{"text": "a", "violation": true, "direction": "client_to_staff"}\n\n')
    assert supervising.train([str(lines)], str(tmp_path / "out"), "") == 0
    assert '"trained_on": 0' in capsys.readouterr().out


def test_suspicion_alone_never_does_more_than_nudge() -> None:
    text = "买就对了，出了事都算在我头上，您别跟旁人讲"
    verdict = judging.weigh([Judged(text, Direction.BROADCAST)])[0]
    assert verdict.action is Action.NUDGE
    assert verdict.categories == ("suspicion",)
    assert judging.weigh([Judged(text * 9, Direction.BROADCAST)])[0].action is Action.PASS
    assert judging.weigh([Judged(text, Direction.CLIENT_TO_STAFF)])[0].action is Action.PASS


def test_runs_are_read_alike_as_numbers_and_as_words() -> None:
    ranker = judging.pack().reader.ranker
    assert ranker is not None
    for text in ("保本保收益", "𠮷野家保本", "一", "promise you 保", "no risk at all"):
        known = [ranker.weights.get(run, 0.0) for run in ranking.runs(text)]
        assert ranker.odds(text) == pytest.approx(ranker.prior + sum(known))
