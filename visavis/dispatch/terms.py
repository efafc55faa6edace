"""The installation's terms that the doors of dispatch need without being handed settings."""

from visavis.dispatch.rules.policy import Terms
from visavis.kernel.settings import Settings

_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms
    _terms = Terms.of(settings)


def terms() -> Terms:
    """The terms in force."""
    return _terms
