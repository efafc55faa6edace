"""Words split over lines and messages (V9), and texts of any length."""

import pytest

from visavis.supervision import judging
from visavis.supervision.types import Action, Direction, Judged, Verdict


def judged(text: str, *before: str) -> Verdict:
    return judging.weigh([Judged(text, Direction.STAFF_TO_CLIENT, before=before)])[0]


@pytest.mark.parametrize(
    "text", ["保\n本\n保\n息", "加我微\n信聊", "加我 / 微信 / 聊", "稳赚\r\n不赔的"]
)
def test_a_word_is_found_over_the_edges_of_lines(text: str) -> None:
    verdict = judged(text)
    assert verdict.action is Action.BLOCK
    assert all(0 <= start < end <= len(text) for start, end in verdict.spans)


def test_lines_that_only_follow_one_another_say_nothing_together() -> None:
    assert judged("明天上午十点\n来营业部").action is Action.PASS
    assert judged("a\n" + "资料已经寄出，请您查收。" * 20).action is Action.PASS


def test_what_was_said_before_is_read_with_it() -> None:
    assert judged("信聊").action is Action.PASS
    verdict = judged("信聊", "好的", "加我微")
    assert verdict.action is Action.BLOCK
    assert verdict.spans == ((0, 2),)


def test_what_was_stopped_before_does_not_stop_what_follows() -> None:
    assert judged("您好，请稍等", "加我微信聊").action is Action.PASS
    assert judged("", "加我微").action is Action.PASS


def test_a_long_text_is_read_to_its_end() -> None:
    for filler in ("我们聊聊", "abc ", "a.", "加急件"):
        text = filler * 5_000 + " 保本保息"
        verdict = judged(text)
        assert verdict.action is Action.BLOCK
        assert verdict.spans[-1] == (len(text) - 4, len(text))


def test_a_text_of_nothing_but_breaches_costs_no_more_than_its_length() -> None:
    assert judged("加微信保证收益" * 2_000).action is Action.BLOCK
