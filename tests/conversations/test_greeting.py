"""Who comes in a crowd is greeted in a crowd, and each as if he had come alone."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.conversations.talk import Talk, begin
from tests.conversations.test_gateway import Page
from tests.world import World
from visavis.identity import api as identity
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.gateway import Gateway
from visavis.kernel.sockets import Socket

HELLO = {"t": "hello", "protocol": 1}


async def tickets(world: World, *actors: Actor) -> list[str]:
    async with world.tx() as tx:
        return [await identity.issue_ticket(tx, one) for one in actors]


def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For how many people at a time the store is asked who they are now."""
    sizes: list[int] = []
    original = identity.several_me

    async def counted(tx: Tx, actors: Sequence[Actor]) -> object:
        sizes.append(len(actors))
        return await original(tx, actors)

    monkeypatch.setattr(identity, "several_me", counted)
    return sizes


async def test_a_crowd_is_greeted_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talks: list[Talk] = [await begin(world) for _ in range(4)]
    gateway: Gateway = world.app.state.gateway
    actors = [actor for talk in talks for actor in (talk.her, talk.him)]
    whose = [talk for talk in talks for _ in range(2)]
    sizes = asked(monkeypatch)
    sockets = await asyncio.gather(*map(gateway.open, await tickets(world, *actors)))
    pages = [Page(gateway, one) for one in sockets if isinstance(one, Socket)]
    for page, talk in zip(pages, whose, strict=True):
        held = [{"conversation": str(talk.id), "shared": 1}] if page.socket.actor.is_staff else []
        page.say(**HELLO, streams=held)
    for page, talk, actor in zip(pages, whose, actors, strict=True):
        welcome = await page.hear("welcome")
        assert isinstance(person := welcome["person"], dict)
        assert person["id"] == str(actor.person_id)
        streams = welcome["streams"]
        marks = [{"conversation": str(talk.id), "shared": 1, "internal": 0}]
        assert streams == (marks if actor.is_staff else [])
    assert sizes == [len(actors)]
    for page, talk in zip(pages, whose, strict=True):
        if page.socket.actor.is_staff:
            await talk.say(talk.her, "在吗")
    for page in pages:  # those who named no conversation follow theirs as well
        entries = (await page.hear("entries"))["entries"]
        assert isinstance(entries, list)
        assert [one["no"] for one in entries] == [2]


async def test_a_ticket_in_a_crowd_is_good_once(world: World) -> None:
    talk = await begin(world)
    gateway: Gateway = world.app.state.gateway
    good, other = await tickets(world, talk.her, talk.him)
    found = await asyncio.gather(*map(gateway.open, [good, "of nobody", good, other]))
    assert [one if isinstance(one, int) else one.actor.person_id for one in found] == [
        talk.her.person_id, 4401, 4401, talk.him.person_id,
    ]  # fmt: skip
    assert await gateway.open(good) == 4401


async def test_whoever_leaves_while_greeted_follows_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    gateway: Gateway = world.app.state.gateway
    (ticket,) = await tickets(world, talk.her)
    socket = await gateway.open(ticket)
    assert isinstance(socket, Socket)
    page, original = Page(gateway, socket), identity.several_me

    async def slow(tx: Tx, actors: Sequence[Actor]) -> object:
        gateway.gone(socket)
        return await original(tx, actors)

    monkeypatch.setattr(identity, "several_me", slow)
    page.say(**HELLO, streams=[])
    await page.ends()
    (again,) = await tickets(world, talk.him)
    monkeypatch.setattr(identity, "several_me", original)
    other = await gateway.open(again)
    assert isinstance(other, Socket)
    here = Page(gateway, other)
    here.say(**HELLO, streams=[])
    await here.hear("welcome")  # whatever was under way before him is over
    assert not socket.follows
    assert socket.closing is not None
