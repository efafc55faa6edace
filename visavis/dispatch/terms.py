"""The installation's terms that the doors of dispatch need without being handed settings."""

from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.store import calendar
from visavis.dispatch.types import BoardFigures
from visavis.kernel.auth import Environment
from visavis.kernel.settings import Settings
from visavis.kernel.sharing import Shared
from visavis.suitability import api as suitability

FIGURES_S = 1.0

_terms = Terms()
# The board's figures are the same for everybody who may see them, and many look on.
_figures: Shared[Environment, BoardFigures] = Shared(FIGURES_S)


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms, _figures
    _terms, _figures = Terms.of(settings), Shared(FIGURES_S)
    suitability.follow_calendar(settings.time_zone, calendar.trading)


def terms() -> Terms:
    """The terms in force."""
    return _terms


def figures() -> Shared[Environment, BoardFigures]:
    """The board's figures as this process has last made them."""
    return _figures
