"""Table `hr_event`: the personnel feed's news and what became of it."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from visavis.identity.types import HrEntry, HrEvent, HrKind, HrOutcome
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

CLAIM = """
INSERT INTO hr_event (environment, id, digest, kind, employee_no, staff_id, effective_on, body, source, outcome,
                      received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (environment, id) DO NOTHING
"""

LIST = """
SELECT id, kind, employee_no, staff_id, effective_on, source, outcome, error, received_at, applied_at FROM hr_event
WHERE environment = $1 AND ($2::text IS NULL OR outcome = $2)
  AND ($3 = '' OR (received_at, id) < (SELECT received_at, id FROM hr_event WHERE environment = $1 AND id = $3))
ORDER BY received_at DESC, id DESC LIMIT $4
"""


async def claim(
    tx: Tx,
    environment: Environment,
    one: HrEvent,
    digest: bytes,
    staff_id: UUID,
    effective_on: date,
    source: str,
    outcome: HrOutcome,
) -> bool:
    """Keep a piece of news; False where its id is known. Whoever brings the same id meanwhile waits."""
    return await tx.execute(
        CLAIM, environment.value, one.id, digest, one.kind.value, one.employee_no, staff_id,
        effective_on, msgspec.to_builtins(one), source, outcome.value, clock.now(),
    ) == 1  # fmt: skip


async def recorded(tx: Tx, environment: Environment, event_id: str, record_id: UUID) -> None:
    """Keep where a piece of news is on record."""
    await tx.execute(
        "UPDATE hr_event SET record_id = $3 WHERE environment = $1 AND id = $2",
        environment.value, event_id, record_id,
    )  # fmt: skip


async def digest_of(tx: Tx, environment: Environment, event_id: str) -> bytes | None:
    """What the news with this id said, as a digest."""
    row = await tx.fetchrow(
        "SELECT digest FROM hr_event WHERE environment = $1 AND id = $2",
        environment.value, event_id,
    )  # fmt: skip
    return row["digest"] if row else None


async def waiting(tx: Tx, environment: Environment, event_id: str) -> HrEvent | None:
    """A piece of news whose day has not come, locked until the transaction ends."""
    row = await tx.fetchrow(
        "SELECT body FROM hr_event WHERE environment = $1 AND id = $2 AND outcome = 'scheduled'"
        " FOR UPDATE",
        environment.value, event_id,
    )  # fmt: skip
    return msgspec.convert(row["body"], HrEvent) if row else None


async def conclude(
    tx: Tx, environment: Environment, event_id: str, outcome: HrOutcome, error: str = ""
) -> None:
    """Say what became of a piece of news."""
    at = clock.now() if outcome is HrOutcome.APPLIED else None
    await tx.execute(
        "UPDATE hr_event SET outcome = $3, error = $4, applied_at = $5"
        " WHERE environment = $1 AND id = $2",
        environment.value, event_id, outcome.value, error, at,
    )  # fmt: skip


async def page(
    tx: Tx, environment: Environment, outcome: HrOutcome | None, after: str, limit: int
) -> list[HrEntry]:
    """The feed's history, the newest first."""
    rows = await tx.fetch(LIST, environment.value, outcome.value if outcome else None, after, limit)
    return [_entry(row) for row in rows]


def _entry(row: Row) -> HrEntry:
    applied: datetime | None = row["applied_at"]
    return HrEntry(
        row["id"], HrKind(row["kind"]), row["employee_no"], row["staff_id"], row["effective_on"],
        row["source"], HrOutcome(row["outcome"]), row["error"], row["received_at"], applied,
    )  # fmt: skip
