"""The budget of the hot path: 30 µs a message; the gate leaves room for a busy machine."""

import sys
import time

from visavis.supervision import api
from visavis.supervision.rules import engine
from visavis.supervision.types import Direction, Judged

LINES = [
    "您好，T+1日可以转出到银行卡，节假日顺延。",
    "请您在应用里完成风险测评，结果一年内有效。",
    "今天市场波动较大，请结合自己的风险承受能力判断，不构成收益保证。",
    "Your redemption will arrive within three trading days.",
    "加我微信详聊，稳赚不赔",
]


def test_a_core_judges_twenty_thousand_messages_a_second() -> None:
    texts = [Judged(line, Direction.STAFF_TO_CLIENT) for line in LINES] * 1000
    engine.judge(api.pack(), texts[:100])
    best = min(_seconds(texts) for _ in range(5))
    traced = sys.gettrace() is not None  # measuring coverage costs several times the work
    assert len(texts) / best >= (2_000 if traced else 20_000), f"{len(texts) / best:.0f} a second"


def _seconds(texts: list[Judged]) -> float:
    before = time.process_time()
    verdicts = engine.judge(api.pack(), texts)
    assert sum(verdict.action != "pass" for verdict in verdicts) == len(texts) // len(LINES)
    return time.process_time() - before
