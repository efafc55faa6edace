"""What the bus says about a person: offers and changed lists become frames, changed rights are looked up again."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from visavis.kernel import clock, giving_way
from visavis.kernel.auth import Actor
from visavis.kernel.batch import TROUBLE, UNREACHABLE
from visavis.kernel.commands import People, Presenter
from visavis.kernel.db import Database
from visavis.kernel.live import Hint
from visavis.kernel.sockets import DRAINED, FORBIDDEN, NOT_SIGNED_IN, Socket, encode
from visavis.kernel.watching import AGAIN_S, Feeds, Numbers, Watching

log = structlog.get_logger(__name__)

# So many of a crowd are looked at again together; between them, the fewer wait, the longer the rest beside messages.
FEW, CROWD_S = 16, 0.3


class Hearing:
    """The ear of a gateway: hears for its sockets, by person."""

    def __init__(
        self,
        database: Database,
        people: People,
        feeds: Feeds,
        frames: Mapping[str, Presenter],
        watching: Watching,
        sockets: Mapping[UUID, set[Socket]],
    ) -> None:
        self._database = database
        self._people = people
        self._feeds = feeds
        self._frames = frames
        self._watching = watching
        self._sockets = sockets
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiting: set[tuple[UUID, str, str]] = set()
        self._later: deque[Socket] = deque()
        self._looking: asyncio.Task[None] | None = None

    def follow(self, socket: Socket, feed: UUID) -> None:
        """Let a socket follow a feed from its newest entry on, or stop following what it may not read any more."""
        if socket.closing is None:
            self._watching.watch(socket, feed)
            socket.run(asyncio.create_task(self._catch(socket, feed)))

    async def _catch(self, socket: Socket, feed: UUID) -> None:
        try:
            async with self._database.aside() as tx:
                (numbers,) = await self._feeds.numbers(tx, [(socket.actor, [feed])])
        except TROUBLE:
            socket.close(DRAINED)  # it would wait for what never comes: the page comes back
            return
        self.begin(socket, [feed], numbers, 1)

    def begin(
        self, socket: Socket, feeds: Sequence[UUID], numbers: Mapping[UUID, Numbers], back: int
    ) -> None:
        """Follow those of the feeds that have numbers, from `back` entries before their ends, and no others."""
        for feed in feeds:
            for stream, last in numbers.get(feed, {}).items():
                follow = socket.follows.get(feed)
                if follow is not None and stream not in follow.sent:
                    self._watching.start(socket, feed, stream, max(0, last - back), last)
            if feed not in numbers:
                self._watching.unwatch(socket, feed)

    def on_person(self, hint: Hint) -> None:
        """Take a hint that concerns one person."""
        person = UUID(hint.topic.partition(".")[2])
        name = str(hint.payload.get("frame", ""))
        sockets = [socket for socket in self._sockets.get(person, ()) if socket.greeted]
        if name == "rights":
            for socket in self._sockets.get(person, ()):
                self.doubt(socket)
        elif name == "changed":
            data = encode({**_without_frame(hint.payload), "t": "changed"})
            for socket in sockets:
                socket.push(data, hint=True)
            if hint.payload.get("what") == f"{self._feeds.name}s" and "id" in hint.payload:
                for socket in sockets:
                    self.follow(socket, UUID(str(hint.payload["id"])))
        elif name in self._frames and sockets:
            self._hear((person, name, str(hint.payload.get("id"))), hint.payload)

    def _hear(self, same: tuple[UUID, str, str], payload: Mapping[str, object]) -> None:
        if same not in self._waiting:  # else whoever waits will see this change as well
            self._waiting.add(same)
            self._spawn(self._present(same, payload))

    async def _present(self, same: tuple[UUID, str, str], payload: Mapping[str, object]) -> None:
        person, name, _ = same
        try:
            async with self._database.aside() as tx:
                self._waiting.discard(same)
                sockets = [one for one in self._sockets.get(person, ()) if one.greeted]
                frame = await self._frames[name](tx, sockets[0].actor, payload) if sockets else None
        except TROUBLE as trouble:
            log.info("hint not presented", frame=name, error=str(trouble))
            self._waiting.discard(same)
            if isinstance(trouble, UNREACHABLE):  # nothing else will tell of it
                await clock.sleep(AGAIN_S)
                self._hear(same, payload)
            return
        if frame is not None:
            data = encode({"t": name, **frame})
            for socket in sockets:
                socket.push(data)

    def doubt(self, socket: Socket) -> None:
        """Look again at who this is and what he may follow; until that is known nothing of a feed goes out."""
        socket.run(asyncio.create_task(self._recheck([(socket, _doubted(socket))])))

    def look_again(self, sockets: Sequence[Socket]) -> None:
        """The same for many sockets without a cause, a few at a time: messages must not wait for the crowd."""
        self._later.extend(sockets)
        if self._later and self._looking is None:
            self._looking = asyncio.create_task(self._few_by_few())

    async def _few_by_few(self) -> None:
        work = giving_way.Work()
        try:
            while self._later:
                few = [self._later.popleft() for _ in range(min(FEW, len(self._later)))]
                here = [one for one in few if one.closing is None]
                if here:
                    await self._recheck([(one, _doubted(one)) for one in here])
                    await clock.sleep(min(work.rest(), CROWD_S * FEW / (len(self._later) + 1)))
                    work.resume()
        finally:
            self._looking = None

    async def _recheck(self, asked: Sequence[tuple[Socket, int]]) -> None:
        """Look at these sockets again, each with the number of its doubt."""
        followed = [list(socket.follows) for socket, _ in asked]
        try:
            async with self._database.aside() as tx:
                actors = await self._people.again(tx, [socket.actor for socket, _ in asked])
                known = await self._feeds.numbers(
                    tx,
                    [(actor, feeds) if actor else (socket.actor, ())
                     for (socket, _), actor, feeds in zip(asked, actors, followed, strict=True)],
                )  # fmt: skip
        except TROUBLE:
            for socket, _ in asked:
                socket.close(DRAINED)  # the store cannot be asked: the page comes back
            return
        for (socket, doubt), actor, feeds, numbers in zip(
            asked, actors, followed, known, strict=True
        ):
            self._settle(socket, doubt, actor, feeds, numbers)

    def _settle(
        self, socket: Socket, doubt: int, actor: Actor | None, asked: Sequence[UUID],
        numbers: Mapping[UUID, Numbers],
    ) -> None:  # fmt: skip
        """What was found ends the doubt: the socket goes, or goes on with what its person may follow."""
        if actor is None or not actor.roles:
            socket.close(NOT_SIGNED_IN if actor is None else FORBIDDEN)
            return
        if socket.doubts != doubt:
            return  # a later doubt may know more, and may have been answered already: that answer decides
        socket.actor, socket.doubted = actor, False
        for feed in asked:  # what it has come to follow meanwhile was looked up then
            follow = socket.follows.get(feed)
            if feed not in numbers or follow is None:
                self._watching.unwatch(socket, feed)
                continue
            last = numbers[feed]
            follow.sent = {stream: no for stream, no in follow.sent.items() if stream in last}
            # The store knows better than the bus how far a stream is, and whoever was never begun with begins now.
            for stream in list(follow.sent or last):
                no = follow.sent.get(stream, max(0, last[stream] - 1))
                self._watching.start(socket, feed, stream, no, last[stream])
        self._watching.look(socket)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _doubted(socket: Socket) -> int:
    """Doubt the socket; returns the number of the doubt."""
    socket.doubted = True
    socket.doubts += 1
    return socket.doubts


def _without_frame(payload: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in payload.items() if key != "frame"}
