"""Rare turns of the doors of connections."""

import pytest

from tests.conversations.talk import begin
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.api import speaking, watching, wishing
from visavis.connections.types import Bar, Basis, BlockedByClient, ManyLooked, NotConnected, Reason
from visavis.conversations import api as conversations
from visavis.kernel.events import Event


async def test_whoever_is_not_connected_does_not_greet(world: World) -> None:
    him = await world.actor(await world.advisor())
    with pytest.raises(NotConnected):
        async with world.tx() as tx:
            await speaking.touch(tx, him, (await world.client()).id, "greeting")


async def test_a_restricted_client_s_ended_connections_stay_as_they_were(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.dissolve(tx, BOSS, tie.id, Reason.COMPLIANCE)
    async with world.tx() as tx:
        before = await archive.chain(tx, tie.id)
        await connections.part_with_restricted(tx, talk.client.id)
        assert await archive.chain(tx, tie.id) == before


async def test_a_block_counts_more_than_a_mute_and_for_nobody_else(world: World) -> None:
    talk, other = await begin(world), await world.advisor()
    his = await world.actor(other)
    async with world.tx() as tx:
        await connections.establish(tx, his, talk.client.id, other.id, Basis.ACCEPTANCE)
        for kind in (Bar.BLOCK, Bar.MUTE):
            await connections.lay_bar(tx, talk.her, talk.advisor.id, kind)
        await connections.lay_bar(tx, talk.her, other.id, Bar.MUTE)
        for staff, bar in ((talk.advisor, Bar.BLOCK), (other, Bar.MUTE)):
            found = await wishing.bars_between(tx, [talk.client.id], staff.id)
            assert found == {talk.client.id: bar}


async def test_a_greeting_that_meets_a_block_on_its_way_is_refused_by_it(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.lay_bar(tx, talk.her, talk.advisor.id, Bar.BLOCK)
        found = await connections.greetable(tx, talk.him, [tie])  # as it was before
    assert isinstance(found[talk.client.id], BlockedByClient)


async def test_of_two_processes_that_see_many_looks_one_raises_the_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    him, client = await world.advisor(), await world.client()
    told: list[Event] = []

    async def many(*_: object) -> list[object]:
        return [(him.id, 501, client.id)]

    async def publish(_: object, event: Event) -> None:
        told.append(event)

    monkeypatch.setattr(watching.store, "many", many)
    monkeypatch.setattr(watching.outbox, "publish", publish)
    monkeypatch.setattr(
        watching, "MOST", 0
    )  # each finds what was noted before too much, and forgets it
    for other in (client, await world.client()):
        async with world.tx() as tx:
            await watching.looked(tx, [(him.id, other.id)])
    assert told == [ManyLooked(him.id, client.id, 501)]
    assert set(watching._noted) == {(him.id, other.id)}


async def test_a_closed_conversation_is_told_of_no_successor(world: World) -> None:
    talk, other = await begin(world), await world.advisor()
    await talk.say(talk.her, "谢谢")
    async with world.tx() as tx:
        await conversations.close(tx, talk.him, talk.id)
    before = await talk.stream()
    async with world.tx() as tx:
        await conversations.announce_successor(tx, talk.client.id, talk.advisor.id, other.id, 0)
    assert await talk.stream() == before
