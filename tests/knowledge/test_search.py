"""The search: words, ranking, and a sureness that keeps its promise on questions it was not fitted on."""

from datetime import date
from uuid import UUID

import pytest

from tools import calibrate_search
from visavis.knowledge.rules.index import THRESHOLD, Figures, Index, sureness
from visavis.knowledge.rules.words import is_chinese, stem, words
from visavis.knowledge.types import Searchable


def item(number: int, question: str, answer: str, *similar: str) -> Searchable:
    return Searchable(
        UUID(int=number), 1, f"s{number}", "fund", date(2026, 1, 1), question, question, similar, answer
    )  # fmt: skip


def test_everyday_and_official_wording_become_the_same_word() -> None:
    assert "=佣金" in words("手续费怎么收")
    assert set(words("commission")) == {"=佣金"}
    assert "=新股申购" in words("我想打新")
    assert "=新股申购" in words("新股申购规则")


def test_width_case_and_endings_do_not_matter() -> None:
    assert words("ＥＴＦ") == words("etf")
    assert stem("transfers") == stem("transferred") == stem("transferring") == "transfer"
    assert stem("etf") == "etf"
    assert words("what is the") == ()
    assert is_chinese("买ETF")
    assert not is_chinese("ETF")


def test_the_nearest_question_wins_and_an_empty_query_finds_nothing() -> None:
    index = Index(
        [
            item(1, "基金赎回多久到账", "T+3个交易日到账", "卖基金钱几天回来"),
            item(2, "基金申购何时确认", "T+1日确认份额"),
            item(3, "怎么修改手机号", "在资料页修改"),
        ]
    )
    assert index.search("基金卖了钱几天能回来")[0].item.slug == "s1"
    assert index.search("手机号要改")[0].item.slug == "s3"
    assert index.search("的了吗") == []
    assert index.search("完全无关的火锅店") == []
    assert len(index.search("基金", limit=1)) == 1
    assert len(index) == 3
    assert Index([]).search("基金") == []


def test_sureness_rises_with_each_figure() -> None:
    base = sureness(Figures(0.5, 0.5, 0.5))
    assert sureness(Figures(0.9, 0.5, 0.5)) > base
    assert sureness(Figures(0.5, 0.9, 0.5)) > base
    assert sureness(Figures(0.5, 0.5, 0.9)) > base
    assert 0 < base < 1


def test_an_entrys_own_question_is_surely_answered() -> None:
    for chinese, index in calibrate_search.indexes().items():
        unsure = []
        for document in index._documents:
            own = document.item.question
            best = index.search(own, 1)[0]
            if best.item.slug != document.item.slug or best.score < THRESHOLD:
                unsure.append((own, best.item.slug, best.score))
        assert len(unsure) <= 4, (chinese, unsure)


@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        ("recall_at_1", 0.82),
        ("recall_at_3", 0.92),
        ("answer_precision", 0.88),
        ("answer_recall", 0.60),
        ("foreign_refused", 0.85),
    ],
)
def test_the_figures_hold_on_questions_that_fitted_nothing(figure: str, floor: float) -> None:
    assert calibrate_search.report("held")[figure] >= floor


def test_fitting_finds_the_weights_that_separate() -> None:
    rows = [((0.9, 0.9, 0.9), True), ((0.1, 0.1, 0.1), False)] * 5
    weights = calibrate_search.fit(rows, rounds=500)
    assert weights[1] > 0
    assert calibrate_search.threshold(rows, weights) > 0.1
