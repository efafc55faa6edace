"""Tables `breach` and `breach_person`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.review.types import Breach

SELECT = """
SELECT b.*, (SELECT count(*) FROM breach_person AS p WHERE p.breach_id = b.id) AS affected,
    (SELECT count(*) FROM breach_person AS p WHERE p.breach_id = b.id AND p.told_at IS NOT NULL) AS told
FROM breach AS b
"""


async def insert(tx: Tx, one: Breach, clients: Sequence[UUID]) -> None:
    """Keep a breach with everybody affected."""
    await tx.execute(
        "INSERT INTO breach (id, environment, author_id, incident, notice, found_at, due_at, state, created_at,"
        " record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.id, one.environment.value, one.author_id, one.incident, one.notice, one.found_at, one.due_at,
        one.state, one.created_at, one.record_id,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO breach_person (breach_id, client_id) SELECT $1, unnest($2::uuid[])",
        one.id, list(clients),
    )  # fmt: skip


async def find(tx: Tx, breach_id: UUID) -> Breach | None:
    """One breach under its lock."""
    row = await tx.fetchrow(f"{SELECT} WHERE b.id = $1 FOR UPDATE OF b", breach_id)
    return _of(row) if row else None


async def listed(tx: Tx, environment: str, limit: int) -> list[Breach]:
    """The newest of an environment, those that are not settled first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE b.environment = $1 ORDER BY b.state IN ('told', 'refused'), b.due_at DESC, b.id LIMIT $2",
        environment, limit,
    )  # fmt: skip
    return [_of(row) for row in rows]


async def change(tx: Tx, one: Breach) -> None:
    """Keep how it stands."""
    await tx.execute(
        "UPDATE breach SET state = $2, approver_id = $3, note = $4, decided_at = $5, told_at = $6, record_id = $7"
        " WHERE id = $1",
        one.id, one.state, one.approver_id, one.note, one.decided_at, one.told_at, one.record_id,
    )  # fmt: skip


async def untold(tx: Tx, breach_id: UUID, limit: int) -> list[UUID]:
    """Some of those who do not know yet, in order."""
    rows = await tx.fetch(
        "SELECT client_id FROM breach_person WHERE breach_id = $1 AND told_at IS NULL ORDER BY client_id LIMIT $2",
        breach_id, limit,
    )  # fmt: skip
    return [row["client_id"] for row in rows]


async def told(tx: Tx, breach_id: UUID, clients: Sequence[UUID], at: datetime) -> None:
    """Note that these know."""
    await tx.execute(
        "UPDATE breach_person SET told_at = $3 WHERE breach_id = $1 AND client_id = ANY($2)",
        breach_id, list(clients), at,
    )  # fmt: skip


def _of(row: Row) -> Breach:
    return Breach(
        row["id"], Environment(row["environment"]), row["author_id"], row["incident"], row["notice"],
        row["found_at"], row["due_at"], row["state"], row["created_at"], row["record_id"], row["approver_id"],
        row["note"], row["decided_at"], row["told_at"], row["affected"], row["told"],
    )  # fmt: skip
