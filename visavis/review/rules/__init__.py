"""The pure decisions of review: who may judge what, what follows from a verdict, clocks, chance, contradictions."""

from visavis.review.rules.chance import chosen, stratum
from visavis.review.rules.clocks import after_hours
from visavis.review.rules.stances import Stance, stances
from visavis.review.rules.steps import (
    barred,
    barred_branch,
    default_release,
    may_release,
    next_step,
    severity,
    violation,
)
from visavis.review.rules.words import words_of

__all__ = [
    "Stance",
    "after_hours",
    "barred",
    "barred_branch",
    "chosen",
    "default_release",
    "may_release",
    "next_step",
    "severity",
    "stances",
    "stratum",
    "violation",
    "words_of",
]
