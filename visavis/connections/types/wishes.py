"""Words of what a client wishes: how she may be reached, by whom not (CONN-04)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event


class Bar(StrEnum):
    """What a client lays upon one member of staff: no dealings any more, or no notices about what he writes."""

    BLOCK = "block"
    MUTE = "mute"


@dataclass(frozen=True)
class ContactWishes:
    """How a client may be contacted unasked: at all, outside which hours (`HH:MM`, the firm's zone), how often at most.

    Her hours and her cap only tighten the firm's; None: the firm's alone.
    """

    greetings: bool = True
    quiet_from: str | None = None
    quiet_to: str | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Barred:
    """A bar that stands."""

    staff_id: UUID
    kind: Bar
    at: datetime


@dataclass(frozen=True)
class ContactBarred(Event):
    """A client wants no more dealings with this member of staff; the firm goes on serving her by others."""

    client_id: UUID
    staff_id: UUID


class BlockedByClient(Refusal):
    """The client has blocked this member of staff (CONN-04)."""

    code = "blocked_by_client"
    status = 403


class HalfTheHours(Refusal):
    """Hours of rest have a beginning and an end, which differ, or there are none."""

    code = "half_the_hours"
    status = 422


class NoTimeLeft(Refusal):
    """The client's hours of rest and the firm's together leave no time of day."""

    code = "no_time_left"
    status = 422
