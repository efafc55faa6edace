"""The time in which a demo's past is played, and what an id says of its moment."""

import time
from datetime import timedelta

import pytest

from visavis.kernel import clock
from visavis.kernel.ids import made_at, new_id


def test_the_past_passes_when_told_to_and_ends_at_the_present() -> None:
    past = clock.PastClock(3600)
    before = past.now_us()
    past.skip(60)
    assert 60_000_000 < past.now_us() - before < 61_000_000
    past.skip(7200)
    assert past.now_us() <= time.time_ns() // 1000


async def test_sleeping_in_the_past_takes_no_longer() -> None:
    past = clock.PastClock(3600)
    await past.sleep(0)


def test_an_id_says_when_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ids never fall inside one process, and another test's clock may have been ahead.
    monkeypatch.setattr("visavis.kernel.ids._last", 0)
    before = clock.now()
    assert (
        before - timedelta(milliseconds=1)
        <= made_at(new_id())
        <= clock.now() + timedelta(seconds=1)
    )


def test_a_clock_that_is_set_back_goes_on_and_never_back(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, at = [1_000_000_000], [0]
    monkeypatch.setattr(clock.time, "time_ns", lambda: wall[0])
    monkeypatch.setattr(clock.time, "monotonic_ns", lambda: at[0])
    machine = clock.SystemClock()
    assert machine.now_us() == 1_000_000
    wall[0], at[0] = 500_000_000, 700
    assert machine.now_us() == 1_000_000
    at[0] = 1_400  # less than a microsecond each time, and yet nothing is dropped
    assert machine.now_us() == 1_000_001
    at[0] = 2_000_000_000
    assert machine.now_us() == 3_000_000
    wall[0] = 4_000_000_000
    assert machine.now_us() == 4_000_000


def test_no_time_is_below_none() -> None:
    now = clock.now()
    assert clock.between_s(now - timedelta(seconds=2), now) == 2
    assert clock.between_s(now + timedelta(hours=20), now) == 0
