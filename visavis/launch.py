"""Starts what a process needs: the embedded PostgreSQL where none is named, the schema, the bus, the web server."""

import asyncio
import contextlib
import ctypes
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from visavis.app import create
from visavis.archive import api as archive
from visavis.custody import api as custody
from visavis.custody.types import Audit
from visavis.identity import api as identity
from visavis.kernel import jobs, migrate
from visavis.kernel.db import Database
from visavis.kernel.gateway_ws import protocol_of
from visavis.kernel.installation import Mode, ensure
from visavis.kernel.live import InProcess, Live
from visavis.kernel.live_nats import Nats
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.postgres_keeping import kept
from visavis.kernel.settings import Settings
from visavis.review import api as review
from visavis.suitability import api as suitability


class CannotListen(Exception):
    """The address is taken or not ours; the text says what to do."""


@contextlib.contextmanager
def postgres(settings: Settings) -> Iterator[str]:
    """The DSN of the named server, or of an embedded one that runs as long as the block."""
    if settings.database_url:
        yield settings.database_url
        return
    with unwinding_signals():
        server = EmbeddedPostgres(settings.home / "postgres").start()
        try:
            with kept(server):
                yield server.dsn()
        finally:
            server.stop()


@contextlib.contextmanager
def reached_postgres(settings: Settings) -> Iterator[str]:
    """The DSN of the installation's server: the one its platform runs now, else one started for the block."""
    running = None
    if not settings.database_url:
        running = EmbeddedPostgres(settings.home / "postgres").running()
    if running:
        yield running
        return
    with postgres(settings) as dsn:
        yield dsn


@asynccontextmanager
async def reached_database(dsn: str) -> AsyncIterator[Database]:
    """A pool on a database that is there already; nothing is migrated. Raises `WrongDatabase`."""
    with migrate.reaching():
        opened = await Database(dsn, InProcess(), size=2).start()
    try:
        yield opened
    finally:
        await opened.stop()


@contextlib.contextmanager
def unwinding_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the process through its `finally` blocks, so that its children are stopped."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@asynccontextmanager
async def database(settings: Settings, dsn: str, mode: Mode) -> AsyncIterator[Database]:
    """A started database of the current schema, set up in this mode; raises `WrongDatabase`."""
    await migrate.upgrade(dsn)
    async with bus(settings) as live:
        with migrate.reaching():
            opened = await Database(dsn, live, size=settings.database_connections).start()
        try:
            with migrate.reaching():
                async with opened.transaction() as tx:
                    await ensure(tx, mode)
            yield opened
        finally:
            await opened.stop()


@asynccontextmanager
async def bus(settings: Settings) -> AsyncIterator[Live]:
    """Hints to other processes where a bus is named, else within this one."""
    if not settings.nats_url:
        yield InProcess()
        return
    live = await Nats(settings.nats_url).start()
    try:
        yield live
    finally:
        await live.stop()


# Connections that may wait to be accepted, as Linux has it: after a restart everybody comes back at once.
BACKLOG = 4_096


def listen(host: str, port: int, setting: str = "--port or VISAVIS_PORT") -> socket.socket:
    """The listening socket; raises `CannotListen`."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise CannotListen(
            f"cannot listen on {host}:{port} ({error.strerror}): stop what uses the port,"
            f" or choose another with {setting}"
        ) from None
    return sock


class Server(uvicorn.Server):
    """A web server that tells its live pages when to come back before it stops."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self.settles = False  # whether it has the process to itself

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End calmly on the first signal, at once on the second; the process goes on to its own clean-up."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then keep what that has made out of the garbage collector's way."""
        await super().startup(sockets)
        if self.settles:
            settle_memory()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain the live sockets, then stop as usual."""
        gateway = getattr(self._app.state, "gateway", None)
        if gateway is not None:
            await gateway.drain()
        await super().shutdown(sockets)


# The things of a large batch of messages die by themselves when it ends: until then there are so many, and none of them
# is looked at.
YOUNG = 60_000


def settle_memory() -> None:
    """Let the garbage collector look at what lives now no more, and at the rest less often; give back what the start
    has used and needs no more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 40, 100)
    with contextlib.suppress(OSError, AttributeError):  # only the GNU library has it
        ctypes.CDLL(None).malloc_trim(0)


def server(app: FastAPI) -> Server:
    """The web server, not yet running."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws=protocol_of(app.state.gateway, app.state.settings)
        if app.state.settings.has_role("web")
        else "none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=5,
        # Longer than the five seconds after which clients drop an idle connection: the server must not be first.
        timeout_keep_alive=30,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
    return Server(config, app)


async def until_started(main: uvicorn.Server, running: asyncio.Task[None]) -> None:
    """Return once the server answers, or has ended."""
    while not main.started and not running.done():  # noqa: ASYNC110  # the server offers no event
        await asyncio.sleep(0.02)


async def serve(settings: Settings, dsn: str, sock: socket.socket) -> None:
    """Serve until a signal says stop; raises `WrongDatabase` where the keys at hand open nothing of its record."""
    async with database(settings, dsn, "production") as opened:
        app = create(settings, opened)
        with migrate.reaching():
            async with opened.transaction(readonly=True) as tx:
                fit = await archive.keys_fit(tx)
        if not fit:
            raise migrate.WrongDatabase(
                f"the keys in {settings.home / 'keys'} (or VISAVIS_MASTER_KEYS) are not those of this database:"
                " restore them from their backup; without them nothing on record can be read"
            )
        made = server(app)
        made.settles = True
        await made.serve(sockets=[sock])


async def create_administrator(settings: Settings, dsn: str, login: str, name: str) -> str:
    """The link by which an administrator sets his password; raises what the door raises."""
    async with database(settings, dsn, "production") as opened:
        create(settings, opened, background=False)
        async with opened.transaction() as tx:
            invitation = await identity.create_administrator(tx, login, name)
    base = settings.public_url.rstrip("/") or f"http://localhost:{settings.port}"
    return f"{base}/console/?invitation={invitation.token}"


async def given_up(dsn: str, *, retry: bool) -> list[dict[str, object]]:
    """The newest 200 jobs that were given up, newest first; with `retry` all of them are due again."""
    async with reached_database(dsn) as opened, opened.transaction() as tx:
        found = [dict(row) for row in await jobs.dead(tx)]
        if retry:
            await jobs.revive(tx)
    return found


async def audit(settings: Settings, dsn: str) -> Audit:
    """Compare every table of origin with the record now; the result is on record."""
    async with reached_database(dsn) as opened:
        create(settings, opened, background=False)
        async with opened.transaction() as tx:
            run = await custody.begin_audit(tx)
        async with opened.transaction() as tx:
            found = await custody.compare(tx)
        async with opened.transaction() as tx:
            return await custody.keep_audit(tx, run, found)


async def replayed(dsn: str) -> dict[str, object]:
    """Make every decision of suitability on record again; how many came out the same, and which did not."""
    async with reached_database(dsn) as opened, opened.transaction() as tx:
        found = await suitability.replay_all(tx)
    return {
        "decisions": found.same + found.incomplete + len(found.differing),
        "same": found.same,
        "incomplete": found.incomplete,
        "differing": [str(one) for one in found.differing],
    }


async def taught(dsn: str) -> dict[str, object]:
    """Teach the queue's ranker from the decisions on record; what it learned from, or what it lacks."""
    async with reached_database(dsn) as opened, opened.transaction() as tx:
        ranker = await review.learning.teach(tx)
    if ranker is None:
        return {"taught": False, "needed_of_each_kind": review.learning.LEAST}
    runs = len(ranker.weights)
    return {
        "taught": True,
        "trained_on": ranker.trained_on,
        "runs": runs,
        "version": ranker.version,
    }
