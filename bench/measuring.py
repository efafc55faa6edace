"""One measurement of one peer: run the generator, and read CPU time and memory while it marks its spans."""

import threading
import time
from pathlib import Path
from typing import Any, Protocol

from common import Missing, Postgres, cpu_s, load, rss_kib

EARLY = 200


class Peer(Protocol):
    """A server under measurement."""

    name: str
    kind: str
    pairs: int

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


class Watch(threading.Thread):
    """Reads CPU time at the moments that the generator marks."""

    def __init__(self, peer: Peer, postgres: Postgres, marks: Path) -> None:
        super().__init__(daemon=True)
        self._peer, self._postgres, self._marks = peer, postgres, marks
        self._done = threading.Event()
        self.read: dict[str, tuple[float, float]] = {}

    def run(self) -> None:
        """Poll until stopped."""
        while not self._done.wait(0.02):
            for name in ("start", "end"):
                if name not in self.read and (self._marks / name).exists():
                    self.read[name] = (cpu_s(self._peer.pid), cpu_s(self._postgres.pid))

    def finish(self) -> tuple[float, float] | None:
        """CPU seconds of server and PostgreSQL between the marks."""
        self._done.set()
        self.join()
        if {"start", "end"} - self.read.keys():
            return None
        start, end = self.read["start"], self.read["end"]
        return end[0] - start[0], end[1] - start[1]


def _marks(home: Path) -> Path:
    marks = home / "marks"
    marks.mkdir(exist_ok=True)
    for one in marks.iterdir():
        one.unlink()
    return marks


def measure(
    peer: Peer, postgres: Postgres, home: Path, mode: str, seconds: float, **more: Any
) -> dict[str, Any]:
    """Messages a second, latencies in ms and CPU microseconds per message; raises `Missing`."""
    marks = _marks(home)
    watch = Watch(peer, postgres, marks)
    watch.start()
    spec = {**peer.spec(), "mode": mode, "seconds": seconds, "marks": str(marks), **more}
    try:
        found = load(peer.kind, spec, home, timeout=seconds * 4 + 240)
    finally:
        cpu = watch.finish()
    if cpu is not None and found["count"]:
        found["server_us"], found["postgres_us"] = (one / found["count"] * 1e6 for one in cpu)
    return found


def idle(peer: Peer, home: Path, people: int) -> float:
    """KiB of resident memory per connection of people who only wait; raises `Missing`.

    A few others are there before: what a server needs once, whoever comes, is not a connection's.
    """
    early = Waiting(peer, home / "early", EARLY, 0)
    late = Waiting(peer, home / "late", people, EARLY)
    try:
        early.arrive()
        before = rss_kib(peer.pid)
        late.arrive()
        return (rss_kib(peer.pid) - before) / people
    finally:
        early.leave()
        late.leave()


class Waiting(threading.Thread):
    """A generator of people who only wait."""

    def __init__(self, peer: Peer, place: Path, people: int, first: int) -> None:
        super().__init__(daemon=True)
        self._peer, self._people, self._first = peer, people, first
        place.mkdir(exist_ok=True)
        self._marks = _marks(place)
        self._failure = ""

    def run(self) -> None:
        """Connect, and stay until told to leave."""
        spec = {**self._peer.waiting(self._people, self._first), "mode": "idle", "seconds": 900}
        try:
            load(self._peer.kind, {**spec, "marks": str(self._marks)}, self._marks, timeout=1200)
        except (Missing, OSError) as error:
            self._failure = str(error)

    def arrive(self) -> None:
        """Return once everybody is there, a little later."""
        self.start()
        while not (self._marks / "start").exists():
            if not self.is_alive():
                raise Missing(self._failure or "the generator ended")
            time.sleep(0.1)
        time.sleep(2)

    def leave(self) -> None:
        """Let everybody go."""
        (self._marks / "leave").touch()
        if self.is_alive():
            self.join(60)
