"""Where the time of a message goes, step by step: `python bench/steps.py`, a part of `make bench-messages`.

The path runs in this process, in batches of 100, on a PostgreSQL of its own with fsync on; each step is timed by the
wall, waiting for PostgreSQL included, and divided by the messages of its batch. The socket is not in it.
"""

import asyncio
import functools
import itertools
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from common import Postgres, folder
from load import texts

from tests.conversations.talk import Talk, begin
from tests.world import made
from visavis.conversations import posting
from visavis.conversations.store import stream
from visavis.kernel import migrate
from visavis.kernel.clock import FakeClock, installed
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.settings import Settings

BATCH, ROUNDS = 100, 60
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("1 lock", stream, "lock"),
    ("2 may each speak", posting, "_may_speak"),
    ("3 retries", posting, "_answer_retries"),
    ("4 tidy", posting, "_tidy"),
    ("5 suitable", posting.suiting, "suit"),
    ("6 judge", posting, "_judge"),
    ("8 record", posting.archive, "append"),
    ("9 keep", posting, "_keep"),
    ("10 publish", posting, "_publish"),
)


def timed(name: str, work: Callable[..., Any], spent: dict[str, list[float]]) -> Callable[..., Any]:
    """The same, and how long it took."""

    @functools.wraps(work)
    async def run(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return await work(*args)
        finally:
            spent[name].append((time.perf_counter() - began) / BATCH * 1e6)

    return run


async def run(talks: list[Talk], spent: dict[str, list[float]]) -> None:
    """Post batch after batch."""
    said = itertools.cycle(texts())
    for number in range(ROUNDS):
        drafts = [talk.draft(talk.him, f"{next(said)}{number}") for talk in talks]
        began = time.perf_counter()
        async with talks[0].world.tx() as tx:
            await posting.post(tx, drafts)
            posted = time.perf_counter()
            spent["all of `post`"].append((posted - began) / BATCH * 1e6)
        spent["commit"].append((time.perf_counter() - posted) / BATCH * 1e6)


async def main(dsn: str, home: Path) -> None:
    """Make people, time the steps, print the table."""
    await migrate.upgrade(dsn)
    database = await Database(dsn, InProcess(), size=6).start()
    clock = FakeClock(datetime.now(UTC))
    spent: dict[str, list[float]] = defaultdict(list)
    with installed(clock):
        settings = Settings(home=home, embed_sessions_per_minute=1_000_000)
        async with made(database, clock, settings) as world:
            talks = [await begin(world, await world.advisor()) for _ in range(BATCH)]
            await run(talks[:BATCH], defaultdict(list))
            for name, place, attribute in STEPS:
                setattr(place, attribute, timed(name, getattr(place, attribute), spent))
            await run(talks, spent)
    await database.stop()
    print(f"\n| step, batches of {BATCH} | µs per message, median |\n|---|---|")
    for name in (*(step[0] for step in STEPS), "all of `post`", "commit"):
        print(f"| {name} | {statistics.median(spent[name]):.1f} |")


if __name__ == "__main__":
    with folder() as place:
        server = Postgres(place)
        try:
            asyncio.run(main(server.create("steps"), place / "home"))
        finally:
            server.stop()
