"""The door of review: every verb that others may call, gathered from the modules beside this one."""

from visavis.review.api import (
    backtesting,
    breaching,
    broadcasting,
    cases,
    holding,
    judging,
    learning,
    looking,
    policing,
    rescanning,
    tickets,
    timing,
)
from visavis.review.api.looking import dispositions
from visavis.review.api.opening import flagged, found_in_history
from visavis.review.api.telling import handlers_of, reviewers_of
from visavis.review.store.origins import ERASURES, ORIGINS
from visavis.review.terms import install

__all__ = [
    "ERASURES",
    "ORIGINS",
    "backtesting",
    "breaching",
    "broadcasting",
    "cases",
    "dispositions",
    "flagged",
    "found_in_history",
    "handlers_of",
    "holding",
    "install",
    "judging",
    "learning",
    "looking",
    "policing",
    "rescanning",
    "reviewers_of",
    "tickets",
    "timing",
]
