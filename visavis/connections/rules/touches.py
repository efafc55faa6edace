"""When a proactive contact is allowed, and what is one: hours of rest and frequency cap (CONN-04). No I/O."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from visavis.connections.types import (
    ContactWishes,
    Limits,
    Place,
    QuietHours,
    TouchCapReached,
)
from visavis.kernel.clock import to_ms
from visavis.kernel.errors import Refusal

# So long a client's word, or her request, may be answered; what staff write later is on their own initiative.
ANSWER_WITHIN = timedelta(hours=72)
# What follows a proactive word within this time belongs to it.
SAME_TOUCH = timedelta(hours=1)
DAY_MINUTES = 24 * 60


def tightened(limits: Limits, wishes: ContactWishes) -> Limits:
    """The firm's limits with the client's own on top."""
    own = (
        (wishes.quiet_from, wishes.quiet_to)
        if wishes.quiet_from is not None and wishes.quiet_to is not None
        else None
    )
    cap = limits.cap if wishes.cap is None else min(limits.cap, wishes.cap)
    return replace(limits, cap=cap, own=own)


def leaves_time(limits: Limits) -> bool:
    """Whether some minute of the day lies in nobody's hours of rest."""
    return any(
        not any(_within(time(*divmod(minute, 60)), *one) for one in _windows(limits))
        for minute in range(DAY_MINUTES)
    )


def quiet_until(at: datetime, limits: Limits) -> datetime | None:
    """When the hours of rest around `at` end, or None outside of them; they may span midnight, and follow another."""
    rest, found = at, None
    for _ in range(len(_windows(limits)) + 1):
        ends = [end for one in _windows(limits) if (end := _end(rest, limits.zone, *one))]
        if not ends:
            break
        rest = found = max(ends)
    return found


def own_rest_until(at: datetime, limits: Limits) -> datetime | None:
    """When the client's own hours of rest around `at` end, or None."""
    return _end(at, limits.zone, *limits.own) if limits.own else None


def unasked(now: datetime, place: Place) -> bool:
    """Whether a word of staff now is on his own initiative: no client waits, and her last turn is long ago."""
    if place.waiting_since is not None:
        return False
    return place.turned_at is None or now - place.turned_at > ANSWER_WITHIN


def may_touch(at: datetime, touches: Sequence[datetime], limits: Limits) -> Refusal | None:
    """Whether a proactive contact is allowed at `at`, given the client's earlier ones (CONN-04)."""
    recent = sorted(one for one in touches if one > at - timedelta(days=limits.period_days))
    if len(recent) >= limits.cap:
        free = recent[len(recent) - limits.cap] + timedelta(days=limits.period_days)
        return TouchCapReached(**_allowed(quiet_until(free, limits) or free, limits))
    rest = quiet_until(at, limits)
    return QuietHours(**_allowed(rest, limits)) if rest else None


def _windows(limits: Limits) -> list[tuple[str, str]]:
    return [(limits.quiet_from, limits.quiet_to), *([limits.own] if limits.own else [])]


def _within(now: time, begins: str, ends: str) -> bool:
    first, last = time.fromisoformat(begins), time.fromisoformat(ends)
    return (now >= first or now < last) if first > last else first <= now < last


def _end(at: datetime, zone_name: str, begins: str, ends: str) -> datetime | None:
    zone = ZoneInfo(zone_name)
    local = at.astimezone(zone)
    now, last = local.time(), time.fromisoformat(ends)
    if not _within(now, begins, ends):
        return None
    tomorrow = time.fromisoformat(begins) > last and now >= time.fromisoformat(begins)
    day = local.date() + timedelta(days=1 if tomorrow else 0)
    return datetime.combine(day, last, zone).astimezone(at.tzinfo)


def _allowed(at: datetime, limits: Limits) -> dict[str, object]:
    local = at.astimezone(ZoneInfo(limits.zone))
    return {"allowed_at": to_ms(at), "allowed_local": f"{local:%Y-%m-%d %H:%M}"}
