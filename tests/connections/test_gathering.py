"""Whoever looks at very many clients within an hour is seen while he does (CONN-03)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive import api as archive
from visavis.identity.types import Staff
from visavis.kernel.settings import Settings

Assign = Callable[..., Awaitable[None]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A firm that wants to know when somebody looks at more than three clients within an hour."""
    return settings.model_copy(update={"client_looks_per_hour": 3})


async def tickets(world: World) -> list[dict[str, Any]]:
    """What compliance has to look at."""
    desk = await world.sign_in(await world.supervisor())
    items: list[dict[str, Any]] = (await desk.get("/api/review/tickets")).json()["items"]
    return items


async def alarms(world: World, one: Staff) -> list[Any]:
    """How many clients each alarm on record counts."""
    async with world.tx() as tx:
        chain = await archive.chain(tx, one.id)
    return [each.body["clients"] for each in chain if each.kind == "connection.many_looked"]


async def test_conn_03_a_leaver_who_gathers_clients_raises_one_alarm_that_he_does_not_find(
    world: World,
) -> None:
    """CONN-03: histories and panels count alike; one alarm an hour, a ticket for compliance alone."""
    leaver = await world.advisor("李明")
    talks = [await begin(world, leaver) for _ in range(5)]
    desk = await world.sign_in(leaver)
    for talk in talks[:3]:
        for _ in range(2):
            assert (await desk.get(f"/api/conversations/{talk.id}/entries")).status_code == 200
    await world.app.state.speaker.settle()
    await world.settle()
    assert (await alarms(world, leaver), await tickets(world)) == ([], [])

    assert (await desk.get(f"/api/clients/{talks[3].client.id}")).status_code == 200
    await desk.get(f"/api/conversations/{talks[4].id}/entries")
    await world.app.state.speaker.settle()
    await world.settle()
    assert await alarms(world, leaver) == [4]
    [one] = await tickets(world)
    assert (one["category"], one["source"]) == ("gathering", "platform")
    # A colleague who serves as many over the day raises none, and an hour later the leaver may raise another.
    world.clock.move(timedelta(hours=2))
    again = await world.sign_in(leaver)
    for talk in talks:
        await again.get(f"/api/clients/{talk.client.id}")
    await world.settle()
    assert await alarms(world, leaver) == [4, 4]
    assert len(await tickets(world)) == 2


async def test_conn_03_a_days_work_raises_none_and_a_supervisors_look_is_not_counted(
    world: World,
) -> None:
    """CONN-03: the same clients again, or others an hour later, are everyday work."""
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(5)]
    chief = await world.sign_in(await world.supervisor())
    for number, talk in enumerate(talks):
        desk = await world.sign_in(advisor)
        await desk.get(f"/api/clients/{talk.client.id}")
        await chief.get(f"/api/clients/{talk.client.id}")
        world.clock.move(timedelta(minutes=25))
        if number == 0:
            chief = await world.sign_in(await world.supervisor())
    await world.settle()
    assert await alarms(world, advisor) == []
    assert await tickets(world) == []
