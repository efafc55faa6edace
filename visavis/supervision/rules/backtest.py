"""Back-test: what a proposed pack would have done with the texts of past days, beside the pack in force.

It says how much work the proposal makes before it is switched on: hits by policy, texts an alert is new for or gone
from, reviewer hours a day, and a sample to look at. Where lines say whether they were breaches, precision and recall.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from visavis.supervision.rules import engine
from visavis.supervision.rules.pack import Pack
from visavis.supervision.types import Action, Judged

SAMPLE = 30
SEED = 20260101


@dataclass(frozen=True)
class Past:
    """A text of a past day, and what a reviewer called it, where one did."""

    judged: Judged
    day: date
    breach: bool | None = None


def backtest(
    current: Pack, proposed: Pack, history: Sequence[Past], minutes: float
) -> dict[str, Any]:
    """The proposal's effect; `minutes` is what a reviewer needs for one alert."""
    before = _alerts(current, history)
    after = _alerts(proposed, history)
    days = len({past.day for past in history})
    hits = [past for past, policies in zip(history, after, strict=True) if policies]
    known = [past for past in hits if past.breach is not None]
    breaches = [
        bool(policies) for past, policies in zip(history, after, strict=True) if past.breach
    ]
    return {
        "texts": len(history),
        "days": days,
        "alerts_now": sum(map(bool, before)),
        "alerts_then": len(hits),
        "new": sum(bool(then) and not now for now, then in zip(before, after, strict=True)),
        "gone": sum(bool(now) and not then for now, then in zip(before, after, strict=True)),
        "by_policy": dict(sorted(Counter(name for names in after for name in names).items())),
        "alerts_per_day": round(len(hits) / days, 2) if days else 0.0,
        "reviewer_hours_per_day": round(len(hits) * minutes / 60 / days, 2) if days else 0.0,
        "precision": _share([bool(past.breach) for past in known]),
        "recall": _share(breaches),
        "sample": [past.judged.text for past in _sample(hits)],
    }


def _alerts(pack: Pack, history: Iterable[Past]) -> list[tuple[str, ...]]:
    """The policies of each text's alert; none where it passes."""
    verdicts = engine.judge(pack, [past.judged for past in history])
    return [
        () if verdict.action is Action.PASS else tuple(hit.id for hit in verdict.policies)
        for verdict in verdicts
    ]


def _sample(hits: Sequence[Past]) -> list[Past]:
    """The same sample for the same hits."""
    dice = random.Random(SEED)  # noqa: S311 - a sample, no secret
    return list(hits) if len(hits) <= SAMPLE else dice.sample(hits, SAMPLE)


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 4) if flags else None
