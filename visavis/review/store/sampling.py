"""Tables `sampling_window` and `nudge_outcome`."""

from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id


async def last_end(tx: Tx) -> datetime | None:
    """Up to when unflagged messages were sampled."""
    at: datetime | None = await tx.fetchval("SELECT max(ends_at) FROM sampling_window")
    return at


async def begin(tx: Tx, first: datetime, end: datetime, seed: bytes, rate: float) -> bool:
    """Take a span for this process; false where another has it."""
    added = await tx.execute(
        "INSERT INTO sampling_window (begins_at, ends_at, seed, rate, said, taken) VALUES ($1, $2, $3, $4, 0, 0)"
        " ON CONFLICT (begins_at) DO NOTHING",
        first, end, seed, rate,
    )  # fmt: skip
    return added == 1


async def finish(tx: Tx, first: datetime, said: int, taken: int) -> None:
    """How many were said and how many are looked at."""
    await tx.execute(
        "UPDATE sampling_window SET said = $2, taken = $3 WHERE begins_at = $1", first, said, taken
    )


async def nudged(
    tx: Tx, environment: str, staff_id: UUID, conversation_id: UUID, policy: str, action: str, outcome: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep what became of an advice in the desk."""
    await tx.execute(
        "INSERT INTO nudge_outcome (id, environment, staff_id, conversation_id, policy, action, outcome, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), environment, staff_id, conversation_id, policy, action, outcome, at,
    )  # fmt: skip


async def nudges(tx: Tx, environment: str, since: datetime) -> list[Row]:
    """How often each policy advised since then, and what became of it."""
    return await tx.fetch(
        "SELECT policy, count(*) FILTER (WHERE outcome = 'edited') AS edited,"
        " count(*) FILTER (WHERE outcome = 'sent') AS sent,"
        " count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned"
        " FROM nudge_outcome WHERE environment = $1 AND at > $2 GROUP BY policy ORDER BY count(*) DESC, policy",
        environment, since,
    )  # fmt: skip
