"""The order of a commit's answers and its news: who has said something is answered, and is not told of it as well."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Database, Tx
from visavis.kernel.ids import new_id
from visavis.kernel.live import Hint, InProcess
from visavis.kernel.sockets import Limits, Socket
from visavis.kernel.watching import Watching


class Remembered:
    """Feeds of which everything is at hand."""

    name = "feed"

    async def mine(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Sequence[UUID]]:
        raise AssertionError("nobody greets here")

    async def numbers(
        self, tx: Tx, asks: Sequence[tuple[Actor, Sequence[UUID]]]
    ) -> Sequence[Mapping[UUID, Mapping[str, int]]]:
        raise AssertionError("nobody greets here")

    def recent(self, feed: UUID, stream: str, after: int, upto: int) -> bytes | None:
        return f"{after + 1}-{upto}".encode()

    async def page(
        self, tx: Tx, actor: Actor, feed: UUID, stream: str, after: int, limit: int
    ) -> tuple[bytes, int, int]:
        raise AssertionError("the store is asked for nothing here")


def somebody() -> Socket:
    return Socket(Actor(new_id(), frozenset({Role.ADVISOR})), Limits())


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("same", [True, False])
async def test_whatever_else_is_marked_the_answer_goes_first(turns: int, same: bool) -> None:
    live = InProcess()
    watching = Watching(Database("", live), Remembered())
    speaker, listener, passer = somebody(), somebody(), somebody()
    feed, other = new_id(), new_id()
    for socket in (speaker, listener):
        watching.watch(socket, feed)
        watching.start(socket, feed, "shared", 7, 7)
    watching.watch(passer, other)
    await _turns(4)
    # Somebody's rights have been looked up again, and his feeds are looked at: so many turns before the commit.
    watching.look(speaker if same else passer)
    await _turns(turns)
    live.publish(Hint(f"feed.{feed}", {"shared": 8}))
    asyncio.get_running_loop().call_soon(watching.answered, speaker, feed, "shared", 8)
    await _turns(6)
    assert speaker.take(1000) == []
    assert listener.take(1000) == [b"8-8"]
    live.publish(Hint(f"feed.{feed}", {"shared": 9}))
    await _turns(4)
    assert speaker.take(1000) == listener.take(1000) == [b"9-9"]


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
