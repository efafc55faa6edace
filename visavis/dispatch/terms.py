"""The installation's terms that the doors of dispatch need without being handed settings."""

from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.store import calendar
from visavis.kernel.settings import Settings
from visavis.suitability import api as suitability

_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms
    _terms = Terms.of(settings)
    suitability.follow_calendar(settings.time_zone, calendar.trading)


def terms() -> Terms:
    """The terms in force."""
    return _terms
