"""The ranker: orders what people look at by what people decided before; it never stops a message by itself.

A naive Bayes over the runs of one to three characters of a text, add-one smoothed, each run counted once per text
(McCallum and Nigam 1998, the Bernoulli model's positive half). Trained from dispositions in one pass, replayable: the
same dispositions give the same ranker. Explained by the runs that weigh most.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 3
SHOWN = 5
LEAST = 2  # a run that was seen in fewer texts says nothing


@dataclass(frozen=True)
class Ranker:
    """Log odds of a breach: of any text, and what each run of characters adds to them."""

    prior: float
    weights: Mapping[str, float]
    trained_on: int

    def score(self, text: str) -> float:
        """How likely the text is a breach, 0 to 1; half of it where nothing is known."""
        odds = self.prior + sum(self.weights.get(run, 0.0) for run in runs(text))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))

    def explain(self, text: str) -> list[tuple[str, float]]:
        """The runs of the text that weigh most, heaviest first, with their log odds."""
        known = [(run, self.weights[run]) for run in runs(text) if run in self.weights]
        return sorted(known, key=lambda one: (-abs(one[1]), one[0]))[:SHOWN]


def runs(text: str) -> frozenset[str]:
    """The runs of one to three characters of a text, folded by width and case, spaces apart."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return frozenset(
        folded[start : start + length]
        for length in range(1, LONGEST + 1)
        for start in range(len(folded) - length + 1)
    )


def train(dispositions: Iterable[tuple[str, bool]]) -> Ranker:
    """A ranker out of texts and whether a reviewer called each a breach."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    totals = [0, 0]
    for text, breach in dispositions:
        totals[breach] += 1
        counts[breach].update(runs(text))
    good, bad = totals
    weights = {
        run: math.log((counts[True][run] + 1) / (bad + 2))
        - math.log((counts[False][run] + 1) / (good + 2))
        for run in counts[True] | counts[False]
        if counts[True][run] + counts[False][run] >= LEAST
    }
    return Ranker(math.log((bad + 1) / (good + 1)), weights, good + bad)
