"""Whether it stays fast: `make bench-scale` with ten million messages, `QUICK=1` with fewer in a minute.

Throughput before and after the fill, the 95th percentile of what people open all day, and the plan of every hot query:
none may read a large table from end to end. The last line of the output is JSON; the exit status says whether all held.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import asyncpg
import hot
import httpx
from common import QUICK, ROOT, Postgres, folder, say
from fastapi import FastAPI
from filling import Size, fill
from measuring import measure
from peer_visavis import Visavis

from visavis.app import create
from visavis.kernel.db import Database
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
RUN_S = 2.0 if QUICK else 10.0
ASKED = 40 if QUICK else 200
FRACTION, P95_MS = 0.8, 100.0
LARGE = 5_000  # rows
PLANS = ROOT / "docs" / "operate" / "plans.txt"
BIG = 1_000_000


async def judged(peer: Visavis) -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    """The plan of every statement that a day costs, and for each the large tables that it reads from end to end."""
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
        made = await hot.plans(connection, found)
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1", float(LARGE)
        )
    finally:
        await connection.close()
    tables = [row[0] for row in rows]
    return made, {
        name: bad for name, (_, plan) in made.items() if (bad := hot.scanned(plan, tables))
    }


def _browser(app: FastAPI, bearer: str) -> httpx.AsyncClient:
    head = {"Authorization": f"Bearer {bearer}", "X-Visavis": "1"}
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://bench", headers=head)


def p50_p95(ask: Callable[[], httpx.Response]) -> tuple[float, float]:
    """Median and 95th percentile of an answer's time in ms; raises when one is no answer."""
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)]


def pages(peer: Visavis) -> dict[str, tuple[float, float]]:
    """Medians and 95th percentiles of what people open."""
    base = f"http://127.0.0.1:{peer.port}"
    talk = peer.conversations[0]

    def client(who: str) -> httpx.Client:
        head = {"Authorization": f"Bearer {peer.bearers[who]}", "X-Visavis": "1"}
        return httpx.Client(base_url=base, headers=head, timeout=60)

    with (
        client("advisor") as advisor,
        client("supervisor") as supervisor,
        client("operator") as operator,
    ):

        def opening() -> httpx.Response:
            advisor.get(f"/api/conversations/{talk}").raise_for_status()
            return advisor.get(
                f"/api/conversations/{talk}/entries", params={"before": 2**53, "limit": 50}
            )

        return {
            "long_conversation": p50_p95(opening),
            "desk_list": p50_p95(lambda: advisor.get("/api/conversations")),
            "supervisor_list": p50_p95(
                lambda: supervisor.get(
                    "/api/supervision/conversations", params={"purpose": "bench"}
                )
            ),
            "live_board": p50_p95(lambda: operator.get("/api/board")),
        }


def keep(made: dict[str, tuple[str, str]]) -> None:
    """Keep the plans beside the documents, for whoever asks why a query is fast."""
    size = f"{SIZE.messages:,} messages, {SIZE.clients:,} clients, {SIZE.ties:,} connections"
    parts = [f"Plans of every statement of a day, with {size}; written by `make bench-scale`.\n"]
    parts += [f"== {name}\n\n{sql.strip()}\n\n{plan}\n" for name, (sql, plan) in made.items()]
    PLANS.write_text("\n".join(parts))


def main() -> int:
    """Fill, measure, judge."""
    with folder() as home:
        postgres = Postgres(home)
        peer = Visavis(postgres, home, PAIRS)
        try:
            peer.start()
            asked: dict[str, Any] = {"in_flight": 8, "warm": 1.0}
            before = measure(peer, postgres, home, "closed", RUN_S, **asked)["rate"]
            began = time.monotonic()
            asyncio.run(fill(peer.dsn, SIZE, UUID(peer.conversations[0]), peer.speaker))
            filled = time.monotonic() - began
            say(f"filled in {filled:.0f} s")
            after = measure(peer, postgres, home, "closed", RUN_S, **asked)["rate"]
            opened = pages(peer)
            made, read_whole = asyncio.run(judged(peer))
        finally:
            peer.stop()
            postgres.stop()
    if SIZE.messages >= BIG or "--keep-plans" in sys.argv:
        keep(made)
    print("| what | figure |\n|---|---|")
    print(
        f"| messages/s, empty store | {before:,.0f} |\n| messages/s, {SIZE.messages:,} messages | {after:,.0f} |"
    )
    for name, (middle, most) in opened.items():
        print(f"| {name.replace('_', ' ')}, ms: median, p95 | {middle:.1f}, {most:.1f} |")
    for name, tables in read_whole.items():
        print(f"\n`{name}` reads {', '.join(tables)} from end to end:\n\n{made[name][1]}")
    passed = (
        after >= FRACTION * before
        and max(most for _, most in opened.values()) <= P95_MS
        and not read_whole
    )
    result = {
        "messages": SIZE.messages, "long_conversation": SIZE.long, "clients": SIZE.clients, "advisors": SIZE.advisors,
        "connections": SIZE.ties, "fill_s": round(filled), "empty": round(before, 1), "filled": round(after, 1),
        "ratio": round(after / before, 3), "p95_ms": {k: round(v, 1) for k, (_, v) in opened.items()},
        "p50_ms": {k: round(v, 1) for k, (v, _) in opened.items()},
        "plans": len(made), "sequential_scans": sorted(read_whole), "passed": passed,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
