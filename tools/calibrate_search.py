"""Fits and checks the sureness of the knowledge search, and prints how good the search is.

Questions live in tests/knowledge/questions.jsonl: `slug` names the entry that answers, null: none does; `split` is
`fit` or `held`. The weights are fitted on `fit` alone, the figures that count are those of `held`.

    python tools/calibrate_search.py          # figures with the constants in force
    python tools/calibrate_search.py --fit    # fit anew and print constants for visavis/knowledge/rules/index.py
"""

import json
import math
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from visavis.knowledge.rules import index as rules  # noqa: E402 - run from a checkout
from visavis.knowledge.rules.words import is_chinese  # noqa: E402
from visavis.knowledge.types import Searchable  # noqa: E402

Row = tuple[
    tuple[float, float, float], bool
]  # figures of the best hit, whether it is the right one
WEIGHT_DECAY = 0.02
WANTED_PRECISION = 0.935


def indexes() -> dict[bool, rules.Index]:
    """The demo's entries, one index for Chinese questions (True) and one for the rest."""
    items: dict[str, list[Searchable]] = {"zh-CN": [], "en": []}
    for file in sorted((ROOT / "visavis/demo/knowledge").glob("*.json")):
        for number, entry in enumerate(json.loads(file.read_text())["entries"]):
            for language, text in entry["texts"].items():
                items[language].append(
                    Searchable(
                        UUID(int=number), entry["version"], entry["slug"], entry["topic"],
                        date.fromisoformat(entry["reviewed"]), text["title"], text["question"],
                        tuple(text["similar"]), text["answer"],
                    )
                )  # fmt: skip
    return {True: rules.Index(items["zh-CN"]), False: rules.Index(items["en"])}


def questions(split: str) -> list[dict[str, Any]]:
    """The questions of one split."""
    lines = (ROOT / "tests/knowledge/questions.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


def fit(rows: Sequence[Row], rounds: int = 20_000) -> list[float]:
    """Logistic regression by plain gradient descent: bias, coverage, likeness, margin."""
    weights = [0.0, 0.0, 0.0, 0.0]
    for _ in range(rounds):
        slope = [0.0] * 4
        for figures, right in rows:
            values = (1.0, *figures)
            error = _sigmoid(sum(w * v for w, v in zip(weights, values, strict=True))) - right
            slope = [s + error * v for s, v in zip(slope, values, strict=True)]
        weights = [
            w - 2.0 * (s / len(rows) + WEIGHT_DECAY * w / 100)
            for w, s in zip(weights, slope, strict=True)
        ]
    return weights


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def observed(split: str) -> list[Row]:
    """The figures of the best hit of every question, and whether it is the wanted entry."""
    by_language = indexes()
    rows: list[Row] = []
    for question in questions(split):
        found = by_language[is_chinese(question["text"])].figures(question["text"], 1)
        if found:
            document, figures = found[0]
            right = document.item.slug == question["slug"]
            rows.append(((figures.coverage, figures.likeness, figures.margin), right))
        else:
            rows.append(((0.0, 0.0, 0.0), False))
    return rows


def threshold(rows: Sequence[Row], weights: Sequence[float]) -> float:
    """The lowest sureness from which on the wanted precision holds."""
    scored = sorted(
        (
            _sigmoid(weights[0] + sum(w * f for w, f in zip(weights[1:], figures, strict=True))),
            right,
        )
        for figures, right in rows
    )
    for place, (score, _) in enumerate(scored):
        rest = [right for _, right in scored[place:]]
        if sum(rest) / len(rest) >= WANTED_PRECISION:
            return score
    return 1.0


def report(split: str, *, wrong: bool = False) -> dict[str, float]:
    """Recall at 1 and 3, precision and recall of answering, share of foreign questions refused."""
    by_language = indexes()
    known = first = third = answered = correct = foreign = refused = 0
    for question in questions(split):
        hits = by_language[is_chinese(question["text"])].search(question["text"], 3)
        slugs = [hit.item.slug for hit in hits]
        answers = bool(hits) and hits[0].score >= rules.THRESHOLD
        right = slugs[:1] == [question["slug"]]
        answered += answers
        correct += answers and right
        if question["slug"] is None:
            foreign += 1
            refused += not answers
        else:
            known += 1
            first += right
            third += question["slug"] in slugs
        if wrong and (answers != (question["slug"] is not None) or (answers and not right)):
            print(f"  {question['text']!r}: wanted {question['slug']}, "
                  f"{[(hit.item.slug, round(hit.score, 2)) for hit in hits]}")  # fmt: skip
    return {
        "questions": known + foreign,
        "recall_at_1": first / known,
        "recall_at_3": third / known,
        "answer_precision": correct / max(answered, 1),
        "answer_recall": correct / known,
        "foreign_refused": refused / foreign,
    }


def main() -> None:
    """Print the figures; with --fit also fresh constants, with --wrong the questions that went wrong."""
    if "--fit" in sys.argv:
        weights = fit(observed("fit"))
        names = ("BIAS", "COVER", "LIKE", "AHEAD")
        for name, weight in zip(names, weights, strict=True):
            print(f"{name} = {weight:.2f}")
        print(f"THRESHOLD = {threshold(observed('fit'), weights):.2f}")
    for split in ("fit", "held"):
        print(
            split,
            *(
                f"{name}={value:.3f}"
                for name, value in report(split, wrong="--wrong" in sys.argv).items()
            ),
        )


if __name__ == "__main__":
    main()
