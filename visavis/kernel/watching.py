"""Who follows which feed: a hint says "stream X is now at N", and every follower gets exactly what it lacks, in order.

Frames are encoded once for all followers that stand at the same number. A follower that was pushed a frame holds every
number up to that frame's last; whatever goes wrong, the next hint, pull or look at his rights starts from there.
"""

import asyncio
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog

from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.batch import TROUBLE
from visavis.kernel.db import Database, Tx
from visavis.kernel.ids import fast
from visavis.kernel.live import Hint
from visavis.kernel.sockets import Follow, Socket, encode

log = structlog.get_logger(__name__)

PAGE = 200
# Where the store does not answer, whoever waits for it is served so many seconds later.
AGAIN_S = 1.0

Numbers = Mapping[str, int]
# Who lacks something, by the stream, the number reached and the language.
Behind = dict[tuple[str, int, str], list[Socket]]


class Feeds(Protocol):
    """Numbered, gap-free streams: `name` is both the bus topic's first word and the key on the wire."""

    name: str

    async def mine(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Sequence[UUID]]:
        """For each actor the feeds that every page of his follows without asking."""
        ...

    async def numbers(
        self, tx: Tx, asks: Sequence[tuple[Actor, Sequence[UUID]]]
    ) -> Sequence[Mapping[UUID, Numbers]]:
        """For each actor the last number of every stream that he may read now, by feed; others are left out."""
        ...

    def recent(self, feed: UUID, stream: str, after: int, upto: int) -> bytes | None:
        """The frame with the entries above `after` up to `upto`, where this process still has them at hand."""
        ...

    async def page(
        self, tx: Tx, actor: Actor, feed: UUID, stream: str, after: int, limit: int
    ) -> tuple[bytes, int, int]:
        """A frame of entries above `after`, the number of the last one in it, and the stream's last number."""
        ...


@dataclass(slots=True)
class Watch:
    """One feed with its followers; `latest` holds the highest numbers of which was `heard`, so many times."""

    cancel: Callable[[], None]
    sockets: set[Socket] = field(default_factory=set)
    latest: dict[str, int] = field(default_factory=dict)
    heard: int = 0
    fetching: bool = False


class Watching:
    """The followers of all feeds in one process."""

    def __init__(self, database: Database, feeds: Feeds) -> None:
        self._database = database
        self._feeds = feeds
        self._watches: dict[UUID, Watch] = {}
        self._fresh: dict[UUID, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, socket: Socket, feed: UUID) -> Follow:
        """Hear of `feed` from now on; nothing is sent before a starting number is known (`start`)."""
        watch = self._watches.get(feed)
        if watch is None:
            feed, topic = fast(feed), f"{self._feeds.name}.{feed}"
            heard = functools.partial(self._on_hint, feed)
            watch = self._watches[feed] = Watch(self._database.live.subscribe(topic, heard))
        watch.sockets.add(socket)
        return socket.follows.setdefault(feed, Follow())

    def unwatch(self, socket: Socket, feed: UUID) -> None:
        """Stop following `feed`."""
        socket.follows.pop(feed, None)
        watch = self._watches.get(feed)
        if watch is not None:
            watch.sockets.discard(socket)
            if not watch.sockets:
                watch.cancel()
                del self._watches[feed]

    def leave(self, socket: Socket) -> None:
        """Stop following everything."""
        for feed in tuple(socket.follows):
            self.unwatch(socket, feed)

    def start(self, socket: Socket, feed: UUID, stream: str, no: int, last: int = 0) -> None:
        """The socket holds everything up to `no` of at least `last`: send the rest, and what comes as it comes."""
        follow, watch = socket.follows.get(feed), self._watches.get(feed)
        if follow is not None and watch is not None:
            follow.sent[stream] = max(no, follow.sent.get(stream, 0))
            watch.latest[stream] = max(last, watch.latest.get(stream, 0))
            watch.heard += 1
            self._mark(feed)

    def answered(self, socket: Socket, feed: UUID, stream: str, no: int) -> None:
        """An answer carried entry `no`: where it was the next one, it need not be sent again."""
        follow = socket.follows.get(feed)
        if follow is not None and follow.sent.get(stream) == no - 1:
            follow.sent[stream] = no

    def look(self, socket: Socket) -> None:
        """Send what was kept back while the socket was in doubt."""
        for feed in socket.follows:
            self._mark(feed)

    async def catch_up(self, socket: Socket, feed: UUID, held: Numbers, last: Numbers) -> None:
        """Send at most one page of what a resuming page lacks of each stream; where that is all, follow on."""
        for stream, after in held.items():
            reached = end = last[stream]
            if after < end:
                async with self._database.aside(readonly=True) as tx:
                    data, reached, end = await self._feeds.page(
                        tx, socket.actor, feed, stream, after, PAGE
                    )
                socket.push(data)
            if reached >= end:
                self.start(socket, feed, stream, reached)

    def _on_hint(self, feed: UUID, hint: Hint) -> None:
        watch = self._watches.get(feed)
        if watch is None:
            return
        name = hint.payload.get("frame")
        if name is not None:
            self._pass_on(watch, feed, str(name), hint.payload)
            return
        for stream, no in hint.payload.items():
            if isinstance(no, int):
                watch.latest[stream] = max(no, watch.latest.get(stream, 0))
        watch.heard += 1
        self._mark(feed)

    def _pass_on(self, watch: Watch, feed: UUID, name: str, payload: Mapping[str, object]) -> None:
        rest = {key: value for key, value in payload.items() if key != "frame"}
        data = encode({"t": name, self._feeds.name: str(feed), **rest})
        author = payload.get("person")
        for socket in watch.sockets:
            own = str(socket.actor.person_id) == author and name == "typing"
            if not own and not socket.doubted and socket.follows[feed].sent:
                socket.push(data, hint=True)

    def _mark(self, feed: UUID) -> None:
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self._ripen)
        self._fresh[feed] = None

    def _ripen(self) -> None:
        # Two turns of the loop from the last mark: the answers of the same commit go first, and with them most of the
        # work. Whatever else was marked a turn ago must not take a commit's feeds along before its answers.
        fresh, self._fresh = self._fresh, {}
        asyncio.get_running_loop().call_soon(self._flush, fresh)

    def _flush(self, feeds: Collection[UUID]) -> None:
        for feed in feeds:
            if feed in self._fresh:
                continue  # marked again meanwhile, by a commit whose answers are still to come
            watch = self._watches.get(feed)
            if watch is not None and not watch.fetching and not self._from_memory(feed, watch):
                watch.fetching = True
                task = asyncio.create_task(self._from_store(feed, watch))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _behind(self, feed: UUID, watch: Watch) -> Behind:
        behind: Behind = defaultdict(list)
        for socket in watch.sockets:
            if not socket.doubted and socket.closing is None:
                for stream, sent in socket.follows[feed].sent.items():
                    if sent < watch.latest.get(stream, 0):
                        behind[stream, sent, socket.actor.language].append(socket)
        return behind

    def _from_memory(self, feed: UUID, watch: Watch) -> bool:
        complete = True
        frames: dict[tuple[str, int], bytes | None] = {}
        for (stream, sent, _), sockets in self._behind(feed, watch).items():
            upto = watch.latest[stream]
            if (stream, sent) not in frames:
                frames[stream, sent] = self._feeds.recent(feed, stream, sent, upto)
            data = frames[stream, sent]
            if data is None:
                complete = False
            else:
                _send(sockets, feed, stream, data, upto)
        return complete

    async def _from_store(self, feed: UUID, watch: Watch) -> None:
        try:
            while behind := self._behind(feed, watch):
                try:
                    await self._fetch(feed, watch, behind)
                except TROUBLE as trouble:
                    log.warning("entries not fetched, trying again", error=str(trouble))
                    await clock.sleep(AGAIN_S)
        finally:
            watch.fetching = False

    async def _fetch(self, feed: UUID, watch: Watch, behind: Behind) -> None:
        for (stream, sent, _), sockets in behind.items():
            heard = watch.heard
            async with self._database.aside(readonly=True) as tx:
                data, reached, _ = await self._feeds.page(
                    tx, sockets[0].actor, feed, stream, sent, PAGE
                )
            if reached > sent:
                standing = [s for s in sockets if _stands(s, feed, stream, sent)]
                _send(standing, feed, stream, data, reached)
            elif watch.heard == heard:  # else it may have come meanwhile
                watch.latest[stream] = sent


def _stands(socket: Socket, feed: UUID, stream: str, sent: int) -> bool:
    follow = socket.follows.get(feed)
    return follow is not None and not socket.doubted and follow.sent.get(stream) == sent


def _send(sockets: Sequence[Socket], feed: UUID, stream: str, data: bytes, reached: int) -> None:
    for socket in sockets:
        if socket.push(data):
            socket.follows[feed].sent[stream] = reached
