"""Beside the message path: what one person says in a row is told to the contexts above together.

The first message of a row is told at once, like every message after somebody else's. Whatever follows it within half a
minute is noted once per conversation and span, and told when the span is over: a flood costs the others little.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.store import monologues as store
from visavis.conversations.types import MessagePosted, Monologue
from visavis.kernel import clock, jobs, outbox
from visavis.kernel.auth import ASSISTANT_ID, SYSTEM_ID
from visavis.kernel.db import Tx

JOB = "conversations.monologue"
NOTED = 20_000

# What this process knows to be noted; whoever is forgotten is noted again, which changes nothing.
_noted: OrderedDict[tuple[UUID, datetime], None] = OrderedDict()


async def note(tx: Tx, found: Sequence[Monologue]) -> None:
    """Have each told when its span is over; noting it again changes nothing."""
    fresh = [one for one in found if (one.conversation_id, one.until) not in _noted]
    if not fresh:
        return
    await jobs.schedule_once(
        tx, JOB,
        [
            (
                f"{JOB}:{one.conversation_id}:{clock.to_us(one.until)}", one.until,
                {"conversation": str(one.conversation_id), "after": one.after, "until": clock.to_us(one.until)},
            )
            for one in fresh
        ],
    )  # fmt: skip
    tx.after_commit(lambda: _remember(fresh))


async def tell(tx: Tx, one: Monologue) -> None:
    """Publish a span's messages, one event per run of one speaker."""
    client_id, runs = await store.runs(tx, one)
    await outbox.publish(
        tx,
        *(
            MessagePosted(
                one.conversation_id, run["id"], run["no"], run["sender_id"], _by(run["sender_id"], client_id),
                "person", run["count"],
            )
            for run in runs
            if run["sender_id"] != SYSTEM_ID
        ),
    )  # fmt: skip


def _by(sender_id: UUID, client_id: UUID) -> str:
    if sender_id == client_id:
        return "client"
    return "assistant" if sender_id == ASSISTANT_ID else "staff"


def _remember(noted: Sequence[Monologue]) -> None:
    for one in noted:
        _noted[one.conversation_id, one.until] = None
    while len(_noted) > NOTED:
        _noted.popitem(last=False)
