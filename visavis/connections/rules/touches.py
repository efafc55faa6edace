"""When a proactive contact is allowed: hours of rest and frequency cap (CONN-04). No I/O."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from visavis.connections.types import (
    Limits,
    QuietHours,
    TouchCapReached,
)
from visavis.kernel.clock import to_ms
from visavis.kernel.errors import Refusal


def quiet_until(at: datetime, limits: Limits) -> datetime | None:
    """When the hours of rest around `at` end, or None outside of them; they may span midnight."""
    zone = ZoneInfo(limits.zone)
    local = at.astimezone(zone)
    begins, ends = time.fromisoformat(limits.quiet_from), time.fromisoformat(limits.quiet_to)
    now = local.time()
    over_midnight = begins > ends
    resting = (now >= begins or now < ends) if over_midnight else begins <= now < ends
    if not resting:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    return datetime.combine(day, ends, zone).astimezone(at.tzinfo)


def may_touch(at: datetime, touches: Sequence[datetime], limits: Limits) -> Refusal | None:
    """Whether a proactive contact is allowed at `at`, given the client's earlier ones (CONN-04)."""
    recent = sorted(one for one in touches if one > at - timedelta(days=limits.period_days))
    if len(recent) >= limits.cap:
        free = recent[len(recent) - limits.cap] + timedelta(days=limits.period_days)
        return TouchCapReached(**_allowed(quiet_until(free, limits) or free, limits))
    rest = quiet_until(at, limits)
    return QuietHours(**_allowed(rest, limits)) if rest else None


def _allowed(at: datetime, limits: Limits) -> dict[str, object]:
    local = at.astimezone(ZoneInfo(limits.zone))
    return {"allowed_at": to_ms(at), "allowed_local": f"{local:%Y-%m-%d %H:%M}"}
