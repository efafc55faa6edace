"""Messages beside the peers that a firm might take instead: `make bench-messages`, `QUICK=1` for two peers in 90 s.

Every server and the one PostgreSQL (fsync on) share one core, the generator has the other. Rounds are interleaved, so
that whatever else the machine does is shared fairly; only ratios mean anything. While one server is measured the others
stand still: what each puts off till later it does in its own time. Every server keeps each message before it delivers
it: Visavis judges, seals and records it besides; the XMPP servers write one archive row per side.

A peer that cannot be had is reported, its figures are null, and the exit status is 3 unless ALLOW_MISSING=1.
The last line of the output is JSON.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from common import QUICK, ROOT, Missing, Postgres, folder, median, say, spread, tool
from measuring import Generator, Peer, idle, measure
from peer_ejabberd import Ejabberd
from peer_prosody import Prosody
from peer_synapse import Synapse
from peer_visavis import Visavis

PAIRS = 100
DEBIAN = {
    "ejabberd": ("ejabberd", "erlang-p1-pgsql"),
    "prosody": ("prosody", "lua-dbi-postgresql"),
}
MADE: dict[str, Callable[[Postgres, Path, int], Any]] = {
    "visavis": Visavis, "ejabberd": Ejabberd, "prosody": Prosody, "synapse": Synapse,
}  # fmt: skip
NAMES = ("visavis", "ejabberd") if QUICK else tuple(MADE)
ROUNDS, SECONDS, WARM = (2, 2.5, 0.8) if QUICK else (5, 8.0, 2.0)
# Another round begins only where, going by the last one, it would be over by then, from the start.
UNTIL_S = 80.0 if QUICK else 5400.0
BEGAN = time.monotonic()
# Whoever stood still has timers that are overdue: nobody is measured while he catches up with them.
WAKING_S = 0.5
IDLE = 600 if QUICK else 5_000
MANY = 15_000
MODES: dict[str, dict[str, Any]] = {
    "w1": {"mode": "closed", "in_flight": 1, "warm": WARM},
    "w8": {"mode": "closed", "in_flight": 8, "warm": WARM},
    "open": {"mode": "open", "rate": 400},
}
# Whoever saturates far below 400 messages a second has no percentiles there, and no long-lived connections to weigh.
SLOW = frozenset({"synapse"})

Figures = dict[str, dict[str, list[dict[str, Any]]]]


def install(name: str) -> None:
    """Install a peer's Debian packages, without starting their services."""
    packages = DEBIAN.get(name)
    wanted = {"ejabberd": "erl", "prosody": "prosody"}.get(name)
    if packages is None or wanted is None or tool(wanted):
        return
    if os.geteuid() != 0 or not tool("apt-get"):
        raise Missing(f"{name} is not installed; apt-get install {' '.join(packages)}")
    say(f"installing {' '.join(packages)}")
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages],
        ):
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"{name} cannot be installed: {done.stderr[-800:]}")
    finally:
        if ours:
            policy.unlink()


def start(postgres: Postgres, home: Path, missing: dict[str, str]) -> list[Peer]:
    """Every peer that can be had, started, all at the same time."""

    def begin(name: str) -> Peer | None:
        try:
            install(name)
            peer: Peer = MADE[name](postgres, home, PAIRS).start()
        except (Missing, OSError, subprocess.SubprocessError) as error:
            missing[name] = str(error)
            say(f"{name.upper()} IS MISSING: {error}")
            return None
        say(f"{time.monotonic() - BEGAN:4.0f} s {name} is there")
        return peer

    # apt-get installs one thing at a time.
    for name in DEBIAN.keys() & set(NAMES):
        with contextlib.suppress(Missing, OSError, subprocess.SubprocessError):
            install(name)
    with ThreadPoolExecutor() as pool:
        return [peer for peer in pool.map(begin, NAMES) if peer is not None]


class Stage:
    """The peers with the people connected to each; one goes on while the others stand still."""

    def __init__(self, peers: list[Peer], postgres: Postgres, home: Path) -> None:
        self._peers, self._postgres, self._home = peers, postgres, home
        self._people: dict[str, Generator] = {}

    def _alone(self, peer: Peer) -> None:
        for one in self._peers:
            if one is not peer:
                one.hold(True)
        peer.hold(False)
        time.sleep(WAKING_S)

    def measure(self, peer: Peer, **asked: Any) -> dict[str, Any]:
        """One measurement of one peer; who is slow has nobody connected meanwhile. Raises `Missing`."""
        self._alone(peer)
        if peer.name in SLOW:
            return measure(peer, self._postgres, self._home, **asked)
        if peer.name not in self._people:
            self._people[peer.name] = Generator(peer.kind, peer.spec(), self._home)
            time.sleep(WARM)
        return self._people[peer.name].measure(peer, self._postgres, **asked)

    def leave(self) -> None:
        """Let everybody go, and every peer go on."""
        for peer in self._peers:
            peer.hold(False)
        for one in self._people.values():
            one.leave()


def rounds(stage: Stage, peers: list[Peer], missing: dict[str, str]) -> Figures:
    """All modes of all peers, round by round."""
    found: Figures = defaultdict(lambda: defaultdict(list))
    lasted = 0.0
    for number in range(ROUNDS):
        began = time.monotonic()
        if number and began - BEGAN + lasted > UNTIL_S:
            break
        for mode, asked in MODES.items():
            for peer in peers:
                if (mode == "open" and peer.name in SLOW) or peer.name in missing:
                    continue
                try:
                    one = stage.measure(peer, seconds=SECONDS, **asked)
                except (Missing, OSError, subprocess.SubprocessError) as error:
                    missing[peer.name] = f"{mode}: {error}"
                    say(f"{peer.name.upper()} FAILED at {mode}: {error}")
                    continue
                for why in one["refused"]:
                    say(f"{peer.name} refused {why['count']} times: {why['what']}")
                if one["doubled"]:
                    say(f"{peer.name} delivered {one['doubled']} messages twice")
                found[peer.name][mode].append(one)
                say(
                    f"{time.monotonic() - BEGAN:4.0f} s round {number + 1} {mode:5} {peer.name:9}"
                    f" {one['rate']:9,.0f}/s  p99 {one['p99'] or 0:7.1f} ms"
                )
        lasted = time.monotonic() - began
    return found


def weigh(peers: list[Peer], home: Path, missing: dict[str, str]) -> dict[str, float]:
    """KiB per idle connection; of two peers at once where there is little time."""

    def one(peer: Peer) -> tuple[str, float] | None:
        try:
            found = idle(peer, home, IDLE)
        except (Missing, OSError) as error:
            missing[peer.name] = f"idle: {error}"
            say(f"{peer.name.upper()} FAILED with {IDLE} idle: {error}")
            return None
        say(f"{time.monotonic() - BEGAN:4.0f} s {IDLE} idle {peer.name:9} {found:.1f} KiB each")
        return peer.name, found

    with ThreadPoolExecutor(len(NAMES) if QUICK else 1) as pool:
        found = pool.map(one, [peer for peer in peers if peer.name not in SLOW])
        return dict(pair for pair in found if pair is not None)


def hold_many(peers: list[Peer], home: Path, missing: dict[str, str]) -> float | None:
    """KiB per connection of 15,000 in one process of Visavis."""
    for peer in peers:
        if peer.name == "visavis" and not QUICK:
            try:
                return idle(peer, home, MANY)
            except (Missing, OSError) as error:
                missing["visavis"] = f"{MANY} idle: {error}"
    return None


def values(found: Figures, name: str, mode: str, key: str) -> list[float]:
    """One figure of every round."""
    return [one[key] for one in found[name][mode] if one.get(key) is not None]


def table(found: Figures, kib: dict[str, float], many: float | None) -> str:
    """The Markdown table: medians, with lowest and highest."""
    lines = [
        "| | 1 in flight, msg/s | 8 in flight, msg/s | 400/s: p50 ms | 400/s: p99 ms | µs of CPU per message, server + PostgreSQL | KiB per idle connection |",  # noqa: E501 - one row
        "|---|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        cost = " + ".join(
            spread(values(found, name, "w8", key)) for key in ("server_us", "postgres_us")
        )
        idle_kib = f"{kib[name]:.1f}" if name in kib else "–"
        cells = [
            spread(values(found, name, mode, key))
            for mode, key in (("w1", "rate"), ("w8", "rate"), ("open", "p50"), ("open", "p99"))
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {cost} | {idle_kib} |")
    share = max((x for name in NAMES for x in values(found, name, "w8", "client")), default=0.0)
    lines.append("")
    lines.append(
        f"{PAIRS} pairs, bodies of about 72 Chinese characters, {IDLE:,} idle connections"
        f"; the generator was busy {share:.0%} of its core at most."
    )
    if many is not None:
        lines.append(f"Visavis held {MANY:,} idle connections in one process, {many:.1f} KiB each.")
    return "\n".join(lines)


def last_line(found: Figures, kib: dict[str, float]) -> dict[str, Any]:
    """The result; null where something could not be measured."""

    def rounded(value: float | None, digits: int = 1) -> float | None:
        return None if value is None else round(value, digits)

    result: dict[str, Any] = {}
    for name in MADE:
        result[name] = {
            "w1": rounded(median(values(found, name, "w1", "rate"))),
            "w8": rounded(median(values(found, name, "w8", "rate"))),
            "p99_ms_400": rounded(median(values(found, name, "open", "p99")), 2),
            "kib_per_idle": rounded(kib.get(name)),
        }
    result["ratio"] = {
        f"ejabberd_{mode}": rounded(result["visavis"][mode] / result["ejabberd"][mode], 2)
        if result["visavis"][mode] and result["ejabberd"][mode]
        else None
        for mode in ("w1", "w8")
    }
    return result


def steps() -> None:
    """The time of each step of the pipeline, in a process of its own."""
    if not QUICK:
        subprocess.run([sys.executable, str(ROOT / "bench" / "steps.py")], check=False)


def main() -> int:
    """Measure, print, and say by the exit status whether everything was measured."""
    missing: dict[str, str] = {}
    with folder() as home:
        postgres = Postgres(home)
        peers: list[Peer] = []
        try:
            peers = start(postgres, home, missing)
            # Memory first: what a server has freed after a storm would be taken for connections that cost nothing.
            kib = weigh(peers, home, missing)
            stage = Stage(peers, postgres, home)
            try:
                found = rounds(stage, peers, missing)
            finally:
                stage.leave()
            many = hold_many(peers, home, missing)
        finally:
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda peer: peer.stop(), peers))
            postgres.stop()
    say(f"{time.monotonic() - BEGAN:4.0f} s measured")
    steps()
    print(table(found, kib, many))
    for name, why in missing.items():
        print(f"\nNOT MEASURED: {name}: {why}")
    print(json.dumps(last_line(found, kib)))
    return 3 if missing and os.environ.get("ALLOW_MISSING", "") in ("", "0") else 0


if __name__ == "__main__":
    raise SystemExit(main())
