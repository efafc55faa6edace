"""What every measurement here shares: one PostgreSQL for all, cores, CPU time, memory, medians."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from visavis.kernel import postgres as embedded  # noqa: E402 - found by the path above
from visavis.kernel.ports import free_port  # noqa: E402

QUICK = os.environ.get("QUICK", "") not in ("", "0")
CORES = sorted(os.sched_getaffinity(0))
# The server and its PostgreSQL on one core, the client on the other.
SERVER, CLIENT = CORES[0], CORES[-1]
TICKS = os.sysconf("SC_CLK_TCK")
# The same for everybody; durability is PostgreSQL's default, named so that nobody need look it up.
POSTGRES = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB",
    "max_wal_size": "4GB", "max_connections": "200",
}  # fmt: skip


class Missing(Exception):
    """A peer cannot be had here; the text says why."""


def say(text: str) -> None:
    """A line of progress, on standard error: standard output is for results."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def folder(kept: Path | None = None) -> Iterator[Path]:
    """A folder that unprivileged servers may enter: a temporary one, or the one that shall be kept."""
    if kept is not None:
        kept.mkdir(mode=0o711, parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="visavis-bench-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


class Postgres:
    """One PostgreSQL on the server's core; everybody reaches it over TCP, without a password."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        # The name of its socket follows from its port.
        embedded.SOCKET_NAME = f".s.PGSQL.{self.port}"
        ours = {**POSTGRES, "listen_addresses": "127.0.0.1", "port": str(self.port)}
        os.sched_setaffinity(0, {SERVER})
        try:
            self._server = embedded.EmbeddedPostgres(home / "postgres", parameters=ours).start()
        finally:
            os.sched_setaffinity(0, set(CORES))
        data = self._server.data
        self.pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        (data / "pg_hba.conf").write_text(
            "local all all scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
        )
        asyncio.run(
            self.run("SELECT pg_reload_conf()", dsn=f"{self._server.dsn()}&port={self.port}")
        )

    def dsn(self, database: str) -> str:
        """A URL of one database."""
        return f"postgresql://visavis@127.0.0.1:{self.port}/{database}"

    async def run(self, *statements: str, dsn: str = "") -> None:
        """Run statements, each on its own."""
        connection = await asyncpg.connect(dsn or self.dsn("postgres"))
        try:
            for one in statements:
                await connection.execute(one)
        finally:
            await connection.close()

    def create(self, database: str, script: str = "") -> str:
        """A fresh database, filled by a script; returns its URL."""
        locale = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        asyncio.run(self.run(f'CREATE DATABASE "{database}" {locale}'))
        if script:
            asyncio.run(self.run(script, dsn=self.dsn(database)))
        return self.dsn(database)

    def stop(self) -> None:
        """Stop the server."""
        self._server.stop()


def spawn(
    command: Sequence[str | Path], core: int, log: Path, **env: str
) -> subprocess.Popen[bytes]:
    """A process on one core, in a group of its own, its output in a file."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["taskset", "-c", str(core), *map(str, command)], stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, start_new_session=True, env={**os.environ, **env},
        )  # fmt: skip


def hold(process: subprocess.Popen[bytes] | None, on: bool) -> None:
    """Let a process of `spawn` and its children stand still, or go on."""
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGSTOP if on else signal.SIGCONT)


def stop(process: subprocess.Popen[bytes] | None, kind: int = signal.SIGTERM) -> None:
    """End a process of `spawn`, and what it has started."""
    if process is None:
        return
    hold(process, False)
    for number in (kind, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
            return


def wait_port(port: int, process: subprocess.Popen[bytes], log: Path, within: float = 60) -> None:
    """Return once somebody listens; raises `Missing` with the end of the log."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise Missing(f"did not start: {log.read_text(errors='replace')[-1500:]}")


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        queue += children.get(one, ())
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its children so far, those that have ended included."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:13])) + (
                sum(map(int, fields[13:15])) if one == pid else 0
            )
    return total / TICKS


def own_kib(pid: int) -> int:
    """Memory that a process and its children have for themselves; what they share with others is not counted."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Private_"):
                    total += int(line.split()[1])
    return total


def median(values: Sequence[float]) -> float | None:
    """The median; None without values."""
    return statistics.median(values) if values else None


def spread(values: Sequence[float]) -> str:
    """Median with lowest and highest, for a table."""
    if not values:
        return "–"
    form = ",.0f" if max(values) >= 100 else ".1f"
    return f"{statistics.median(values):{form}} [{min(values):{form}}…{max(values):{form}}]"


def tool(name: str) -> str | None:
    """Where a program is."""
    return shutil.which(
        name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/erlang/bin"
    )


class Served:
    """What is common to servers that run as one process of ours.

    `spare` people come before memory is weighed: what a server keeps free after its start would make them look free.
    """

    spare = 200

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End the server at once: what was measured is measured, and its data goes with the folder."""
        stop(self._process, signal.SIGKILL)

    def hold(self, on: bool) -> None:
        """Let the server stand still, or go on."""
        hold(self._process, on)


class XmppPeer(Served):
    """What servers that speak XMPP share: users u0, u1, …, password x, on one port, in one process."""

    kind = "xmpp"

    def __init__(self, pairs: int) -> None:
        super().__init__()
        self.pairs, self.port = pairs, free_port()

    def spec(self) -> dict[str, Any]:
        """What the generator needs to know."""
        return {"port": self.port, "pairs": self.pairs}

    def waiting(self, people: int, first: int) -> dict[str, Any]:
        """The same for people who only wait, from number `first` on."""
        return {"port": self.port, "people": people, "first": first}
