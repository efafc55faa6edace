"""The ranker of the house: taught by what its reviewers have decided, it orders their queue and says why.

It never stops a message: what is said is judged by the policies alone. Every few hours it is taught anew, once there
are decisions enough of both kinds; the same decisions teach the same. Until then the shipped one orders.
"""

import asyncio
from dataclasses import dataclass

from visavis.conversations import api as conversations
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.review.store import learning as store
from visavis.supervision import judging

MOST, LEAST = 10_000, 20
EVERY_S = 6 * 3600.0


@dataclass
class _Here:
    """The version that this process has at hand."""

    ranker: judging.Ranker | None = None


_here = _Here()


async def teach(tx: Tx) -> judging.Ranker | None:
    """Teach the ranker from the newest decisions; None where there are not `LEAST` of each kind, or no news."""
    rows = await store.recent(tx, MOST)
    found = await conversations.entries_by_id(
        tx, [(row["conversation_id"], row["entry_id"]) for row in rows]
    )
    lines = [
        (str(found[key].body.get("text", "")), bool(row["violation"]))
        for row in rows
        if (key := (row["conversation_id"], row["entry_id"])) in found
    ]
    breaches = sum(breach for _, breach in lines)
    if min(breaches, len(lines) - breaches) < LEAST:
        return None
    version = f"reviewers-{len(lines)}-{clock.to_ms(rows[-1]['at'])}"
    if version == await store.newest_version(tx):
        return None
    ranker = await asyncio.to_thread(judging.learn, lines, version)
    await store.keep(tx, version, ranker.prior, ranker.weights, ranker.trained_on, clock.now())
    return ranker


async def current(tx: Tx) -> judging.Ranker | None:
    """The ranker that orders now: the house's own, or the shipped one."""
    version = await store.newest_version(tx)
    if version is None:
        return judging.shipped().reader.ranker
    if _here.ranker is None or _here.ranker.version != version:
        row = await store.find(tx, version)
        if row is not None:
            _here.ranker = judging.Ranker(
                row["prior"], row["weights"], row["trained_on"], row["version"]
            )
    return _here.ranker


async def score(tx: Tx, text: str, found: int) -> int:
    """The place of a text in the queue, 0 to 1000: half what the policies say, half what reviewers have taught."""
    ranker = await current(tx)
    if ranker is None or not text:
        return found
    return round((found + 1000 * judging.likelihood(ranker, text)) / 2)


async def reasons(tx: Tx, text: str) -> list[tuple[str, float]]:
    """The runs of a text that weigh most for or against a breach, with their log odds."""
    ranker = await current(tx)
    return judging.weighed(ranker, text) if ranker else []
