"""The ranker: learns from dispositions, orders, explains, and repeats itself."""

from visavis.supervision.rules import ranking

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
