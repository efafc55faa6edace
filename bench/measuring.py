"""One measurement of one peer: ask the generator for it, and read CPU time where it marks the span that counts."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from common import CLIENT, QUICK, Missing, Postgres, cpu_s, own_kib

CONNECTING_S, SETTLING_S = 600.0, 1.0 if QUICK else 2.0
LOAD = Path(__file__).with_name("load.py")


class Peer(Protocol):
    """A server under measurement."""

    name: str
    kind: str
    pairs: int
    spare: int

    @property
    def pid(self) -> int:
        """Its process."""
        ...

    def spec(self) -> dict[str, Any]:
        """What the generator needs to know."""
        ...

    def waiting(self, people: int, first: int) -> dict[str, Any]:
        """The same for people who only wait, from number `first` on."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...

    def hold(self, on: bool) -> None:
        """Let it stand still, or go on."""
        ...


class Generator:
    """The generator with everybody connected to one peer, on the client's core."""

    def __init__(self, kind: str, spec: dict[str, Any], home: Path) -> None:
        place = home / f"load-{time.monotonic_ns()}"
        path, self._log = place.with_suffix(".json"), place.with_suffix(".log")
        path.write_text(json.dumps(spec))
        command = ["taskset", "-c", str(CLIENT), sys.executable, str(LOAD), kind, str(path)]
        with self._log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        self._read(CONNECTING_S)

    def measure(self, peer: Peer, postgres: Postgres, **asked: Any) -> dict[str, Any]:
        """Messages a second, latencies in ms and CPU microseconds per message; raises `Missing`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        spent: list[tuple[float, float]] = []
        limit = asked["seconds"] * 4 + 120
        while "mark" in (found := self._read(limit)):
            spent.append((cpu_s(peer.pid), cpu_s(postgres.pid)))
        if len(spent) == 2 and found["count"]:
            for number, name in enumerate(("server_us", "postgres_us")):
                cpu = spent[1][number] - spent[0][number]
                found[name] = cpu / found["count"] * 1e6
        return found

    def _read(self, within: float) -> dict[str, Any]:
        """The next line; whoever says nothing in time is ended."""
        assert self._process.stdout is not None
        timer = threading.Timer(within, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            raise Missing(f"the generator failed: {self._log.read_text(errors='replace')[-1500:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def leave(self) -> None:
        """Let everybody go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()


def measure(
    peer: Peer, postgres: Postgres, home: Path, mode: str, seconds: float, **more: Any
) -> dict[str, Any]:
    """One measurement by people who come for it alone; raises `Missing`."""
    generator = Generator(peer.kind, peer.spec(), home)
    try:
        return generator.measure(peer, postgres, mode=mode, seconds=seconds, **more)
    finally:
        generator.leave()


def idle(peer: Peer, home: Path, people: int) -> float:
    """KiB of memory of its own per connection of people who only wait; raises `Missing`.

    Others are there before: what a server needs once, whoever comes, is not a connection's, and what it has spare after
    its start is used up by them.
    """
    early = Generator(peer.kind, peer.waiting(peer.spare, 0), home)
    try:
        time.sleep(SETTLING_S)
        before = own_kib(peer.pid)
        late = Generator(peer.kind, peer.waiting(people, peer.spare), home)
        try:
            time.sleep(SETTLING_S)
            return (own_kib(peer.pid) - before) / people
        finally:
            late.leave()
    finally:
        early.leave()
