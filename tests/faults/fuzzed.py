"""A server whose bus loses, doubles and delays one hint in ten each: `python -m tests.faults.fuzzed serve …`."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from visavis import launch
from visavis.__main__ import main
from visavis.kernel.live import Hint, InProcess, Live
from visavis.kernel.settings import Settings

LATER_S = 0.05


class Fuzzy(InProcess):
    """Keeps the bus's promise to the letter, which is none."""

    lossy = True

    def publish(self, hint: Hint) -> None:
        """Lose it, say it twice, say it after what came later, or do as one should."""
        dice = random.random()
        if dice < 0.1:
            return
        if dice < 0.2:
            self.deliver(hint)
        if dice < 0.3:
            asyncio.get_running_loop().call_later(LATER_S, self.deliver, hint)
        else:
            self.deliver(hint)


@asynccontextmanager
async def bus(_: Settings) -> AsyncIterator[Live]:
    """The fuzzy one, whatever is set."""
    yield Fuzzy()


if __name__ == "__main__":
    launch.bus = bus
    main()
