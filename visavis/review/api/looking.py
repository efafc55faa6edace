"""What waits, what is overdue, what the samples say, what the desk's advice came to; what the ranker learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations import api as conversations
from visavis.kernel import clock, outbox
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed
from visavis.review.api.judging import bounds
from visavis.review.store import items as store
from visavis.review.store import sampling
from visavis.review.store import tickets as ticket_store
from visavis.review.terms import terms
from visavis.review.types import Disposition, Grade, Item, ItemKind, NudgeCounted, Which

LOOKBACK = timedelta(days=90)
NUDGE_LOOKBACK = timedelta(days=30)
OUTCOMES = ("edited", "sent", "abandoned")
PAGE = 200


@dataclass(frozen=True)
class Nudges:
    """How often a policy advised in the desk, and what became of it."""

    policy: str
    edited: int
    sent: int
    abandoned: int


@dataclass(frozen=True)
class Judged:
    """A policy's closed alerts; `harmless` are those that reviewers called no breach."""

    policy: str
    judged: int
    harmless: int


@dataclass(frozen=True)
class Summary:
    """The room at a glance, for one reviewer; `sampled`, `missed` and `judged` of the last ninety days.

    `over`: held messages that were refused before anybody judged them.
    """

    waiting: int
    by_kind: dict[str, int]
    by_step: dict[str, int]
    overdue: int
    over: int
    tickets: int
    tickets_overdue: int
    sampled: int
    missed: int
    sample_rate: float
    nudges: Sequence[Nudges]
    judged: Sequence[Judged]


async def summary(tx: Tx, actor: Actor) -> Summary:
    """Counts of what may reach this reviewer, and of nothing else; raises `Forbidden`."""
    scope = await bounds(tx, actor)
    now, world = scope[0], actor.environment.value
    kinds: dict[str, int] = {}
    steps: dict[str, int] = {}
    overdue = over = 0
    for row in await store.counts(tx, scope):
        if row["over"]:
            over += row["items"]
            continue
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["items"]
        steps[row["state"]] = steps.get(row["state"], 0) + row["items"]
        overdue += row["overdue"]
    tickets, late = await ticket_store.count(tx, world, actor.person_id, now)
    since, me = now - LOOKBACK, actor.person_id
    sampled, missed = await store.elusion(tx, world, since, me)
    judged = [Judged(**row) for row in await store.said_of_policies(tx, world, since, me)]
    nudges = [
        Nudges(row["policy"], row["edited"], row["sent"], row["abandoned"])
        for row in await sampling.nudges(tx, world, now - NUDGE_LOOKBACK)
    ]
    return Summary(
        sum(kinds.values()), kinds, steps, overdue, over, tickets, late, sampled, missed, terms().sample_rate, nudges,
        judged,
    )  # fmt: skip


async def listed(
    tx: Tx, actor: Actor, kind: ItemKind | None, which: Which, limit: int
) -> list[Item]:
    """Items that may reach this reviewer: waiting ones by risk, held ones refused unjudged, or closed ones."""
    return await store.listed(tx, await bounds(tx, actor), kind, which, max(1, min(limit, PAGE)))


async def dispositions(
    tx: Tx, since: datetime | None = None, limit: int = 10_000
) -> list[Disposition]:
    """What review has come to since then, with the texts, oldest first: what the ranker learns from."""
    rows = await store.dispositions(tx, since, limit)
    where = [(row["conversation_id"], row["entry_id"]) for row in rows]
    entries = await conversations.entries_by_id(tx, where)
    return [
        Disposition(
            row["entry_id"], row["conversation_id"], entries[key].body.get("text", ""), row["direction"],
            row["categories"], row["policies"], row["action"], row["score"], row["source"], Grade(row["grade"]),
            row["violation"], row["at"],
        )
        for row in rows
        if (key := (row["conversation_id"], row["entry_id"])) in entries
    ]  # fmt: skip


async def nudged(
    tx: Tx, actor: Actor, conversation_id: UUID, policy: str, action: str, outcome: str
) -> None:
    """Count what became of an advice while somebody wrote; the words themselves are not kept.

    Raises `Forbidden`, `Malformed`.
    """
    if not actor.roles & SERVING:
        raise Forbidden
    if outcome not in OUTCOMES or not policy or len(policy) > 100:
        raise Malformed(field="outcome", reason=f"enum {', '.join(OUTCOMES)}")
    await sampling.nudged(
        tx, actor.environment.value, actor.person_id, conversation_id, policy, action, outcome, clock.now()
    )  # fmt: skip
    await outbox.publish(tx, NudgeCounted(actor.person_id, policy, outcome))
