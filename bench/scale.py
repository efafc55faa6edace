"""Whether it stays fast: `make bench-scale` with ten million messages, `QUICK=1` with fewer in a minute.

Throughput before and after the fill, the 95th percentile of what people open all day, and the plan of every hot query:
none may read a large table from end to end. The last line of the output is JSON; the exit status says whether all held.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

import asyncpg
import httpx
from common import QUICK, ROOT, Postgres, folder, say
from filling import Size, fill
from measuring import measure
from peer_visavis import Visavis

from visavis.connections.store import ties
from visavis.conversations.store import reading, stream
from visavis.identity.store import standing

SIZE = (
    Size(20_000, 500, 40_000, 200_000, 50_000, 5_000)
    if QUICK
    else Size(1_000_000, 5_000, 2_000_000, 10_000_000, 1_000_000, 5_000)
)
PAIRS = 50 if QUICK else 100
RUN_S = 2.0 if QUICK else 10.0
ASKED = 40 if QUICK else 200
FRACTION, P95_MS = 0.8, 100.0
LARGE = 5_000  # rows
HOT = {
    "lock": stream.LOCK,
    "seen": stream.SEEN,
    "standing": standing.STANDING,
    "states": ties.STATES,
    "page": stream.PAGE,
    "page_back": stream.PAGE_BACK,
    "of_client": reading.OF_CLIENT,
    "of_staff": reading.OF_STAFF,
    "own_ties": ties.MINE,
}


async def plans(dsn: str) -> dict[str, str]:
    """The generic plan of every hot query, as the server makes it for any parameters."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    found: dict[str, str] = {}
    for name, sql in HOT.items():
        await connection.execute(f"PREPARE {name} AS {sql}")
        count = max(int(one) for one in _numbers(sql))
        asked = ", ".join(["NULL"] * count)
        rows = await connection.fetch(f"EXPLAIN EXECUTE {name}({asked})")
        found[name] = "\n".join(row[0] for row in rows)
    await connection.close()
    return found


def _numbers(sql: str) -> list[str]:
    return ["".join(c for c in part[:2] if c.isdigit()) for part in sql.split("$")[1:]]


async def large(dsn: str) -> list[str]:
    """The tables that must not be read from end to end."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1", float(LARGE)
    )
    await connection.close()
    return [row[0] for row in rows]


def scans(found: dict[str, str], tables: list[str]) -> list[str]:
    """Queries that read one of the tables from end to end."""
    return [
        name
        for name, plan in found.items()
        if any(f"Seq Scan on {table} " in plan for table in tables)
    ]


def p95(ask: Callable[[], httpx.Response]) -> float:
    """The 95th percentile of an answer's time in ms; raises when one is no answer."""
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[int(len(taken) * 0.95)]


def pages(peer: Visavis) -> dict[str, float]:
    """The 95th percentiles of what people open."""
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
            "long_conversation": p95(opening),
            "desk_list": p95(lambda: advisor.get("/api/conversations")),
            "supervisor_list": p95(
                lambda: supervisor.get(
                    "/api/supervision/conversations", params={"purpose": "bench"}
                )
            ),
            "live_board": p95(lambda: operator.get("/api/board")),
        }


def keep(found: dict[str, str]) -> None:
    """Keep the plans beside the documents, for whoever asks why a query is fast."""
    place = ROOT / "docs" / "operate" / "plans"
    place.mkdir(exist_ok=True)
    for name, plan in found.items():
        (place / f"{name}.txt").write_text(plan + "\n")


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
            say(f"filled in {time.monotonic() - began:.0f} s")
            after = measure(peer, postgres, home, "closed", RUN_S, **asked)["rate"]
            opened = pages(peer)
            found = asyncio.run(plans(peer.dsn))
            read_whole = scans(found, asyncio.run(large(peer.dsn)))
        finally:
            peer.stop()
            postgres.stop()
    if "--keep-plans" in sys.argv:
        keep(found)
    print("| what | figure |\n|---|---|")
    print(
        f"| messages/s, empty store | {before:,.0f} |\n| messages/s, {SIZE.messages:,} messages | {after:,.0f} |"
    )
    for name, value in opened.items():
        print(f"| p95 ms, {name.replace('_', ' ')} | {value:.1f} |")
    for name in read_whole:
        print(f"\n`{name}` reads a large table from end to end:\n\n{found[name]}")
    passed = after >= FRACTION * before and max(opened.values()) <= P95_MS and not read_whole
    result = {
        "messages": SIZE.messages, "empty": round(before, 1), "filled": round(after, 1),
        "ratio": round(after / before, 3), "p95_ms": {k: round(v, 1) for k, v in opened.items()},
        "sequential_scans": read_whole, "passed": passed,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
