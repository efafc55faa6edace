"""Signs of life are told in crowds, each person's every fifteen seconds, and none where the store cannot be asked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from visavis.kernel import giving_way
from visavis.kernel.auth import Actor, Role
from visavis.kernel.beats import Beats
from visavis.kernel.clock import FakeClock, installed
from visavis.kernel.errors import Unavailable
from visavis.kernel.ids import fast, new_id


class Firm:
    """People and their store: who was told to be here, crowd by crowd."""

    def __init__(self) -> None:
        self.crowds: list[list[UUID]] = []
        self.gone = False

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        if self.gone:
            raise Unavailable(reason="database")
        yield

    async def here(self, tx: Any, actors: Sequence[Actor]) -> None:
        del tx
        self.crowds.append([one.person_id for one in actors])


async def _told() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_crowd_is_told_at_once_and_nobody_twice_in_fifteen_seconds() -> None:
    firm, people = Firm(), [Actor(new_id(), frozenset({Role.ADVISOR})) for _ in range(3)]
    clock = FakeClock(datetime(2026, 7, 1, tzinfo=UTC))
    with installed(clock):
        beats: Beats = Beats(firm, firm)  # type: ignore[arg-type]
        for one in (*people, *people):
            beats.heard(one)
        await _told()
        assert firm.crowds == [[one.person_id for one in people]]
        beats.told(people[0].person_id)
        beats.forget(people[1].person_id)
        beats.heard(people[0])
        beats.heard(people[1])
        await _told()
        assert firm.crowds[1:] == [[people[1].person_id]]
        await clock.advance(16)
        beats.heard(people[2])
        await _told()
        assert firm.crowds[2:] == [[people[2].person_id]]


async def test_under_overload_and_without_a_store_nobody_is_told() -> None:
    firm, one = Firm(), Actor(new_id(), frozenset({Role.CLIENT}))
    clock = FakeClock(datetime(2026, 7, 1, tzinfo=UTC))
    with installed(clock):
        beats: Beats = Beats(firm, firm)  # type: ignore[arg-type]
        giving_way.press(1.0)
        beats.heard(one)
        await _told()
        assert not firm.crowds
        await clock.advance(16)
        firm.gone = True
        beats.heard(one)
        await _told()
        firm.gone = False
        await clock.advance(16)
        beats.heard(one)
        await _told()
        assert firm.crowds == [[one.person_id]]


def test_an_id_that_came_over_the_wire_becomes_the_drivers_own() -> None:
    made = new_id()
    same = fast(UUID(str(made)))
    assert same == made
    assert type(same) is type(made)
    assert fast(made) is made
    assert (made.version, isinstance(made, UUID)) == (7, True)
