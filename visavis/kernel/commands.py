"""What the live gateway is composed of: commands with handlers, presenters of hints, questions about people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.denials import ids_in
from visavis.kernel.errors import Malformed, Refusal, Unavailable
from visavis.kernel.sockets import Socket, encode

if TYPE_CHECKING:
    from visavis.kernel.gateway import Gateway
    from visavis.kernel.http import Catalogue

Reply = bytes | Mapping[str, Any] | None
Presenter = Callable[[Tx, Actor, Mapping[str, object]], Awaitable[Mapping[str, Any] | None]]


class Command(msgspec.Struct, tag_field="t", frozen=True):
    """Base of what a page may send; the subclass's tag is its name on the wire."""

    @property
    def word(self) -> str:
        """Its name on the wire."""
        return str(type(self).__struct_config__.tag)

    @property
    def named(self) -> dict[str, str]:
        """The ids that it names, by field."""
        return ids_in(msgspec.structs.asdict(self))

    @property
    def about(self) -> Mapping[str, str]:
        """What its refusal repeats, so that the page knows which of its frames that was."""
        return {}


class Ping(Command, frozen=True, tag="ping"):
    """A sign of life."""


class Hello(Command, frozen=True, tag="hello"):
    """The first frame of a page: what it holds of each feed, without a gap."""

    protocol: int
    streams: tuple[dict[str, str | int], ...] = ()
    device: str = "desktop"


def marked(name: str, mark: Mapping[str, str | int]) -> tuple[UUID, dict[str, int]]:
    """The feed that a greeting lists under `name`, and the numbers held of its streams; raises `Malformed`."""
    try:
        feed = UUID(str(mark[name]))
    except (KeyError, ValueError):
        raise Malformed(field="hello.streams", reason=name) from None
    return feed, {
        key: value for key, value in mark.items() if isinstance(value, int) and value >= 0
    }


def refused_frame(
    command: Command | None, refusal: Refusal, code: str, detail: str
) -> dict[str, Any]:
    """What a page is told of a command that was refused."""
    key = getattr(command, "client_key", None)
    about = {} if command is None else command.about
    head = {"t": "error", **about} if key is None else {"t": "refused", "client_key": str(key)}
    wait = {k: refusal.params[k] for k in ("retry_after",) if k in refusal.params}
    return {**head, "error": code, "detail": detail, **wait}


class Wording:
    """What a refusal says to its reader."""

    def __init__(self, catalogue: "Catalogue") -> None:
        self._catalogue = catalogue
        self._known: dict[tuple[str, object, object], str] = {}

    def of(self, code: str, language: str, refusal: Refusal) -> str:
        """The sentence; under overload thousands are turned away each second, all with the same words."""
        if not isinstance(refusal, Unavailable):
            return self._catalogue.text(code, language, refusal.params)
        params = refusal.params
        same = (language, params.get("reason"), params.get("retry_after"))
        if same not in self._known:
            self._known[same] = self._catalogue.text(code, language, refusal.params)
        return self._known[same]


class Call(msgspec.Struct, frozen=True):
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


def reply(socket: Socket, answer: Reply) -> None:
    """Queue an answer, if there is one."""
    if answer is not None:
        socket.push(answer if isinstance(answer, bytes) else encode(answer))


class Later(msgspec.Struct, frozen=True):
    """An answer that follows: what to wait for, and how its result becomes a reply."""

    result: Awaitable[Any]
    then: Callable[[Any], Reply] = as_it_is


# A handler answers at once or later; those of a socket begin in the order of its frames. Both may raise a `Refusal`.
Handler = Callable[[Call, Any], Reply | Later | Awaitable[Reply]]


class People(Protocol):
    """What the gateway asks about people."""

    async def redeem(self, tx: Tx, tickets: Sequence[str]) -> Sequence[Actor | None]:
        """The actor of each single-use ticket, in order."""
        ...

    async def again(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Actor | None]:
        """Each actor as he is now, in order, or None where his session has ended."""
        ...

    async def present(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Mapping[str, Any]]:
        """What the welcome tells each page about its own person, in order."""
        ...

    async def here(self, tx: Tx, actors: Sequence[Actor]) -> None:
        """Called when a socket opens and about every 15 s after, for many at a time."""
        ...

    async def gone(self, tx: Tx, actor: Actor) -> None:
        """Called when a person's last socket has closed."""
        ...
