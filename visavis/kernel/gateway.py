"""The live gateway: sockets that follow numbered feeds and send commands. It knows no business word and no framework.

`app.py` composes it: which commands there are, how a hint becomes a frame, what a feed is. A transport (`gateway_line`)
gives frames to `Gateway.frame` and sends what a `Socket` has queued. Whatever must not be lost is in PostgreSQL: a
socket may die at any moment, and its page resumes by numbers. The protocol is described in docs/protocol.md.
"""

import asyncio
import functools
import operator
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
import structlog

from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.batch import TROUBLE
from visavis.kernel.beats import Beats
from visavis.kernel.commands import (
    Call,
    Command,
    Handler,
    Hello,
    Later,
    People,
    Ping,
    Presenter,
    Reply,
    Wording,
    marked,
    refused_frame,
    reply,
)
from visavis.kernel.db import Database, Tx
from visavis.kernel.denials import DENIED, Denials, denial, is_denial
from visavis.kernel.errors import Forbidden, Malformed, NotFound, NotSignedIn, Refusal, TooMany
from visavis.kernel.greeting import Greeting
from visavis.kernel.hearing import Hearing
from visavis.kernel.http import Catalogue
from visavis.kernel.sockets import (
    DRAINED,
    NOT_SIGNED_IN,
    SILENT,
    TOO_LARGE,
    TOO_MANY,
    Limits,
    Socket,
)  # fmt: skip
from visavis.kernel.watching import Feeds, Watching

log = structlog.get_logger(__name__)
PROTOCOL = 1
LISTED = 500
ROUND_S, RECHECK_S = 5.0, 120.0
DRAIN_S = 2.0


class Gateway:
    """All sockets of one process."""

    def __init__(
        self, database: Database, *, people: People, feeds: Feeds,
        commands: Mapping[type[Command], Handler], frames: Mapping[str, Presenter], catalogue: Catalogue,
        denials: Denials, limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.database = database
        self.watching = Watching(database, feeds)
        self.limits = limits or Limits()
        self.sockets: dict[UUID, set[Socket]] = defaultdict(set)
        self.draining = False
        self.hearing = Hearing(database, people, feeds, frames, self.watching, self.sockets)
        self._greeting = Greeting(database, people, feeds, self.watching.watch)
        self._people = people
        self._feeds = feeds
        self._handlers: dict[type[Command], Handler] = {
            Ping: self._ping,
            Hello: self._hello,
            **commands,
        }
        kinds: Any = functools.reduce(operator.or_, self._handlers)
        self._decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(kinds)
        self._wording = Wording(catalogue)
        self._denials = denials
        self._cancels: dict[UUID, Callable[[], None]] = {}
        self._beats = Beats(database, people)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def open(self, ticket: str, address: str = "") -> Socket | int:
        """The socket of a ticket's person, or the code to close with."""
        if self.draining:
            return DRAINED
        try:
            actor = await self._greeting.admit(ticket)
        except TROUBLE:
            return DRAINED
        if actor is None:
            self._note(NotSignedIn(reason="ticket"), None, address, "WS /ws", {})
            return NOT_SIGNED_IN
        if len(self.sockets[actor.person_id]) >= self.limits.sockets:
            return TOO_MANY
        socket = Socket(actor, self.limits)
        if not self.sockets[actor.person_id]:
            topic = f"person.{actor.person_id}"
            self._cancels[actor.person_id] = self.database.live.subscribe(
                topic, self.hearing.on_person
            )
        self.sockets[actor.person_id].add(socket)
        return socket

    def foreign(self, address: str) -> None:
        """A page of another origin has asked for a socket and gets none."""
        self._note(Forbidden(reason="origin"), None, address, "WS /ws", {})

    def frame(self, socket: Socket, data: bytes) -> None:
        """Take one frame from a page; never waits: answers are queued on the socket."""
        if len(data) > self.limits.frame_bytes:
            socket.close(TOO_LARGE)
            return
        if not socket.take_token():
            self._refused(socket, None, TooMany(retry_after=1))
            socket.close(TOO_MANY)
            return
        try:
            command = self._decoder.decode(data)
        except msgspec.DecodeError as error:
            self._refused(socket, None, Malformed(field="frame", reason=str(error)))
            return
        if not socket.greeted and type(command) is not Hello:
            self._refused(socket, command, Malformed(field="t", reason="hello comes first"))
            return
        try:
            answer = self._handlers[type(command)](Call(self, socket), command)
        except Refusal as refusal:
            self._refused(socket, command, refusal)
            return
        if answer is None:
            return
        if isinstance(answer, bytes | Mapping):
            reply(socket, answer)
        else:
            self._await(socket, command, answer)

    def gone(self, socket: Socket) -> None:
        """Forget a socket whose page has left."""
        socket.close(DRAINED)
        self.watching.leave(socket)
        for task in tuple(socket.tasks):
            task.cancel()
        person = socket.actor.person_id
        mine = self.sockets.get(person)
        if mine is None:
            return
        mine.discard(socket)
        if not mine:
            del self.sockets[person]
            self._beats.forget(person)
            self._cancels.pop(person)()
            self._spawn(self._tell(socket, self._people.gone))

    async def run(self) -> None:
        """Until cancelled: free silent sockets, and look again whether sessions still stand."""
        checked: dict[int, int] = {}
        while True:
            await clock.sleep(ROUND_S)
            now = clock.now_us()
            present, due = set(), []
            for socket in self._all():
                key = id(socket)
                present.add(key)
                silence = self.limits.silence_s if socket.greeted else self.limits.hello_s
                if now - socket.heard_us > silence * 1_000_000:
                    socket.close(SILENT)
                elif now - checked.setdefault(key, now - _spread()) > RECHECK_S * 1_000_000:
                    checked[key] = now
                    due.append(socket)
            self.hearing.look_again(due)
            checked = {key: at for key, at in checked.items() if key in present}

    async def drain(self, within_ms: int = 3000) -> None:
        """Before stopping: tell every page when to come back, finish what is in flight, close with 1012."""
        self.draining = True
        for socket in self._all():
            socket.send({"t": "drain", "after_ms": random.randrange(200, within_ms)})  # noqa: S311 - spreads load
        idle = [asyncio.create_task(socket.idle()) for socket in self._all()]
        if idle:
            _, busy = await asyncio.wait(idle, timeout=DRAIN_S)
            for task in busy:
                task.cancel()
        for socket in self._all():
            socket.close(DRAINED)

    def count(self) -> int:
        """How many sockets are open."""
        return len(self._all())

    def _all(self) -> list[Socket]:
        return [socket for sockets in self.sockets.values() for socket in sockets]

    def _ping(self, call: Call, _: Ping) -> Reply:
        self._beats.heard(call.actor)
        call.socket.send({"t": "pong", "now": clock.now_ms()}, hint=True)
        return None

    async def _tell(self, socket: Socket, what: Callable[[Tx, Actor], Awaitable[None]]) -> None:
        try:
            async with self.database.aside() as tx:
                await what(tx, socket.actor)
        except TROUBLE as trouble:
            log.info("presence not noted", error=str(trouble))

    async def _hello(self, call: Call, hello: Hello) -> Reply:
        socket, feeds = call.socket, self._feeds
        if hello.protocol != PROTOCOL or socket.greeted or len(hello.streams) > LISTED:
            raise Malformed(
                field="hello", reason=f"protocol {PROTOCOL}, once, at most {LISTED} streams"
            )
        held = dict(marked(feeds.name, mark) for mark in hello.streams)
        socket.greeted, socket.device = True, hello.device[:20]
        self._beats.told(call.actor.person_id)
        for feed in held:
            self.watching.watch(socket, feed)
        known = await self._greeting.welcome(socket, held)
        numbers = known.numbers
        streams = [{feeds.name: str(feed), **numbers[feed]} for feed in held if feed in numbers]
        socket.send(
            {"t": "welcome", "protocol": PROTOCOL, "epoch": known.epoch, "now": clock.now_ms(),
             "person": known.person, "streams": streams}
        )  # fmt: skip
        for feed, marks in held.items():
            if feed not in numbers:
                self.watching.unwatch(socket, feed)
                self._note(NotFound(), call.actor, "", "WS /ws hello", {feeds.name: str(feed)})
                continue
            last = numbers[feed]
            reached = {stream: min(marks.get(stream, 0), no) for stream, no in last.items()}
            await self.watching.catch_up(socket, feed, reached, last)
        self.hearing.begin(socket, known.mine, numbers, 0)
        return None

    def _await(self, socket: Socket, command: Command, answer: Later | Awaitable[Reply]) -> None:
        later = answer if isinstance(answer, Later) else Later(answer)
        future = asyncio.ensure_future(later.result)
        socket.began()

        def done(finished: "asyncio.Future[Any]") -> None:
            socket.ended()
            if finished.cancelled():
                return
            error = finished.exception()
            if error is None:
                reply(socket, later.then(finished.result()))
                return
            if isinstance(error, Refusal):
                self._refused(socket, command, error)
            else:
                log.error("command failed", command=type(command).__name__, exc_info=error)
                self._refused(socket, command, Refusal(), "internal")
            if type(command) is Hello and not isinstance(error, Malformed):
                socket.close(DRAINED)  # half greeted, it would wait for ever: the page comes back

        future.add_done_callback(done)
        if isinstance(future, asyncio.Task):
            socket.run(future)

    def _refused(
        self, socket: Socket, command: Command | None, refusal: Refusal, code: str = ""
    ) -> None:
        code = code or refusal.code
        detail = self._wording.of(code, socket.actor.language, refusal)
        socket.send(refused_frame(command, refusal, code, detail))
        if command is None or refusal.status not in DENIED:
            return
        named = command.named
        if is_denial(refusal, socket.actor, named):
            self._note(refusal, socket.actor, "", f"WS /ws {command.word}", named)

    def _note(
        self, why: Refusal, who: Actor | None, address: str, what: str, which: Mapping[str, str]
    ) -> None:
        one = denial(why, who, address, what, which)
        self._spawn(self._denials.note(self.database, one))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _spread() -> int:
    return random.randrange(int(RECHECK_S * 1_000_000))  # noqa: S311 - spreads load over time
