"""What a document must be before it can come into force; raises `UnfitDocument` (SUIT-07, SUIT-18)."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from visavis.kernel.languages import LANGUAGES
from visavis.suitability.types import (
    Bands,
    DocumentKind,
    HighRisk,
    Incentive,
    Matrix,
    Professional,
    Question,
    Questionnaire,
    SpecialWarning,
    Terms,
    UnfitDocument,
)
from visavis.suitability.types.configuration import CONTENT

CLASSES = ("C1L", "C1", "C2", "C3", "C4", "C5", "P")
# INC-01: pay follows quality, never what was sold.
QUALITY = frozenset({"response", "satisfaction", "compliance", "connection"})


def read(kind: DocumentKind, content: Mapping[str, Any]) -> msgspec.Struct:
    """The content in its form, checked."""
    try:
        found = msgspec.convert(content, CONTENT[kind])
    except msgspec.ValidationError as error:
        raise UnfitDocument(reason=str(error)) from None
    problem = _problem(found)
    if problem:
        raise UnfitDocument(reason=problem)
    return found


def _problem(one: msgspec.Struct) -> str | None:
    if isinstance(one, Questionnaire):
        return _questionnaire(one)
    if isinstance(one, Bands):
        return _bands(one)
    if isinstance(one, Matrix):
        return _matrix(one)
    if isinstance(one, Terms):
        return _terms(one)
    if isinstance(one, SpecialWarning):
        return _languages("title, text, sentence", one.title, one.text, one.sentence)
    if isinstance(one, HighRisk | Professional):
        return _knowledge(one.questions)
    assert isinstance(one, Incentive)
    return _incentive(one)


def _languages(where: str, *texts: Mapping[str, str]) -> str | None:
    whole = all({*LANGUAGES} <= set(text) and all(text.values()) for text in texts)
    return None if whole else f"languages {where}"


def _questions(questions: Sequence[Question]) -> str | None:
    names = [one.id for one in questions]
    if not names or len(set(names)) != len(names):
        return "questions need ids of their own"
    for question in questions:
        ids = [one.id for one in question.options]
        if len(ids) < 2 or len(set(ids)) != len(ids):
            return f"options {question.id}"
        problem = _languages(question.id, question.text, *(one.text for one in question.options))
        if problem:
            return problem
    return None


def _questionnaire(one: Questionnaire) -> str | None:
    problem = _questions(one.questions) or _languages("title", one.title)
    if problem:
        return problem
    options = [option for question in one.questions for option in question.options]
    if not any(option.lowest for option in options):
        return "no answer leads to the lowest class"
    if any(option.score < 0 for option in options):
        return "scores start at 0"
    if not (1 <= one.valid_months <= 24 and 1 <= one.attempts_per_day <= 5):
        return "valid for 1 to 24 months, 1 to 5 attempts a day"
    return None


def _bands(one: Bands) -> str | None:
    bands = sorted(one.bands, key=lambda band: band.low)
    if [band.level for band in bands] != [1, 2, 3, 4, 5] or bands[0].low != 0:
        return "five rising bands from score 0"
    for lower, upper in itertools.pairwise(bands):
        if lower.high + 1 != upper.low or upper.high < upper.low:
            return f"gap C{upper.level}"
    return None


def _matrix(one: Matrix) -> str | None:
    if set(one.allowed) != set(CLASSES):
        return "rows C1L, C1..C5, P"
    if one.allowed["C1L"] != [1]:
        return "the lowest class may have R1 alone"
    for number, name in enumerate(CLASSES[1:6], start=1):
        if not set(one.allowed[name]) <= set(range(1, number + 1)) or 1 not in one.allowed[name]:
            return f"exceeds {name} R{number}"
    return None if set(one.allowed["P"]) <= {1, 2, 3, 4, 5} else "risk levels are 1 to 5"


def _terms(one: Terms) -> str | None:
    fits = (
        set(one.special) <= {1, 2, 3, 4, 5}
        and 5 in one.special
        and one.cooling_hours >= 24
        and 1 <= one.permitted_hours <= 24
        and one.warning_seconds >= 5
        and one.amount_bands == sorted(set(one.amount_bands))
        and all(band > 0 for band in one.amount_bands)
    )
    return (
        None
        if fits
        else "R5 is special, cooling ≥ 24 h, permission ≤ 24 h, warning ≥ 5 s, rising amounts"
    )


def _knowledge(questions: Sequence[Question]) -> str | None:
    problem = _questions(questions)
    if problem:
        return problem
    unsure = [one.id for one in questions if sum(option.right for option in one.options) != 1]
    return f"right {unsure[0]}" if unsure else None


def _incentive(one: Incentive) -> str | None:
    """Pay may rise neither with product risk nor with sales of any kind (order 130 art 29; SUIT-18)."""
    foreign = sorted(set(one.weights) - QUALITY)
    if foreign:
        return f"quality {foreign[0]}"
    if any(weight < 0 for weight in one.weights.values()) or sum(one.weights.values()) != 100:
        return "weights add up to 100"
    if not set(one.by_risk) <= {f"R{number}" for number in range(1, 6)}:
        return "by_risk names R1 to R5"
    factors = [one.by_risk[key] for key in sorted(one.by_risk)]
    rises = any(later > earlier for earlier, later in itertools.pairwise(factors))
    return "pay may not rise with the risk of a product" if rises else None
