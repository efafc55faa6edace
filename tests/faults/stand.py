"""What faults are done to: a PostgreSQL that really syncs, the real server as a process of its own, and a cast.

People and conversations are made through the doors by this process, straight in the database; everything that is
measured goes over the wire to the server process.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conversations.talk import Talk, begin
from tests.faults.nursery import Nursery
from tests.faults.proxy import children
from tests.world import World, made
from tools.cluster import Process, spawn
from visavis.identity.types import PersonKind
from visavis.kernel import clock, migrate
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.ports import free_port
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
SECRET = "postgres.secret"
FILES = 20_000
# A crowd on one address and one machine: limits per person would only measure themselves.
CROWD = {
    "VISAVIS_CLIENT_MESSAGES_PER_MINUTE": "10000000",
    "VISAVIS_CLIENT_REQUESTS_PER_HOUR": "10000000",
    "VISAVIS_EMBED_SESSIONS_PER_MINUTE": "10000000",
    "VISAVIS_SIGN_IN_ATTEMPTS": "1000000",
    "VISAVIS_CLIENT_SESSION_HOURS": "24",
    "VISAVIS_STAFF_SESSION_HOURS": "24",
    "VISAVIS_STAFF_IDLE_MINUTES": "1440",
    "VISAVIS_LOG_LEVEL": "warning",
}


class Skipped(Exception):
    """This machine lacks what a fault needs; the text says what."""


@dataclass(frozen=True)
class Pair:
    """A client and an advisor in one conversation, with a session each."""

    talk: Talk
    conversation: str
    hers: str
    his: str


class Server:
    """The platform as a process of its own, on a fixed port; killed and started again as often as it takes."""

    def __init__(
        self, environment: dict[str, str], log: Path, command: Sequence[str],
        nursery: Nursery | None = None,
    ) -> None:  # fmt: skip
        self.port = free_port()
        self._nursery = nursery
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*command, "--port", str(self.port)]
        self._environment = environment
        self._log = log
        self._words: dict[str, str] = {}
        self.process: Process | None = None

    async def start(self, *, wait: bool = True) -> "Server":
        """Start it; with `wait` return once it is ready for traffic."""
        begin = spawn if self._nursery is None else self._nursery.spawn
        command = [self._words.get(part, part) for part in self._command]
        self.process = await begin(command, self._environment, self._log, ROOT)
        if wait:
            await self.ready()
        return self

    async def ready(self, within_s: float = START_S) -> None:
        """Return once `/readyz` says so."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as http:

            async def asked() -> bool:
                if self.process is not None and self.process.returncode is not None:
                    raise RuntimeError(f"the server has ended:\n{self.tail()}")
                with contextlib.suppress(httpx.HTTPError):
                    return (await http.get(f"{self.url}/readyz")).status_code == 200
                return False

            await until(asked, within_s, "the server to be ready")

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self.process is not None
        return self.process.pid

    def signal(self, number: int) -> None:
        """Send it a signal."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def kill(self) -> None:
        """End it without warning."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            await self.process.wait()

    async def drain(self, within_s: float = 30) -> None:
        """End it calmly, as a rolling restart does."""
        self.signal(signal.SIGTERM)
        if self.process is not None:
            try:
                await asyncio.wait_for(self.process.wait(), within_s)
            except TimeoutError:
                await self.kill()
                raise RuntimeError("the server did not end after SIGTERM") from None

    def memory(self) -> int:
        """Its resident bytes."""
        return resident(self.pid)

    def cpu_s(self) -> float:
        """The seconds that it has computed."""
        with open(f"/proc/{self.pid}/stat") as file:
            spent = file.read().rpartition(")")[2].split()[11:13]
        return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")

    def sockets(self) -> int:
        """How many of its files are sockets."""
        count = 0
        folder = f"/proc/{self.pid}/fd"
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                count += os.readlink(f"{folder}/{name}").startswith("socket:")
        return count

    async def figures(self) -> dict[str, float]:
        """What `/metrics` says, by name and labels."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            text = (await http.get(f"{self.url}/metrics")).text
        lines = [line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#"]
        return {name: float(value) for name, _, value in lines}

    def word(self, place: str, word: str) -> "Server":
        """Start it from now on with `word` where its command says `place`."""
        self._words[place] = word
        return self

    def said(self, words: str) -> int:
        """How often its log holds these words."""
        return self._log.read_text(errors="replace").count(words) if self._log.exists() else 0

    def tail(self, size: int = 3000) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-size:] if self._log.exists() else ""


class Stand:
    """One installation to be hurt."""

    def __init__(
        self, folder: Path, postgres: EmbeddedPostgres, nursery: Nursery | None = None
    ) -> None:
        self.folder = folder
        self.nursery = nursery
        self.home = folder / "home"
        self.postgres = postgres
        self.dsn = postgres.dsn()
        self.servers: list[Server] = []
        self._cast: World | None = None

    @property
    def cast(self) -> World:
        """Makes people and conversations."""
        assert self._cast is not None
        return self._cast

    @asynccontextmanager
    async def peopled(self) -> AsyncIterator["Stand"]:
        """With a cast, for as long as the block runs."""
        await migrate.upgrade(self.dsn)
        database = await Database(self.dsn, InProcess(), size=4).start()
        settings = Settings(
            home=self.home, embed_sessions_per_minute=10_000_000, client_session_hours=24,
            staff_session_hours=24, staff_idle_minutes=1440,
        )  # fmt: skip
        try:
            # The cast never moves this clock: the machine's own is the one in force.
            async with made(database, FakeClock(clock.now()), settings, "production") as world:
                self._cast = world
                yield self
        finally:
            for server in self.servers:
                await server.kill()
            await database.stop()

    def server(
        self, *, dsn: str = "", command: Sequence[str] = (), bare: bool = False, **settings: str
    ) -> Server:
        """A server that is not started yet; `command` replaces `visavis serve`, `bare` is told no port."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VISAVIS_")}
        named = {f"VISAVIS_{key.upper()}": value for key, value in settings.items()}
        environment = {
            **clean, **CROWD, "VISAVIS_DATABASE_URL": dsn or self.dsn, "VISAVIS_HOME": str(self.home), **named,
        }  # fmt: skip
        log = self.folder / f"server-{len(self.servers)}.log"
        ordinary = (sys.executable, "-m", "visavis", "serve")
        one = Server(environment, log, command or ordinary, self.nursery)
        if bare:
            one._command = list(command)
        self.servers.append(one)
        return one

    async def pairs(self, count: int) -> list[Pair]:
        """So many clients, each with an advisor of her own, and their conversations."""
        found = []
        for _ in range(count):
            talk = await begin(self.cast)
            hers = await self.cast.session(talk.client.id, PersonKind.CLIENT)
            his = await self.cast.session(talk.advisor.id)
            found.append(Pair(talk, str(talk.id), hers, his))
        return found

    # -- what is done to the database ---------------------------------------------------------------------------------

    def postgres_pids(self) -> list[int]:
        """The postmaster and its children, and nobody else's."""
        master = int((self.postgres.data / "postmaster.pid").read_text().splitlines()[0])
        return [master, *children(master)]

    async def kill_postgres(self) -> None:
        """kill -9 of the postmaster and every child."""
        for pid in self.postgres_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.postgres._process is not None:  # until it is waited for, it looks alive to pg_ctl
            await asyncio.to_thread(self.postgres._process.wait, 30)

    async def start_postgres(self) -> float:
        """Bring it up again, crash recovery included; the seconds that took."""
        began = time.monotonic()
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.to_thread(self.postgres.start)
        return time.monotonic() - began

    async def stop_postgres(self, mode: str) -> None:
        """`pg_ctl stop`, fast or immediate."""
        one = self.postgres
        await asyncio.to_thread(
            one._account.run, one._programs / "pg_ctl", "stop", "-D", one.data, "-m", mode, "-w"
        )

    def over_tcp(self, port: int) -> str:
        """The DSN by way of a proxy on this port."""
        parts = urllib.parse.urlsplit(self.dsn)
        return f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}{parts.path}"

    @asynccontextmanager
    async def copied(self, place: Path, **parameters: str) -> AsyncIterator[EmbeddedPostgres]:
        """A second PostgreSQL over a copy of this one's files as they are now, in `place`."""
        other = EmbeddedPostgres(place / "postgres", parameters=parameters)
        await asyncio.to_thread(self.postgres.stop)
        try:
            await asyncio.to_thread(
                subprocess.run, ["cp", "-a", self.postgres.data, other.data], check=True
            )
            shutil.copy2(self.postgres.home / SECRET, other.home / SECRET)
        finally:
            await asyncio.to_thread(self.postgres.start)
        await asyncio.to_thread(other.start)
        try:
            yield other
        finally:
            await asyncio.to_thread(other.stop)

    @property
    def postgres_socket(self) -> str:
        """The path of the server's unix socket."""
        return str(self.postgres.socket_dir / ".s.PGSQL.5432")


@asynccontextmanager
async def standing(nursery: Nursery | None = None) -> AsyncIterator[Stand]:
    """A stand in a temporary folder, with a database of its own; gone afterwards."""
    allow_files()
    with tempfile.TemporaryDirectory(
        prefix="visavis-faults-", ignore_cleanup_errors=True
    ) as made_folder:
        folder = Path(made_folder)
        folder.chmod(0o711)
        server = EmbeddedPostgres(folder / "postgres")
        await asyncio.to_thread(server.start)
        try:
            async with Stand(folder, server, nursery).peopled() as stand:
                yield stand
        finally:
            await asyncio.to_thread(server.stop)


def allow_files() -> None:
    """A crowd of sockets needs files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(FILES, hard) if hard != resource.RLIM_INFINITY else FILES
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def resident(pid: int) -> int:
    """The resident bytes of a process."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def until(
    condition: Callable[[], Awaitable[bool] | bool], within_s: float, what: str
) -> float:
    """The seconds until `condition` held; raises TimeoutError that names `what`."""
    began = time.monotonic()
    while time.monotonic() - began < within_s:
        found = condition()
        if found if isinstance(found, bool) else await found:
            return time.monotonic() - began
        await asyncio.sleep(0.02)
    raise TimeoutError(f"waited {within_s:.0f} s for {what}")
