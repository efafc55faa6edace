"""Who comes in by the gateway's door: tickets become people, and pages are told where they stand, in crowds.

After a restart of the server, or of what stands before it, everybody comes back at once. Whoever comes while others are
being greeted is greeted together with those who come meanwhile: a crowd costs as many statements as one page does.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from visavis.kernel import installation
from visavis.kernel.auth import Actor
from visavis.kernel.batch import Batcher
from visavis.kernel.commands import People
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import Refusal
from visavis.kernel.sockets import Socket
from visavis.kernel.watching import Feeds, Numbers

T = TypeVar("T")
R = TypeVar("R")

# So many are greeted together: messages that come meanwhile wait for some of it.
CROWD = 32


class Guest(msgspec.Struct, frozen=True, eq=False):
    """A page that has said hello, and the feeds of which it holds something."""

    socket: Socket
    held: Collection[UUID]


class Welcome(msgspec.Struct, frozen=True):
    """What a page is told: the store's epoch, its own person, the feeds that it follows unasked, how far all are."""

    epoch: str
    person: Mapping[str, Any]
    mine: Sequence[UUID]
    numbers: Mapping[UUID, Numbers]


def together(
    database: Database, answer: Callable[[Tx, Sequence[T]], Awaitable[Sequence[R]]]
) -> Callable[[T], Awaitable[R]]:
    """A question to the store, put together with those that come while the last ones are being answered.

    However many ask at once, they need one connection. The question raises `Unavailable` where too many wait, or where
    the store is away.
    """

    async def work(asked: Sequence[T]) -> Sequence[R]:
        async with database.transaction() as tx:
            return await answer(tx, asked)

    work.__name__ = answer.__name__
    batcher: Batcher[T, R] = Batcher(work, most=CROWD)
    return batcher.submit


class Greeting:
    """The door of a gateway."""

    def __init__(
        self, database: Database, people: People, feeds: Feeds, watch: Callable[[Socket, UUID], object]
    ) -> None:  # fmt: skip
        self._database = database
        self._people = people
        self._feeds = feeds
        self._watch = watch
        self._admit = together(database, people.redeem)
        self._guests: Batcher[Guest, Welcome] = Batcher(self._welcome, most=CROWD)

    async def admit(self, ticket: str) -> Actor | None:
        """The actor of a ticket, which is spent by this, or None; raises `Unavailable`."""
        return await self._admit(ticket)

    async def welcome(self, socket: Socket, held: Collection[UUID]) -> Welcome:
        """Note that the page is here, let it hear of its feeds, and look up what it is told; raises `Unavailable`."""
        return await self._guests.submit(Guest(socket, held))

    async def _welcome(self, guests: Sequence[Guest]) -> Sequence[Welcome | Refusal]:
        actors = [one.socket.actor for one in guests]
        async with self._database.transaction() as tx:
            await self._people.here(tx, actors)
            people = await self._people.present(tx, actors)
            here = await installation.current(tx)
            mine = [
                [feed for feed in some if feed not in one.held]
                for one, some in zip(guests, await self._feeds.mine(tx, actors), strict=True)
            ]
            for guest, some in zip(guests, mine, strict=True):
                if guest.socket.closing is None:
                    for feed in some:  # heard of before its numbers are read: nothing falls between
                        self._watch(guest.socket, feed)
            numbers = await self._feeds.numbers(
                tx,
                [(one.socket.actor, [*one.held, *some]) for one, some in zip(guests, mine, strict=True)],
            )  # fmt: skip
        return [
            Welcome(str(here.id), person, some, known)
            for person, some, known in zip(people, mine, numbers, strict=True)
        ]
