"""Who leads: a lease that runs, one that has run out, and one that a clock far ahead has taken."""

from datetime import timedelta
from types import ModuleType
from uuid import uuid4

import pytest

from visavis.archive.store import sequence
from visavis.dispatch.store import leader
from visavis.kernel import clock
from visavis.kernel.db import Database


@pytest.mark.parametrize("leading", [sequence, leader], ids=["sequencer", "dispatcher"])
async def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_up(
    database: Database, leading: ModuleType
) -> None:
    now, first, second = clock.now(), uuid4(), uuid4()
    soon = now + timedelta(seconds=10)
    async with database.transaction() as tx:
        assert await leading.lead(tx, first, soon, now) == 1
        assert await leading.lead(tx, second, soon, now) is None, "it runs"
        assert await leading.lead(tx, second, soon + timedelta(seconds=9), soon) == 2
        # The holder's clock leaps a day ahead, and its process ends: the others' clocks are right.
        assert await leading.lead(tx, second, soon + timedelta(days=1), soon) == 2
        assert await leading.lead(tx, first, soon, now) == 3
        assert not await leading.holds(tx, 2), "what it wrote late would be refused"
