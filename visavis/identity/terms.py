"""The installation's terms that doors need without being handed settings: time zone and life of sessions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from visavis.kernel import clock
from visavis.kernel.settings import Settings


@dataclass(frozen=True)
class Terms:
    """What of the settings decides about people and sessions."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    staff_longest: timedelta = timedelta(hours=12)
    staff_idle: timedelta = timedelta(minutes=60)
    client_longest: timedelta = timedelta(hours=2)
    sign_in_attempts: int = 10
    lock_after: int = 20
    firm: str = ""
    firm_en: str = ""


_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _terms
    _terms = Terms(
        zone=ZoneInfo(settings.time_zone),
        staff_longest=timedelta(hours=settings.staff_session_hours),
        staff_idle=timedelta(minutes=settings.staff_idle_minutes),
        client_longest=timedelta(hours=settings.client_session_hours),
        sign_in_attempts=settings.sign_in_attempts,
        lock_after=settings.lock_after_failures,
        firm=settings.firm_name,
        firm_en=settings.firm_name_en,
    )


def terms() -> Terms:
    """The terms in force."""
    return _terms


def today(at: datetime | None = None) -> date:
    """The local day of `at`, or of now: the day on which licences count."""
    return (at or clock.now()).astimezone(_terms.zone).date()


def day_began() -> datetime:
    """When the local day of today began."""
    return datetime.combine(today(), time(), _terms.zone)
