"""Tables `broadcast` and `broadcast_recipient`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.review.types import Broadcast

SELECT = """
SELECT b.*, (SELECT count(*) FROM broadcast_recipient AS r WHERE r.broadcast_id = b.id) AS recipients,
    (SELECT count(*) FROM broadcast_recipient AS r WHERE r.broadcast_id = b.id AND r.entry_id IS NOT NULL) AS reached
FROM broadcast AS b
"""


def _of(row: Row) -> Broadcast:
    return Broadcast(
        row["id"], Environment(row["environment"]), row["author_id"], row["branch_id"], row["words"], row["verdict"],
        row["state"], row["approver_id"], row["note"], row["created_at"], row["decided_at"], row["sent_at"],
        row["recipients"], row["reached"], row["product_id"], row["group_id"],
    )  # fmt: skip


async def insert(
    tx: Tx, one: Broadcast, digest: bytes, clients: Sequence[UUID], record_id: UUID
) -> None:
    """Keep a broadcast that waits for approval, with everybody it is meant for."""
    await tx.execute(
        "INSERT INTO broadcast (id, environment, author_id, branch_id, words, digest, verdict, created_at, record_id,"
        " product_id, group_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.environment.value, one.author_id, one.branch_id, one.words, digest, one.verdict,
        one.created_at, record_id, one.product_id, one.group_id,
    )  # fmt: skip
    await tx.executemany(
        "INSERT INTO broadcast_recipient (broadcast_id, client_id) VALUES ($1, $2)",
        [(one.id, client) for client in clients],
    )


async def find(tx: Tx, broadcast_id: UUID) -> Broadcast | None:
    """One broadcast under its lock."""
    row = await tx.fetchrow(f"{SELECT} WHERE b.id = $1 FOR UPDATE OF b", broadcast_id)
    return _of(row) if row else None


async def listed(
    tx: Tx, environment: str, author: UUID | None, not_author: UUID | None, branch: UUID | None, limit: int
) -> list[Broadcast]:  # fmt: skip
    """Broadcasts of one author, or those that somebody else may approve; waiting ones first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE b.environment = $1 AND ($2::uuid IS NULL OR b.author_id = $2)"
        " AND ($3::uuid IS NULL OR b.author_id <> $3) AND ($4::uuid IS NULL OR b.branch_id IS DISTINCT FROM $4)"
        " ORDER BY b.state <> 'waiting', b.created_at DESC, b.id LIMIT $5",
        environment, author, not_author, branch, limit,
    )  # fmt: skip
    return [_of(row) for row in rows]


async def decide(
    tx: Tx, broadcast_id: UUID, state: str, approver: UUID, note: str, at: datetime
) -> None:
    """Whether it goes out."""
    await tx.execute(
        "UPDATE broadcast SET state = $2, approver_id = $3, note = $4, decided_at = $5 WHERE id = $1",
        broadcast_id, state, approver, note, at,
    )  # fmt: skip


async def unsent(tx: Tx, broadcast_id: UUID) -> list[UUID]:
    """Recipients to whom nothing was said yet, in order."""
    rows = await tx.fetch(
        "SELECT client_id FROM broadcast_recipient WHERE broadcast_id = $1 AND entry_id IS NULL AND refusal IS NULL"
        " ORDER BY client_id",
        broadcast_id,
    )  # fmt: skip
    return [row["client_id"] for row in rows]


async def reached(
    tx: Tx, broadcast_id: UUID, client_id: UUID, entry_id: UUID | None, refusal: str | None
) -> None:
    """What became of it for one client."""
    await tx.execute(
        "UPDATE broadcast_recipient SET entry_id = $3, refusal = $4 WHERE broadcast_id = $1 AND client_id = $2",
        broadcast_id, client_id, entry_id, refusal,
    )  # fmt: skip


async def sent(tx: Tx, broadcast_id: UUID, at: datetime) -> None:
    """Everybody has it, or a refusal."""
    await tx.execute(
        "UPDATE broadcast SET state = 'sent', sent_at = $2 WHERE id = $1", broadcast_id, at
    )
