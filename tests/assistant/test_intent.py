"""Intent: what is advice and what is a question of procedure, in both languages."""

import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from visavis.assistant.rules.answering import citations, cut, decide, summed_up, worded
from visavis.assistant.rules.intent import intent
from visavis.assistant.rules.text import language_of, text_of
from visavis.assistant.types import Intent, Outcome
from visavis.knowledge.types import Found, Searchable

QUESTIONS = Path(__file__).parents[1] / "knowledge/questions.jsonl"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("怎么卖基金", Intent.QUESTION),
        ("基金赎回手续费多少", Intent.QUESTION),
        ("今天买的股票今天能卖吗", Intent.QUESTION),
        ("科创板权限怎么开", Intent.QUESTION),
        ("什么是可转债", Intent.QUESTION),
        ("how do I sell my shares", Intent.QUESTION),
        ("what is an ETF", Intent.QUESTION),
        ("我的基金该不该卖", Intent.ADVICE),
        ("光伏怎么看", Intent.ADVICE),
        ("大盘还会跌吗", Intent.ADVICE),
        ("买什么好", Intent.ADVICE),
        ("我想把A换成B，您认为呢", Intent.ADVICE),
        ("is it a good time to buy gold", Intent.ADVICE),
        ("will the market crash", Intent.ADVICE),
        ("014855", Intent.PRODUCT),
        ("某某稳健回报混合C", Intent.PRODUCT),
        ("白酒行情", Intent.ADVICE),
        ("我要转人工", Intent.PERSON),
        ("talk to a human please", Intent.PERSON),
        ("are you a bot", Intent.IDENTITY),
        ("谢谢您！", Intent.COURTESY),
        ("Hi", Intent.COURTESY),
        ("有人找我要验证码", Intent.DISTRESS),
        ("怎么识别诈骗", Intent.QUESTION),
        ("i was scammed", Intent.DISTRESS),
        ("６００５１９要不要卖", Intent.ADVICE),
    ],
)
def test_what_a_message_wants(text: str, expected: Intent) -> None:
    assert intent(text) is expected


def test_questions_with_an_answer_are_hardly_ever_taken_for_advice() -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    known = [row for row in rows if row["slug"] not in {None, "advisor-recommend"}]
    mistaken = [row["text"] for row in known if intent(row["text"]) is Intent.ADVICE]
    assert len(mistaken) / len(known) <= 0.02, mistaken


def test_what_a_message_says() -> None:
    assert text_of({"text": " 您好 "}) == "您好"
    assert text_of({"cards": [{"title": "甲"}, {"title": "乙"}]}) == "甲 乙"
    assert language_of("ETF怎么买", "en") == "zh-CN"
    assert language_of("password", "zh-CN") == "en"
    assert language_of("123?", "zh-CN") == "zh-CN"
    assert cut("字" * 200) == "字" * 119 + "…"


def found(score: float, title: str = "甲") -> Found:
    item = Searchable(
        UUID(int=int(score * 100)), 2, title, "fund", date(2026, 1, 2), title, title, (), "答案。"
    )
    return Found(item, score, 1.0)


def test_what_is_sure_is_answered_and_what_is_near_is_named() -> None:
    hits = [found(0.9, "甲"), found(0.8, "乙"), found(0.75, "丙"), found(0.72, "丁"), found(0.1)]
    decision = decide(Intent.QUESTION, hits, 0.7)
    assert decision.outcome is Outcome.ANSWERED
    assert [hit.item.title for hit in decision.cited] == ["甲", "乙", "丙"]
    text = worded("{answer}", "另见：{titles}", decision.cited)
    assert text == "答案。 [1]\n\n另见：乙 [2]; 丙 [3]"
    assert citations(decision.cited)[1] == {
        "n": 2, "entry": str(UUID(int=80)), "version": 2, "title": "乙", "reviewed": "2026-01-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("intent", "score", "outcome"),
    [
        (Intent.QUESTION, 0.69, Outcome.UNKNOWN),
        (Intent.QUESTION, 0.71, Outcome.ANSWERED),
        (Intent.PRODUCT, 0.71, Outcome.ANSWERED),
        (Intent.PRODUCT, 0.69, Outcome.DECLINED_ADVICE),
        (Intent.ADVICE, 0.99, Outcome.DECLINED_ADVICE),
        (Intent.PERSON, 0.99, Outcome.HANDED_OVER),
        (Intent.DISTRESS, 0.99, Outcome.HANDED_OVER),
        (Intent.COURTESY, 0.99, Outcome.ANSWERED),
        (Intent.IDENTITY, 0.0, Outcome.ANSWERED),
    ],
)
def test_the_decision_by_intent_and_sureness(
    intent: Intent, score: float, outcome: Outcome
) -> None:
    assert decide(intent, [found(score)], 0.7).outcome is outcome
    assert decide(Intent.QUESTION, [], 0.7).outcome is Outcome.UNKNOWN


def test_a_summary_without_questions_names_topic_and_page() -> None:
    words = {"topic": "主题：{topic}", "page": "页面：{page}"}
    assert summed_up(words, "基金", [], [], {"url": "https://x"}) == "主题：基金\n页面：https://x"
