"""Tables `examiner_grant` and `archive_look`."""

from datetime import datetime
from uuid import UUID

from visavis.custody.types import Grant, Look
from visavis.kernel.db import Row, Tx


async def add_grant(tx: Tx, one: Grant) -> None:
    """Keep a new grant."""
    await tx.execute(
        "INSERT INTO examiner_grant (id, examiner_id, purpose, client_ids, from_us, until_us, starts_at, ends_at,"
        " granted_by, granted_at, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.examiner_id, one.purpose, None if one.clients is None else list(one.clients),
        one.from_us, one.until_us, one.starts_at, one.ends_at, one.granted_by, one.granted_at, one.record_id,
    )  # fmt: skip


async def standing(tx: Tx, examiner_id: UUID, now: datetime) -> list[Grant]:
    """The examiner's grants that are open or will be; whoever else asks waits until the transaction ends."""
    await tx.execute("SELECT FROM staff WHERE person_id = $1 FOR NO KEY UPDATE", examiner_id)
    rows = await tx.fetch(
        "SELECT * FROM examiner_grant WHERE examiner_id = $1 AND revoked_at IS NULL AND ends_at > $2"
        " ORDER BY starts_at",
        examiner_id, now,
    )  # fmt: skip
    return [_grant(row) for row in rows]


async def revoke(tx: Tx, grant_id: UUID, by: UUID, now: datetime, record_id: UUID) -> None:
    """End a grant now."""
    await tx.execute(
        "UPDATE examiner_grant SET revoked_by = $2, revoked_at = $3, record_id = $4 WHERE id = $1",
        grant_id, by, now, record_id,
    )  # fmt: skip


async def grants(tx: Tx, examiner_id: UUID | None) -> list[Grant]:
    """The grants of one examiner or of all, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM examiner_grant WHERE $1::uuid IS NULL OR examiner_id = $1"
        " ORDER BY granted_at DESC, id DESC LIMIT 200",
        examiner_id,
    )
    return [_grant(row) for row in rows]


async def grant(tx: Tx, grant_id: UUID) -> Grant | None:
    """One grant, locked."""
    row = await tx.fetchrow("SELECT * FROM examiner_grant WHERE id = $1 FOR UPDATE", grant_id)
    return _grant(row) if row else None


async def looked(tx: Tx, one: Look, record_id: UUID) -> None:
    """Keep a look."""
    await tx.execute(
        "INSERT INTO archive_look (id, viewer_id, grant_id, what, about, purpose, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        one.id, one.viewer_id, one.grant_id, one.what, one.about, one.purpose, one.at, record_id,
    )  # fmt: skip


async def looks(tx: Tx, limit: int) -> list[tuple[Look, UUID]]:
    """The newest looks, each with its record, which alone says what was looked for."""
    rows = await tx.fetch("SELECT * FROM archive_look ORDER BY at DESC, id DESC LIMIT $1", limit)
    return [
        (
            Look(
                row["id"], row["viewer_id"], row["grant_id"], row["what"], row["about"], "",
                row["purpose"], row["at"],
            ),
            row["record_id"],
        )
        for row in rows
    ]  # fmt: skip


def _grant(row: Row) -> Grant:
    clients = None if row["client_ids"] is None else tuple(row["client_ids"])
    return Grant(
        row["id"], row["examiner_id"], row["purpose"], clients, row["from_us"], row["until_us"],
        row["starts_at"], row["ends_at"], row["granted_by"], row["granted_at"], row["revoked_by"],
        row["revoked_at"], row["record_id"],
    )  # fmt: skip
