"""The search index of one process: BM25 over weighted fields, and a score that says how sure a hit is.

Lexical on purpose: nothing is generated, every hit can be explained by its words. Up to 50,000 entries fit.
BM25F after Robertson, Zaragoza (2009), k1 = 1.2; the sureness is a logistic of three figures, fitted and checked
by tools/calibrate_search.py on questions that played no part in the entries.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from visavis.knowledge.rules.words import words
from visavis.knowledge.types import Found, Searchable

K1 = 1.2
B = 0.6
# How much a word counts by the field it stands in.
WEIGHTS = {"title": 2.0, "question": 2.0, "similar": 1.6, "answer": 0.3}
PAIR = 0.35  # a pair of characters against a word

# The weights of the sureness, a logistic of coverage, likeness and margin.
# Fitted and printed by tools/calibrate_search.py.
BIAS = -2.61
COVER = 1.17
LIKE = 4.43
AHEAD = 8.00
# From here on the assistant answers; below it says that it does not know.
THRESHOLD = 0.63


@dataclass(frozen=True, slots=True)
class Figures:
    """What the sureness is computed from, each 0..1.

    `coverage`: share of the question's information that the entry explains; `likeness`: how near the nearest of the
    entry's own questions is; `margin`: how far the entry is ahead of the next one, weighed by coverage ** 1.5.
    """

    coverage: float
    likeness: float
    margin: float


@dataclass(frozen=True, slots=True)
class _Document:
    item: Searchable
    length: float
    questions: tuple[frozenset[str], ...]


class Index:
    """Immutable once made; replaced as a whole when an entry changes."""

    def __init__(self, items: Iterable[Searchable]) -> None:
        self._documents: list[_Document] = []
        self._postings: dict[str, dict[int, float]] = defaultdict(dict)
        total = 0.0
        for item in items:
            weights = _weighted(item)
            number = len(self._documents)
            for word, weight in weights.items():
                self._postings[word][number] = weight
            length = sum(weights.values())
            total += length
            questions = (item.title, item.question, *item.similar)
            self._documents.append(
                _Document(item, length, tuple(frozenset(words(text)) for text in questions))
            )
        self._average = total / len(self._documents) if self._documents else 1.0

    def __len__(self) -> int:
        return len(self._documents)

    def search(self, query: str, limit: int = 5) -> list[Found]:
        """The best entries for `query`, best first, each with its sureness 0..1; nothing for a query without words."""
        return [
            Found(document.item, sureness(figures), figures.coverage)
            for document, figures in self.figures(query, limit)
        ]

    def figures(self, query: str, limit: int = 5) -> list[tuple[_Document, Figures]]:
        """The best entries with the figures behind their sureness."""
        asked = Counter(words(query))
        rarity = {word: self._rarity(word) for word in asked}
        scores: dict[int, float] = defaultdict(float)
        for word, count in asked.items():
            for number, weight in self._postings.get(word, {}).items():
                scores[number] += rarity[word] * min(count, 2) * self._saturated(weight, number)
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: max(limit, 2)]
        out = []
        for place, (number, score) in enumerate(ranked[:limit]):
            rival = ranked[1 if place == 0 else 0][1] if len(ranked) > 1 else 0.0
            document = self._documents[number]
            coverage, likeness = self._match(document, number, rarity)
            # A lead counts for less than the entry explains: one odd word leads everywhere, mostly without a rival.
            margin = coverage**1.5 * max(0.0, (score - rival) / ranked[0][1])
            out.append((document, Figures(coverage, likeness, margin)))
        return out

    def _match(
        self, document: _Document, number: int, rarity: Mapping[str, float]
    ) -> tuple[float, float]:
        asked = sum(rarity.values())
        whole = {word: r for word, r in rarity.items() if word[0] != "~"} or rarity
        explained = sum(r for word, r in whole.items() if number in self._postings.get(word, ()))
        likeness = 0.0
        for question in document.questions:
            common = sum(r for word, r in rarity.items() if word in question)
            if common:
                size = sum(self._rarity(word) for word in question)
                likeness = max(likeness, 2 * common / (asked + size))
        return explained / sum(whole.values()), likeness

    def _rarity(self, word: str) -> float:
        """Inverse document frequency; a pair of characters counts less than a word."""
        seen = len(self._postings.get(word, ()))
        value = math.log(1 + (len(self._documents) - seen + 0.5) / (seen + 0.5))
        return value * PAIR if word[0] == "~" else value

    def _saturated(self, weight: float, number: int) -> float:
        norm = K1 * (1 - B + B * self._documents[number].length / self._average)
        return weight * (K1 + 1) / (weight + norm)


def sureness(figures: Figures) -> float:
    """How sure it is that the entry answers the question, 0..1."""
    return 1 / (
        1
        + math.exp(
            -(BIAS + COVER * figures.coverage + LIKE * figures.likeness + AHEAD * figures.margin)
        )
    )


def _weighted(item: Searchable) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    fields: Sequence[tuple[str, str]] = [
        ("title", item.title),
        ("question", item.question),
        *(("similar", text) for text in item.similar),
        ("answer", item.answer),
    ]
    for name, text in fields:
        for word in words(text):
            weights[word] += WEIGHTS[name]
    return weights
