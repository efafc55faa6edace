"""How long each class is kept, and on whose word: the longest regime that applies, and no class without a source."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from visavis.archive.types import RetentionClass
from visavis.custody.types import (
    Destruction,
    Hold,
    Kept,
    NotRestricted,
    OnHold,
    Regime,
    SamePerson,
    StillRetained,
)
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.errors import Forbidden, Refusal

_BUSINESS, _SUITABILITY, _ACCESS = (
    RetentionClass.BUSINESS,
    RetentionClass.SUITABILITY,
    RetentionClass.ACCESS,
)

REGIMES: Sequence[Regime] = (
    Regime(
        "securities_law", "Securities Law of the PRC (2019) art 137", 240, frozenset({_BUSINESS, _SUITABILITY}),
    ),
    Regime(
        "suitability", "CSRC order 130 (2016, amended 2022) art 32", 240, frozenset({_SUITABILITY}),
    ),
    Regime(
        "advice", "Provisional rules on securities investment advice (CSRC 2010 no 27) art 28", 60,
        frozenset({_BUSINESS}),
    ),
    Regime(
        "complaints", "Provisions on strengthening the management of securities brokerage (CSRC 2010 no 11)", 36,
        frozenset({_BUSINESS}),
    ),
    Regime(
        "network_logs", "Cybersecurity Law of the PRC (2016) art 21(3)", 6, frozenset({_ACCESS}),
    ),
)  # fmt: skip


# What restricting a client itself puts on record of him, by its reactions too: none of it is business with him, and he
# can be spoken to no more (PIPL art 47). Whatever else is said of him afterwards begins its own term.
RESTRICTING = frozenset(
    {
        "client_restricted",
        "connection.dissolved",
        "system",
        "request",
        "offer",
        "queued_greeting",
        "scheduled_message",
    }
)


def regime_of(retention: RetentionClass) -> Regime:
    """The longest regime that applies to a class."""
    return max((one for one in REGIMES if retention in one.applies), key=lambda one: one.months)


def months_later(us: int, months: int) -> int:
    """The same moment so many calendar months later, in microseconds; a day that is not there is the month's last."""
    at = clock.from_us(us)
    year, month = divmod(at.month - 1 + months, 12)
    for day in (at.day, 30, 29, 28):
        try:
            later = at.replace(year=at.year + year, month=month + 1, day=day)
            break
        except ValueError:
            continue
    else:  # pragma: no cover - every month has 28 days
        raise AssertionError
    return clock.to_us(later)


def kept(retention: RetentionClass, records: int, newest_us: int) -> Kept:
    """Until when a class of a client must be kept: reckoned from its newest record."""
    regime = regime_of(retention)
    until = months_later(newest_us, regime.months)
    return Kept(retention, records, newest_us, until, regime.code, regime.source)


def may_keep(actor: Actor) -> bool:
    """Holds, restrictions and destruction are compliance's."""
    return actor.has(Role.SUPERVISOR)


def binding(holds: Iterable[Hold], now: datetime) -> Hold | None:
    """A hold that binds at this moment, or None."""
    return next((one for one in holds if one.released_at is None or one.released_at > now), None)


def may_destroy(
    restricted: bool, parts: Iterable[Kept], hold: Hold | None, now_us: int
) -> Refusal | None:
    """Why nothing may be destroyed of a client yet: not restricted, on hold, or still to be kept; None: it may."""
    if not restricted:
        return NotRestricted()
    if hold is not None:
        return OnHold(basis=hold.basis)
    last = max(parts, key=lambda one: one.until_us, default=None)
    if last is not None and last.until_us > now_us:
        until = clock.from_us(last.until_us).date().isoformat()
        return StillRetained(until=until, source=last.source, reason=last.code)
    return None


def may_decide(actor: Actor, one: Destruction) -> Refusal | None:
    """Two persons: who asked does not decide (OWASP ASVS 5.0 V2.3.5)."""
    if not may_keep(actor):
        return Forbidden()
    return SamePerson() if one.asked_by == actor.person_id else None
