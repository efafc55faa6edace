"""Five times as many messages as can be taken: `make bench-overload`, `QUICK=1` for a short one.

First the peak is measured (eight in flight per pair), then five times as many are offered, at a pace that nothing
slows, for a minute that begins once the way is full. What was acknowledged must be in the store, goodput must stay,
and soon after the end a new message must be acknowledged within a second. `leaf_p99_s` is how old records of the run
were when a checkpoint covered them.
The last line of the output is JSON; the exit status says whether all held.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import asyncpg
from common import QUICK, Postgres, folder, say
from measuring import Generator, measure
from peer_visavis import Visavis

PAIRS = 100
PEAK_S, FLOOD_S = (5.0, 10.0) if QUICK else (20.0, 60.0)
TIMES, WARM_S = 5, 3.0
GOODPUT, RECOVERY_S = 0.8, 10.0


async def lost(dsn: str, keys: list[str]) -> int:
    """How many of these acknowledged retry keys are not in the store."""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchval(
            "SELECT count(*) FROM entry WHERE client_key = ANY($1::uuid[])", keys
        )
    finally:
        await connection.close()
    return len(keys) - int(found)


# The clock of a record is read before its commit: what this gives is an upper bound.
LEAVES = """
SELECT percentile_cont(0.99) WITHIN GROUP
    (ORDER BY extract(epoch FROM batch.published_at) - record.at_us / 1e6)
FROM record JOIN log_place USING (record_id)
    JOIN log_batch AS batch ON leaf_index >= batch.first AND leaf_index < batch.size
WHERE at_us >= $1
"""
WAITING = """
SELECT (SELECT count(*) FROM record) > (SELECT count(*) FROM log_place)
    OR EXISTS (SELECT 1 FROM log_batch WHERE published_at IS NULL)
"""


async def leaves(dsn: str, since_us: int) -> float:
    """Seconds from a record to its checkpoint, 99 % of those since then, once all of them have theirs."""
    connection = await asyncpg.connect(dsn)
    try:
        for _ in range(300):
            if not await connection.fetchval(WAITING):
                break
            await asyncio.sleep(0.2)
        return float(await connection.fetchval(LEAVES, since_us) or 0.0)
    finally:
        await connection.close()


def recovery(peer: Visavis, postgres: Postgres, home: Path) -> float:
    """Seconds until new connections have a message acknowledged and delivered within a second."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        asked = time.monotonic() - began
        probe = measure(peer, postgres, home, "open", 1.0, rate=20, tail=1.0)
        if probe["count"] and probe["missing"] == 0 and (probe["p99"] or 9e9) < 1000:
            return asked
    return 60.0


def main() -> int:
    """Measure, print, judge."""
    with folder() as home:
        postgres = Postgres(home)
        peer = Visavis(postgres, home, PAIRS)
        try:
            peer.start()
            people = Generator(peer.kind, peer.spec(), home)
            asked: dict[str, Any] = {"mode": "closed", "in_flight": 8, "warm": 1.0}
            since_us = time.time_ns() // 1_000
            peak = people.measure(peer, postgres, seconds=PEAK_S, **asked)["rate"]
            say(f"peak {peak:,.0f}/s")
            keys = home / "acknowledged.json"
            asked = {"mode": "flood", "rate": peak * TIMES, "warm": WARM_S, "keys": str(keys)}
            flood = people.measure(peer, postgres, seconds=FLOOD_S, **asked)
            people.leave()
            seconds = recovery(peer, postgres, home)
            leaf_s = asyncio.run(leaves(peer.dsn, since_us))
            gone = asyncio.run(lost(peer.dsn, json.loads(keys.read_text())))
        finally:
            peer.stop()
            postgres.stop()
    result: dict[str, Any] = {
        "peak": round(peak, 1),
        "offered": round(flood["offered"] / FLOOD_S, 1),
        "goodput": round(flood["rate"], 1),
        "goodput_of_peak": round(flood["rate"] / peak, 3),
        "acknowledged": flood["count"],
        "lost": gone,
        "refused": sum(one["count"] for one in flood["refused"]),
        "recovery_s": round(seconds, 1),
        "leaf_p99_s": round(leaf_s, 2),
    }
    passed = gone == 0 and result["goodput_of_peak"] >= GOODPUT and seconds <= RECOVERY_S
    print(
        "| peak/s | offered/s | goodput/s | of peak | acknowledged | lost | refused | recovery s | leaf s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    print("| " + " | ".join(f"{value:,}" for value in result.values()) + " |")
    if flood["refused"]:
        print("\n| phase | refused | times | first s | last s |\n|---|---|---|---|---|")
    for one in flood["refused"]:
        print(
            "| "
            + " | ".join(
                f"{value:,}" if isinstance(value, int) else str(value) for value in one.values()
            )
            + " |"
        )
    print(json.dumps({**result, "refusals": flood["refused"], "passed": passed}))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
