"""From answers to a level: the questionnaire's scores, the bands, the lowest class (SUIT-07, SUIT-14, SUIT-19)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from visavis.products.types import Goal, ProductKind
from visavis.suitability.types import (
    Assessed,
    Assessment,
    AssessmentState,
    Bands,
    Option,
    Question,
    Questionnaire,
    RiskToleranceLevel,
    Taken,
    UnfitAnswers,
)

Answers = Mapping[str, Sequence[str]]


def chosen(questions: Sequence[Question], answers: Answers) -> dict[str, list[Option]]:
    """The chosen options by question; an unanswered question has none. Raises `UnfitAnswers`."""
    known = {one.id for one in questions}
    stray = next((name for name in answers if name not in known), None)
    if stray is not None:
        raise UnfitAnswers(question=stray[:40])
    found: dict[str, list[Option]] = {}
    for question in questions:
        picked = list(answers.get(question.id, ()))
        options = {one.id: one for one in question.options}
        wrong = len(set(picked)) != len(picked) or any(one not in options for one in picked)
        if wrong or (len(picked) > 1 and not question.many):
            raise UnfitAnswers(question=question.id)
        found[question.id] = [options[one] for one in picked]
    return found


def assess(questionnaire: Questionnaire, bands: Bands, answers: Answers) -> Taken:
    """The outcome of an attempt; a question without an answer counts as refused data (Securities Law art 88).

    The lowest class: no tolerance of any loss, or no full civil capacity; always C1, whatever the score.
    """
    picked = chosen(questionnaire.questions, answers)
    every = [option for options in picked.values() for option in options]
    refused = any(not options for options in picked.values()) or any(one.refused for one in every)
    score = sum(max((one.score for one in options), default=0) for options in picked.values())
    lowest = any(one.lowest for one in every)
    months = [one.months for one in every if one.months is not None]
    level = None if refused else RiskToleranceLevel.C1 if lowest else level_of(bands, score)
    goals: frozenset[Goal] = frozenset(goal for one in every for goal in one.goals)
    kinds: frozenset[ProductKind] = frozenset(kind for one in every for kind in one.kinds)
    return Taken(score, level, lowest, refused, goals, kinds, min(months, default=None))


def level_of(bands: Bands, score: int) -> RiskToleranceLevel:
    """The level of a score; beyond the bands the nearest one."""
    reached = [one.level for one in bands.bands if score >= one.low]
    return RiskToleranceLevel(max(reached, default=1))


def flipped(questionnaire: Questionnaire, before: Answers, now: Answers) -> int:
    """How many answers score higher than they did before: the pattern of answering for a result."""
    was, is_now = (chosen(questionnaire.questions, one) for one in (before, now))
    return sum(
        max(one.score for one in is_now[key]) > max(one.score for one in was[key])
        for key in is_now
        if is_now[key] and was[key]
    )


def assessed(latest: Assessment, at: datetime) -> Assessed:
    """Whether the client's latest attempt counts at this moment (SUIT-06)."""
    if latest.state is AssessmentState.WITHDRAWN:
        return Assessed.WITHDRAWN
    if latest.state is AssessmentState.REFUSED_DATA:
        return Assessed.REFUSED_DATA
    return Assessed.EXPIRED if at >= latest.expires_at else Assessed.VALID


def right(questions: Sequence[Question], answers: Answers) -> int:
    """How many of a hundred points the answers to knowledge questions earn; raises `UnfitAnswers`."""
    picked = chosen(questions, answers)
    good = sum(bool(options) and all(one.right for one in options) for options in picked.values())
    return good * 100 // max(1, len(questions))


def months_after(at: datetime, months: int) -> datetime:
    """The same moment so many months later; a day that does not exist becomes the last one of its month."""
    total = at.month - 1 + months
    year, month = at.year + total // 12, total % 12 + 1
    day = at.day
    while True:
        try:
            return at.replace(year=year, month=month, day=day)
        except ValueError:
            day -= 1
