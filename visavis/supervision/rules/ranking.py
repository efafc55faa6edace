"""The ranker: orders what people look at by what people decided before; it never stops a message by itself.

Logistic regression over the runs of one and two characters of a text, a word of Latin letters counting as one
(Cox 1958), fitted by AdaGrad (Duchi, Hazan, Singer 2011) in a fixed order: the same dispositions give the same
ranker. Explained by the runs that weigh most.
"""

import math
import random
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from operator import add
from typing import Any

import msgspec

from visavis.supervision.rules.scanning import naming

SHOWN = 5
ROUNDS, RATE, SHRINK, LEAST = 15, 0.1, 0.01, 0.1
SEED = 20260101
EXACT = 1000  # a weight is kept to this part of one
AGAINST = -400  # in these parts, what counts little against a breach is above


@dataclass(frozen=True)
class Ranker:
    """What each run of characters adds to the log odds of a breach, and to those of any text."""

    prior: float
    weights: Mapping[str, float]
    trained_on: int
    version: str = ""

    def odds(self, text: str) -> float:
        """The log odds of a folded text being a breach."""
        if text.isascii():
            return self.prior + sum(map(self.weights.get, runs(text), repeat(0.0)))
        return self._sum(*self._short, text)

    def exceeds(self, text: str, odds: float) -> bool:
        """Whether the log odds of a folded text are above these.

        Most texts are not even near by the runs that count for a breach and those that count most against one.
        """
        if not text.isascii() and self._sum(*self._telling, text) <= odds:
            return False
        return self.odds(text) > odds

    def _sum(self, find: Callable[..., Any], weights: Mapping[str, int], text: str) -> float:
        return self.prior + sum(map(weights.__getitem__, set(find(text, overlapping=True)))) / EXACT

    @cached_property
    def _short(self) -> tuple[Callable[..., Any], Mapping[str, int]]:
        """What finds the known runs of one and two characters of a text, and their weights in thousandths."""
        same: dict[int, int] = {}  # few different weights: as shared objects they stay near
        exact = ((run, round(weight * EXACT)) for run, weight in self.weights.items())
        known = {run: same.setdefault(part, part) for run, part in exact if len(run) <= 2}
        return naming([*known]), known

    @cached_property
    def _telling(self) -> tuple[Callable[..., Any], Mapping[str, int]]:
        """The same for the runs without those that count a little against a breach: no sum of them is too low."""
        known = {run: part for run, part in self._short[1].items() if not AGAINST < part < 0}
        return naming([*known]), known

    def score(self, text: str) -> float:
        """How likely the text is a breach, 0 to 1; half of it where nothing is known."""
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.odds(fold(text))))))

    def explain(self, text: str) -> list[tuple[str, float]]:
        """The runs of the text that weigh most, heaviest first, with their log odds."""
        known = [(run, self.weights[run]) for run in runs(fold(text)) if run in self.weights]
        return sorted(known, key=lambda one: (-abs(one[1]), one[0]))[:SHOWN]


def read(kept: bytes) -> Ranker:
    """A ranker as `written`."""
    return msgspec.json.decode(kept, type=Ranker)


def written(ranker: Ranker) -> bytes:
    """A ranker as it is kept: JSON, its runs in order."""
    weights = dict(sorted(ranker.weights.items()))
    return msgspec.json.encode(replace(ranker, weights=weights)) + b"\n"


def fold(text: str) -> str:
    """A text by width and case; the engine's views are folded further already."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(folded: str) -> set[str]:
    """The runs of one and two pieces of a folded text, each once: characters, or words of Latin letters."""
    pieces = folded.split() if folded.isascii() else folded
    return {*pieces, *map(add, pieces, pieces[1:])}


def train(dispositions: Iterable[tuple[str, bool]], version: str = "") -> Ranker:
    """A ranker out of texts and whether a reviewer called each a breach."""
    lines = [(sorted(runs(fold(text))), breach) for text, breach in dispositions]
    weights: dict[str, float] = {"": 0.0}
    seen: dict[str, float] = {}
    dice = random.Random(SEED)  # noqa: S311 - an order, no secret
    order = list(range(len(lines)))
    for _ in range(ROUNDS):
        dice.shuffle(order)
        for one in order:
            _learn(weights, seen, *lines[one])
    prior = weights.pop("")
    kept = {run: round(weight, 3) for run, weight in weights.items() if abs(weight) >= LEAST}
    return Ranker(round(prior, 3), kept, len(lines), version)


def _learn(
    weights: dict[str, float], seen: dict[str, float], found: Sequence[str], breach: bool
) -> None:
    """One step along the gradient for one line."""
    odds = weights[""] + sum(weights.get(run, 0.0) for run in found)
    error = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - breach
    for run in ("", *found):
        weight = weights.get(run, 0.0)
        slope = error + SHRINK * weight
        seen[run] = seen.get(run, 1e-6) + slope * slope
        weights[run] = weight - RATE * slope / math.sqrt(seen[run])
