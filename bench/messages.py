"""How fast the message path is: `python bench/messages.py [--pairs 100] [--each 20] [--in-flight 8] [--profile]`.

Everything of the path runs (rights, retries, judging, sealing, search words, one commit per batch) against a PostgreSQL
of its own with fsync on; the socket does not. Only ratios of runs on one machine mean anything.
"""

import argparse
import asyncio
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.conversations.talk import Talk, begin
from tests.world import made
from visavis.conversations.web.live import Pace
from visavis.kernel import migrate, outbox
from visavis.kernel.clock import FakeClock, installed
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.settings import Settings

TEXT = (
    "我想咨询一下融资融券的维持担保比例低于130%会不会被强制平仓，需要多久之内补足担保物？"
    "谢谢您，麻烦尽快回复我一下好吗，我比较着急"
)


async def speak(talk: Talk, each: int) -> None:
    """One of the two sides after the other, each word acknowledged before the next."""
    speaker = talk.world.app.state.speaker
    for number in range(each):
        await speaker.post(talk.draft(talk.her if number % 2 else talk.him, TEXT))


async def run(talks: Sequence[Talk], each: int, in_flight: int) -> tuple[float, float]:
    """Messages per second, and CPU microseconds of this process per message."""
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(speak(talk, each) for talk in talks for _ in range(in_flight)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    count = len(talks) * each * in_flight
    return count / wall, cpu / count * 1e6


async def main(dsn: str, home: Path, asked: argparse.Namespace) -> None:
    """Measure with and without what others do about a message."""
    await migrate.upgrade(dsn)
    database = await Database(dsn, InProcess(), size=6).start()
    clock = FakeClock(datetime.now(UTC))
    with installed(clock):
        settings = Settings(home=home, embed_sessions_per_minute=1_000_000)
        async with made(database, clock, settings) as world:
            world.app.state.speaker.pace = Pace(1_000_000_000)
            advisors = [await world.advisor() for _ in range(10)]
            talks = [await begin(world, advisors[number % 10]) for number in range(asked.pairs)]
            await run(talks, 2, 1)
            profile = cProfile.Profile() if asked.profile else None
            for name, reactions in (("with reactions queued", outbox.reactions()), ("without", {})):
                outbox.compose(reactions)
                if profile is not None:
                    profile.enable()
                rate, cost = await run(talks, asked.each, asked.in_flight)
                if profile is not None:
                    profile.disable()
                print(f"{name:24} {rate:8.0f} messages/s {cost:8.0f} us of Python each")
            if profile is not None:
                pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    await database.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--in-flight", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    with tempfile.TemporaryDirectory(prefix="visavis-bench-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "postgres").start()
        try:
            asyncio.run(main(server.dsn(), Path(folder) / "home", parser.parse_args()))
        finally:
            server.stop()
