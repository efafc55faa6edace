"""The firm's terms that doors need without being handed settings: limits on proactive contact, the firm's name."""

from dataclasses import dataclass

from visavis.connections.types import Limits
from visavis.kernel.settings import Settings

DEFAULT = Limits(2, 7, "20:00", "08:30", "Asia/Shanghai")


@dataclass(frozen=True)
class Terms:
    """What of the settings decides about connections."""

    limits: Limits = DEFAULT
    firm: str = ""
    firm_en: str = ""
    handover_notice_days: int = 7
    handover_cap: int = 2
    handover_period_days: int = 365
    looks_per_hour: int = 50


_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms
    _terms = Terms(
        Limits(
            settings.touch_cap,
            settings.touch_period_days,
            settings.quiet_from,
            settings.quiet_to,
            settings.time_zone,
        ),
        settings.firm_name,
        settings.firm_name_en,
        settings.handover_notice_days,
        settings.handover_cap,
        settings.handover_period_days,
        settings.client_looks_per_hour,
    )


def terms() -> Terms:
    """The terms in force."""
    return _terms
