"""Opening hours: when a branch and the firm are open, when they open next, and which slots a client may book.

A calendar day overrides its weekday: `working` false closes it; a make-up working day at a weekend has its weekday's
own hours or else Monday's. A branch without hours of its own has the policy's, Monday to Friday.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from visavis.dispatch.rules.policy import Policy
from visavis.dispatch.types import CalendarDay, Opening, Slot

FRIDAY = 4
MONDAY = 0
HORIZON_DAYS = 30


def lasts_until_midnight(one: Opening) -> bool:
    """Whether the span closes when the day ends: a clock has no 24:00."""
    return one.closes == time.min


def _end(day: date, one: Opening, zone: ZoneInfo) -> datetime:
    last = day + timedelta(days=1) if lasts_until_midnight(one) else day
    return datetime.combine(last, one.closes, zone)


@dataclass(frozen=True)
class Hours:
    """The firm's opening hours; `weeks` holds those of every branch."""

    zone: str
    usual: tuple[Opening, ...]
    weeks: Mapping[UUID, tuple[Opening, ...]] = field(default_factory=dict)
    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    def spans(self, day: date, branch_id: UUID | None = None) -> list[tuple[datetime, datetime]]:
        """The open spans of a local day, of one branch or of the firm (any branch open), in order."""
        if branch_id is not None:
            weeks: Iterable[tuple[Opening, ...]] = (self.weeks.get(branch_id, self.usual),)
        else:
            weeks = set(self.weeks.values()) or {self.usual}
        zone = ZoneInfo(self.zone)
        found = {
            (datetime.combine(day, one.opens, zone), _end(day, one, zone))
            for week in weeks
            for one in self._of_day(day, week)
        }
        return sorted(found)

    def is_open(self, now: datetime, branch_id: UUID | None = None) -> bool:
        """Whether the branch, or any branch, is open at `now`."""
        return any(
            opens <= now < closes for opens, closes in self.spans(self._local(now), branch_id)
        )

    def next_opening(self, now: datetime, branch_id: UUID | None = None) -> datetime | None:
        """The first opening after `now`; None when there is none in 30 days."""
        first = self._local(now)
        for offset in range(HORIZON_DAYS):
            for opens, _ in self.spans(first + timedelta(days=offset), branch_id):
                if opens > now:
                    return opens
        return None

    def slots(self, now: datetime, days: int, minutes: int) -> list[datetime]:
        """The starts of bookable slots from now on for `days` days; a slot lies wholly inside a span."""
        found: set[datetime] = set()
        length = timedelta(minutes=minutes)
        for offset in range(days):
            for opens, closes in self.spans(self._local(now) + timedelta(days=offset)):
                start = opens
                while start + length <= closes:
                    if start > now:
                        found.add(start)
                    start += length
        return sorted(found)

    def _local(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def _of_day(self, day: date, week: tuple[Opening, ...]) -> list[Opening]:
        exception = self.days.get(day)
        own = [one for one in week if one.weekday == day.weekday()]
        if exception is None:
            return own
        if not exception.working:
            return []
        return own or [one for one in week if one.weekday == MONDAY]


def usual(policy: Policy) -> tuple[Opening, ...]:
    """The policy's hours, Monday to Friday."""
    opens, closes = time.fromisoformat(policy.opens), time.fromisoformat(policy.closes)
    return tuple(Opening(weekday, opens, closes) for weekday in range(FRIDAY + 1))


def free_slots(
    starts: Iterable[datetime], booked: Mapping[datetime, int], able: int, share: float
) -> list[Slot]:
    """Slots that still take a booking: each takes a share of the advisors who are able, at least one."""
    most = max(1, int(able * share)) if able else 0
    return [Slot(at, most - booked.get(at, 0)) for at in starts if booked.get(at, 0) < most]
