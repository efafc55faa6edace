"""The time in which a demo's past is played, and what an id says of its moment."""

import time
from datetime import timedelta

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


def test_an_id_says_when_it_was_made() -> None:
    before = clock.now()
    assert (
        before - timedelta(milliseconds=1)
        <= made_at(new_id())
        <= clock.now() + timedelta(seconds=1)
    )
