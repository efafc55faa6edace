"""What the live gateway is composed of: commands with handlers, presenters of hints, questions about people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.sockets import Socket

if TYPE_CHECKING:
    from visavis.kernel.gateway import Gateway

Reply = bytes | Mapping[str, Any] | None
Presenter = Callable[[Tx, Actor, Mapping[str, object]], Awaitable[Mapping[str, Any] | None]]


class Command(msgspec.Struct, tag_field="t", frozen=True):
    """Base of what a page may send; the subclass's tag is its name on the wire."""


class Ping(Command, frozen=True, tag="ping"):
    """A sign of life."""


class Hello(Command, frozen=True, tag="hello"):
    """The first frame of a page: what it holds of each feed, without a gap."""

    protocol: int
    streams: tuple[dict[str, str | int], ...] = ()
    device: str = "desktop"


@dataclass(frozen=True, slots=True)
class Call:
    """One command on its way: on which socket, with which means."""

    gateway: "Gateway"
    socket: Socket

    @property
    def actor(self) -> Actor:
        """Who sends it."""
        return self.socket.actor


def as_it_is(reply: Reply) -> Reply:
    """What is awaited is the reply."""
    return reply


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that follows: what to wait for, and how its result becomes a reply."""

    result: Awaitable[Any]
    then: Callable[[Any], Reply] = as_it_is


# A handler answers at once or later; those of a socket begin in the order of its frames. Both may raise a `Refusal`.
Handler = Callable[[Call, Any], Reply | Later | Awaitable[Reply]]


class People(Protocol):
    """What the gateway asks about people."""

    async def redeem(self, tx: Tx, ticket: str) -> Actor | None:
        """The actor of a single-use ticket."""
        ...

    async def again(self, tx: Tx, actor: Actor) -> Actor | None:
        """The actor as he is now, or None where his session has ended."""
        ...

    async def present(self, tx: Tx, actor: Actor) -> Mapping[str, Any]:
        """What the welcome tells the page about its own person."""
        ...

    async def here(self, tx: Tx, actor: Actor, device: str) -> None:
        """Called when a socket opens and about every 15 s after."""
        ...

    async def gone(self, tx: Tx, actor: Actor) -> None:
        """Called when a person's last socket has closed."""
        ...
