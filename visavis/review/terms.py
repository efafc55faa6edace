"""The installation's terms that the doors of review need without being handed settings."""

from visavis.kernel.settings import Settings
from visavis.review.types import Terms

_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms
    _terms = Terms(
        sla_hours={
            1: settings.review_hours_low,
            2: settings.review_hours_medium,
            3: settings.review_hours_high,
            4: settings.review_hours_critical,
        },
        ticket_hours=settings.ticket_hours,
        breach_hours=settings.breach_hours,
        claim_minutes=settings.review_claim_minutes,
        held_minutes=settings.held_minutes,
        held_at_deadline=settings.held_at_deadline,
        over_hours=settings.review_over_hours,
        same_branch=settings.review_same_branch,
        second_sees_first=settings.review_second_sees == "first",
        chiefs=frozenset(filter(None, (one.strip() for one in settings.review_chiefs.split(",")))),
        sample_rate=settings.sample_rate,
        file_sample_rate=settings.file_sample_rate,
        sample_seed=settings.sample_seed,
        contradiction_days=settings.contradiction_days,
        minutes_per_alert=settings.review_minutes,
    )


def terms() -> Terms:
    """The terms in force."""
    return _terms
