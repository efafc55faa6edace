"""What an examiner's grant opens, and when; SUP-02: read-only, scoped, time-boxed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from visavis.custody.types import (
    BeyondGrant,
    Grant,
    GrantTooLong,
    PeriodEmpty,
    PurposeNeeded,
    Query,
    Scope,
    ServesClient,
)
from visavis.kernel.auth import Environment

LONGEST = timedelta(days=366)
PURPOSE = (4, 500)


def is_open(one: Grant, now: datetime) -> bool:
    """Whether the grant opens anything at this moment."""
    return one.revoked_at is None and one.starts_at <= now < one.ends_at


def current(grants: Iterable[Grant], now: datetime) -> Grant | None:
    """The newest grant that is open now."""
    return max(
        (one for one in grants if is_open(one, now)), key=lambda one: one.granted_at, default=None
    )


def overlapping(grants: Iterable[Grant], starts_at: datetime, ends_at: datetime) -> Grant | None:
    """Which of these lies in this time; of two that were open the older would count for nothing."""
    return next(
        (one for one in grants if one.starts_at < ends_at and starts_at < one.ends_at), None
    )


def scope(one: Grant, examiner: str) -> Scope:
    """What the grant opens; the watermark names who looks, under which grant."""
    return Scope(
        Environment.REAL,
        None if one.clients is None else frozenset(one.clients),
        one.from_us,
        one.until_us,
        one.purpose,
        one.id,
        f"{examiner} · {str(one.id)[-8:]}",
    )


def narrowed(query: Query, within: Scope) -> Query:
    """The query as far as the scope allows; raises `BeyondGrant` for a client outside of it, and `ServesClient`."""
    if query.client_id in within.served:
        raise ServesClient
    if (
        within.clients is not None
        and query.client_id is not None
        and query.client_id not in within.clients
    ):
        raise BeyondGrant
    return replace(
        query,
        from_us=max(query.from_us, within.from_us),
        until_us=min(query.until_us, within.until_us),
    )


def check_grant(
    purpose: str, from_us: int, until_us: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Raise `PurposeNeeded`, `PeriodEmpty` or `GrantTooLong` unless it says why, for which time, and ends in a year."""
    if not PURPOSE[0] <= len(purpose) <= PURPOSE[1] or "\x00" in purpose:
        raise PurposeNeeded
    if from_us >= until_us:
        raise PeriodEmpty
    if not starts_at < ends_at or ends_at <= now or ends_at - starts_at > LONGEST:
        raise GrantTooLong
