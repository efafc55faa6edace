"""Looks into the store now and then for what a lossy bus may not have told: PostgreSQL is the truth.

Each context says how the things that are listened to stand (`Truth`); whatever stands otherwise than at the last look
is delivered as a hint, to this process alone. A hint that arrived as well does no harm. Where the bus is away, this is
how pages of one process learn what happened in another.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

import structlog

from visavis.kernel import clock
from visavis.kernel.batch import TROUBLE
from visavis.kernel.db import Database, Tx
from visavis.kernel.live import Hint

log = structlog.get_logger(__name__)

# The hints that say how these things stand at this moment: by the topic's first word.
Truth = Callable[[Tx, Sequence[UUID]], Awaitable[Sequence[Hint]]]

EVERY_S, AWAY_S = 2.0, 1.0
AT_ONCE = 5000


class Reconciler:
    """The second look of one process."""

    def __init__(self, database: Database, truths: Mapping[str, Sequence[Truth]]) -> None:
        self._database = database
        self._truths = truths
        self._stood: dict[str, list[Mapping[str, object]]] = {}

    async def run(self) -> None:
        """Look again and again until cancelled: every two seconds, every second while the bus is away."""
        while True:
            await clock.sleep(EVERY_S if self._database.live.connected else AWAY_S)
            try:
                await self.look()
            except TROUBLE as trouble:
                log.info("store not looked into", error=str(trouble))

    async def look(self) -> int:
        """Look once; returns how many hints that gave."""
        listened: dict[str, list[UUID]] = defaultdict(list)
        topics = set(self._database.live.topics())
        for topic in topics:
            word, _, rest = topic.partition(".")
            if rest and word in self._truths:
                listened[word].append(UUID(rest))
        self._stood = {topic: stood for topic, stood in self._stood.items() if topic in topics}
        told = 0
        for word, ids in listened.items():
            for begin in range(0, len(ids), AT_ONCE):
                part = ids[begin : begin + AT_ONCE]
                async with self._database.aside(readonly=True) as tx:
                    hints = [hint for truth in self._truths[word] for hint in await truth(tx, part)]
                told += self._tell([f"{word}.{one}" for one in part], hints)
        return told

    def _tell(self, topics: Sequence[str], hints: Sequence[Hint]) -> int:
        now: dict[str, list[Mapping[str, object]]] = {topic: [] for topic in topics}
        for hint in hints:
            now[hint.topic].append(hint.payload)
        told = 0
        for topic, stands in now.items():
            stood = self._stood.get(topic)
            self._stood[topic] = stands
            for payload in stands:
                # A page that is new here has fetched what is framed; numbers may have moved before this look.
                new = "frame" not in payload if stood is None else payload not in stood
                if new:
                    self._database.live.deliver(Hint(topic, payload))
                    told += 1
        return told
