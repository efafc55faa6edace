"""The pure rules of connections: hours of rest, frequency cap, succession."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.connections import rules
from visavis.connections.rules import Candidate, succession, successor
from visavis.connections.types import Limits, QuietHours, TouchCapReached
from visavis.identity.types import Capability, PersonKind, PersonStatus, Staff
from visavis.kernel.auth import Environment, Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = Limits(2, 7, "20:00", "08:30", "Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
SERVE = frozenset({Capability.SERVE, Capability.RELAY})
ADVISE = SERVE | {Capability.ADVISE}
HERE, THERE = UUID(int=1), UUID(int=2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-23T19:59:59", None),
        ("2026-11-23T20:00:00", "2026-11-24T08:30:00"),
        ("2026-11-23T23:59:59", "2026-11-24T08:30:00"),
        ("2026-11-24T00:00:00", "2026-11-24T08:30:00"),
        ("2026-11-24T08:29:59", "2026-11-24T08:30:00"),
        ("2026-11-24T08:30:00", None),
        ("2026-12-31T22:00:00", "2027-01-01T08:30:00"),
    ],
)
def test_hours_of_rest_span_midnight(now: str, ends: str | None) -> None:
    assert rules.quiet_until(at(now), LIMITS) == (at(ends) if ends else None)


@pytest.mark.parametrize(
    ("now", "ends"),
    [("2026-11-23T11:59:59", None), ("2026-11-23T12:00:00", "2026-11-23T13:00:00"),
     ("2026-11-23T13:00:00", None)],
)  # fmt: skip
def test_hours_of_rest_within_a_day(now: str, ends: str | None) -> None:
    midday = replace(LIMITS, quiet_from="12:00", quiet_to="13:00")
    assert rules.quiet_until(at(now), midday) == (at(ends) if ends else None)


def test_rest_that_never_ends_is_followed_no_further_than_its_windows() -> None:
    always = replace(LIMITS, own=("08:30", "20:00"))
    assert not rules.leaves_time(always)
    assert rules.quiet_until(at("2026-11-23T12:00:00"), always) == at("2026-11-24T20:00:00")


def test_the_cap_counts_the_last_days_only() -> None:
    week_ago = NOON - timedelta(days=7)
    assert rules.may_touch(NOON, [], LIMITS) is None
    assert rules.may_touch(NOON, [week_ago, NOON], LIMITS) is None
    full = rules.may_touch(NOON, [week_ago + timedelta(seconds=1), NOON], LIMITS)
    assert isinstance(full, TouchCapReached)
    assert full.params["allowed_local"] == "2026-11-23 12:00"


def test_the_next_allowed_moment_is_never_in_hours_of_rest() -> None:
    evening = NOON.replace(hour=19, minute=59, second=30)
    touches = [evening - timedelta(days=1), evening - timedelta(hours=1)]
    refused = rules.may_touch(evening, touches, replace(LIMITS, quiet_from="19:00"))
    assert isinstance(refused, TouchCapReached)
    assert refused.params["allowed_local"] == "2026-11-30 08:30"
    assert isinstance(rules.may_touch(evening + timedelta(hours=1), [], LIMITS), QuietHours)


@given(
    st.integers(0, 365 * 86400),
    st.lists(st.integers(0, 14 * 86400), max_size=6),
    st.integers(1, 4),
)
def test_what_a_refusal_promises_is_kept(second: int, ago: list[int], cap: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    limits = replace(LIMITS, cap=cap)
    touches = [moment - timedelta(seconds=one) for one in ago]
    refused = rules.may_touch(moment, touches, limits)
    if refused is not None:
        allowed_ms = refused.params["allowed_at"]
        assert isinstance(allowed_ms, int)
        # Milliseconds are cut off on the wire: the next one is surely allowed.
        later = datetime.fromtimestamp(allowed_ms / 1000, UTC) + timedelta(milliseconds=1)
        assert later > moment
        assert rules.may_touch(later, touches, limits) is None


def staff(number: int, branch: UUID = HERE, *roles: Role, **more: object) -> Staff:
    one = Staff(
        id=UUID(int=100 + number), kind=PersonKind.STAFF, name=f"S{number}", name_en="",
        environment=Environment.REAL, status=PersonStatus.ACTIVE, language="zh-CN", login=f"s{number}",
        roles=frozenset(roles or {Role.ADVISOR}), branch_id=branch, languages=("zh-CN",),
    )  # fmt: skip
    return replace(one, **more)  # type: ignore[arg-type]


LEAVER = staff(0)


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], None),
        ([Candidate(LEAVER, ADVISE, 0)], None),
        ([Candidate(staff(1), frozenset({Capability.RELAY}), 0)], None),
        ([Candidate(staff(1), frozenset({Capability.REFER}), 0)], None),
        ([Candidate(staff(1, environment=Environment.TEST), ADVISE, 0)], None),
        ([Candidate(staff(1, status=PersonStatus.SUSPENDED), ADVISE, 0)], None),
        # The fewest clients.
        ([Candidate(staff(1), ADVISE, 5), Candidate(staff(2), ADVISE, 4)], 2),
        # The same branch before fewer clients.
        ([Candidate(staff(1), ADVISE, 9), Candidate(staff(2, THERE), ADVISE, 0)], 1),
        # The same needs before the same branch: an advisor's clients go to somebody who may advise.
        ([Candidate(staff(1), SERVE, 0), Candidate(staff(2, THERE), ADVISE, 9)], 2),
        # Somebody who serves is better than nobody.
        ([Candidate(staff(1), SERVE, 0)], 1),
        # The client's language before fewer clients.
        ([Candidate(staff(1, languages=("en",)), ADVISE, 0), Candidate(staff(2), ADVISE, 9)], 2),
        # Shared topics decide among equals.
        ([Candidate(staff(1), ADVISE, 3), Candidate(staff(2, topics=("margin",)), ADVISE, 3)], 2),
    ],
)
def test_who_succeeds(candidates: list[Candidate], chosen: int | None) -> None:
    leaver = replace(LEAVER, topics=("margin",))
    expected = UUID(int=100 + chosen) if chosen is not None else None
    assert successor(leaver, "zh-CN", candidates) == expected


def test_a_manager_s_clients_need_no_advice() -> None:
    leaver = staff(0, HERE, Role.CLIENT_MANAGER)
    pool = [Candidate(staff(1, THERE), ADVISE, 0), Candidate(staff(2), SERVE, 9)]
    assert successor(leaver, "zh-CN", pool) == pool[1].staff.id


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.integers(0, 60))
def test_clients_are_spread_evenly(loads: list[int], clients: int) -> None:
    pool = [Candidate(staff(n + 1), ADVISE, load) for n, load in enumerate(loads)]
    given_to = succession(LEAVER, {UUID(int=n): "zh-CN" for n in range(clients)}, pool, {})
    after = {one.staff.id: one.clients for one in pool}
    for heir in given_to.values():
        assert heir is not None
        after[heir] += 1
    touched = {heir for heir in given_to.values() if heir is not None}
    if touched:
        assert max(after[one] for one in touched) - min(after.values()) <= 1


def test_a_declined_advisor_is_not_given_again() -> None:
    pool = [Candidate(staff(1), ADVISE, 0), Candidate(staff(2), ADVISE, 50)]
    client = UUID(int=7)
    declined = {client: frozenset({pool[0].staff.id})}
    assert succession(LEAVER, {client: "zh-CN"}, pool, declined) == {client: pool[1].staff.id}
    declined = {client: frozenset(one.staff.id for one in pool)}
    assert succession(LEAVER, {client: "zh-CN"}, pool, declined) == {client: None}
