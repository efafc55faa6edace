"""Whether it stays fast: `make bench-scale` with ten million messages, `QUICK=1` with fewer in a minute.

Throughput beside an empty installation, measured in turn, the 95th percentile of what people open all day, and the plan
of every hot query: none may read a large table from end to end. The last line of the output is JSON; the exit status
says whether all held. `--keep FOLDER` keeps what was filled for the next run.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import asyncpg
import hot
import httpx
from common import QUICK, ROOT, Postgres, cpu_s, folder, say, spread
from fastapi import FastAPI
from filling import Size, fill, morning
from measuring import measure
from peer_visavis import Visavis

from visavis.app import create
from visavis.kernel.db import Database, prepare
from visavis.kernel.live import InProcess
from visavis.kernel.settings import Settings

# MESSAGES=1000000 fills so many, and of everything else in proportion.
ASKED_FOR = int(os.environ.get("MESSAGES", "0"))


def size_of(messages: int) -> Size:
    """A firm of so many messages: a tenth as many clients, a tenth of them in one conversation, 5,000 watched."""
    tenth = messages // 10
    return Size(tenth, max(100, messages // 2000), messages // 5, messages, tenth, 5_000)


SIZE = size_of(ASKED_FOR or (200_000 if QUICK else 10_000_000))
PAIRS = 50 if QUICK else 100
ROUNDS, RUN_S = (2, 2.0) if QUICK else (5, 10.0)
ASKED = 40 if QUICK else 200
FRACTION, P95_MS = 0.8, 100.0
LARGE = 10_000  # rows; staff is read whole where a question is about all staff
RESTING = 0.2  # CPU seconds in two
PLANS = ROOT / "docs" / "operate" / "plans.txt"
BIG = 1_000_000


async def judged(peer: Visavis) -> tuple[dict[str, hot.Plan], dict[str, list[str]]]:
    """The plans of every statement that a day costs, and for each the large tables that they read from end to end."""
    database = await Database(peer.dsn, InProcess(), size=4).start()
    try:
        app = create(Settings(home=peer.home), database, background=False)
        http = {who: _browser(app, bearer) for who, bearer in peer.bearers.items()}
        found = await hot.day(http, peer.conversations[0])
        for one in http.values():
            await one.aclose()
    finally:
        await database.stop()
    connection = await asyncpg.connect(peer.dsn)
    try:
        await prepare(connection)
        made = await hot.plans(connection, found)
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1", float(LARGE)
        )
    finally:
        await connection.close()
    tables = [row[0] for row in rows]
    return made, {
        name: bad
        for name, one in made.items()
        if (bad := hot.scanned(f"{one.generic}\n{one.custom}", tables))
    }


def _browser(app: FastAPI, bearer: str) -> httpx.AsyncClient:
    head = {"Authorization": f"Bearer {bearer}", "X-Visavis": "1"}
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://bench", headers=head)


@dataclass(frozen=True)
class Page:
    """What people open: its median and 95th percentile in ms, and the CPU time of one in ms, server and database."""

    p50: float
    p95: float
    server_cpu: float
    database_cpu: float


def opened(peer: Visavis, postgres: Postgres, ask: Callable[[], httpx.Response]) -> Page:
    """How long an answer takes; raises when one is no answer."""
    ask().raise_for_status()
    taken = []
    server, database = cpu_s(peer.pid), cpu_s(postgres.pid)
    for _ in range(ASKED):
        began = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    each = 1000 / ASKED
    spent = (cpu_s(peer.pid) - server) * each, (cpu_s(postgres.pid) - database) * each
    return Page(statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)], *spent)


def pages(peer: Visavis, postgres: Postgres) -> dict[str, Page]:
    """What it takes to open each of what people open all day."""
    base = f"http://127.0.0.1:{peer.port}"
    talk = peer.conversations[0]
    with contextlib.ExitStack() as open_:

        def client(who: str) -> httpx.Client:
            head = {"Authorization": f"Bearer {peer.bearers[who]}", "X-Visavis": "1"}
            return open_.enter_context(httpx.Client(base_url=base, headers=head, timeout=60))

        advisor, supervisor, operator = map(client, ("advisor", "supervisor", "operator"))

        def opening() -> httpx.Response:
            advisor.get(f"/api/conversations/{talk}").raise_for_status()
            return advisor.get(
                f"/api/conversations/{talk}/entries", params={"before": 2**53, "limit": 50}
            )

        asked: dict[str, Callable[[], httpx.Response]] = {
            "long_conversation": opening,
            "desk_list": lambda: advisor.get("/api/conversations"),
            "supervisor_list": lambda: supervisor.get(
                "/api/supervision/conversations", params={"purpose": "bench"}
            ),
            "live_board": lambda: operator.get("/api/board", params={"environment": "simulated"}),
        }
        return {name: opened(peer, postgres, ask) for name, ask in asked.items()}


def rates(
    empty: Visavis, filled: Visavis, postgres: Postgres, home: Path
) -> dict[str, list[float]]:
    """Messages a second of both, measured in turn, each while the other stands still."""
    found: dict[str, list[float]] = {"empty": [], "filled": []}
    for number in range(ROUNDS):
        pair = [("empty", empty, filled), ("filled", filled, empty)]
        for name, peer, other in pair if number % 2 == 0 else reversed(pair):
            other.hold(True)
            try:
                one = measure(peer, postgres, home, "closed", RUN_S, in_flight=8, warm=1.0)
            finally:
                other.hold(False)
            found[name].append(one["rate"])
            say(
                f"{name}: {one['rate']:,.0f} messages/s, CPU µs each:"
                f" {one['server_us']:.0f} server, {one['postgres_us']:.0f} PostgreSQL"
            )
    return found


def at_rest(peer: Visavis) -> None:
    """Wait until the server has done what the load left it to do, to index, to seal; for a bounded time."""
    until = time.monotonic() + (8 if QUICK else 120)
    while time.monotonic() < until:
        before = cpu_s(peer.pid)
        time.sleep(2)
        if cpu_s(peer.pid) - before < RESTING:
            return


def filling(peer: Visavis) -> int:
    """Fill the database unless it was kept full; seconds that it took."""
    if peer.kept:
        return 0
    began = time.monotonic()
    asyncio.run(fill(peer.dsn, SIZE, UUID(peer.conversations[0]), peer.speaker))
    peer.keep()
    say(f"filled in {time.monotonic() - began:.0f} s")
    return round(time.monotonic() - began)


def keep(made: dict[str, hot.Plan]) -> None:
    """Keep the plans beside the documents, for whoever asks why a query is fast."""
    size = f"{SIZE.messages:,} messages, {SIZE.clients:,} clients, {SIZE.ties:,} connections"
    parts = [f"Plans of every statement of a day, with {size}; written by `make bench-scale`.\n"]
    parts += [f"== {name}\n\n{one.sql.strip()}\n\n{one.generic}\n" for name, one in made.items()]
    PLANS.write_text("\n".join(parts))


def main() -> int:
    """Fill, measure, judge."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument(
        "--keep", type=Path, help="keep the databases in this folder, or use those kept there"
    )
    read.add_argument(
        "--keep-plans", action="store_true", help="write the plans, however few messages"
    )
    asked = read.parse_args()
    with folder(asked.keep) as home:
        postgres = Postgres(home)
        empty, filled = (Visavis(postgres, home, PAIRS, name) for name in ("empty", "filled"))
        try:
            filled.start()
            fill_s = filling(filled)
            empty.start()
            empty.keep()
            sent = rates(empty, filled, postgres, home)
            empty.stop()
            at_rest(filled)
            asyncio.run(morning(filled.dsn, SIZE.advisors))
            seen = pages(filled, postgres)
            made, read_whole = asyncio.run(judged(filled))
        finally:
            empty.stop()
            filled.stop()
            postgres.stop()
    if SIZE.messages >= BIG or asked.keep_plans:
        keep(made)
    return report(sent, seen, made, read_whole, fill_s)


def report(
    sent: dict[str, list[float]], seen: dict[str, Page], made: dict[str, hot.Plan],
    read_whole: dict[str, list[str]], fill_s: int,
) -> int:  # fmt: skip
    """Print table and JSON; 0 where everything held."""
    print("| what | figure |\n|---|---|")
    print(f"| messages/s, empty store | {spread(sent['empty'])} |")
    print(f"| messages/s, {SIZE.messages:,} messages | {spread(sent['filled'])} |")
    for name, page in seen.items():
        print(
            f"| {name.replace('_', ' ')}, ms: median, p95, CPU of server and of database |"
            f" {page.p50:.1f}, {page.p95:.1f}, {page.server_cpu:.1f} + {page.database_cpu:.1f} |"
        )
    for name, tables in read_whole.items():
        print(
            f"\n`{name}` reads {', '.join(tables)} from end to end:\n\n{made[name].generic}\n\n{made[name].custom}"
        )
    before, after = statistics.median(sent["empty"]), statistics.median(sent["filled"])
    passed = (
        after >= FRACTION * before
        and max(page.p95 for page in seen.values()) <= P95_MS
        and not read_whole
    )
    result = {
        "messages": SIZE.messages, "long_conversation": SIZE.long, "clients": SIZE.clients, "advisors": SIZE.advisors,
        "connections": SIZE.ties, "fill_s": fill_s, "empty": round(before, 1), "filled": round(after, 1),
        "ratio": round(after / before, 3), "p95_ms": {k: round(v.p95, 1) for k, v in seen.items()},
        "p50_ms": {k: round(v.p50, 1) for k, v in seen.items()},
        "cpu_ms": {k: round(v.server_cpu + v.database_cpu, 1) for k, v in seen.items()},
        "plans": len(made), "sequential_scans": sorted(read_whole), "passed": passed,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
