"""Table `export_job`."""

from datetime import datetime, timedelta
from uuid import UUID

from visavis.custody.types import Export, ExportFormat, ExportState
from visavis.kernel.db import Row, Tx

CLAIM = """
UPDATE export_job SET state = 'running', claimed_at = $1, done = 0 WHERE id = (
    SELECT id FROM export_job WHERE state = 'queued' OR (state = 'running' AND claimed_at < $2)
    ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


async def add(tx: Tx, one: Export) -> None:
    """Put an export in the queue."""
    await tx.execute(
        "INSERT INTO export_job (id, state, asked_by, grant_id, environment, format, client_id, from_us, until_us,"
        " purpose, asked_at, record_id) VALUES ($1, 'queued', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.asked_by, one.grant_id, one.environment, one.format.value, one.client_id,
        one.from_us, one.until_us, one.purpose, one.asked_at, one.record_id,
    )  # fmt: skip


async def claim(tx: Tx, now: datetime, patience: timedelta) -> Export | None:
    """Take the oldest one that waits, or that nobody has got on with for `patience`."""
    row = await tx.fetchrow(CLAIM, now, now - patience)
    return _export(row) if row else None


async def progress(tx: Tx, export_id: UUID, done: int, total: int, now: datetime) -> None:
    """So many of so many records are written."""
    await tx.execute(
        "UPDATE export_job SET done = $2, total = $3, claimed_at = $4 WHERE id = $1",
        export_id, done, total, now,
    )  # fmt: skip


async def finish(
    tx: Tx, export_id: UUID, state: ExportState, size: int, sha256: str, error: str,
    now: datetime, record_id: UUID,
) -> None:  # fmt: skip
    """What became of an export."""
    await tx.execute(
        "UPDATE export_job SET state = $2, bytes = $3, sha256 = $4, error = $5, ended_at = $6, record_id = $7"
        " WHERE id = $1",
        export_id, state.value, size, sha256, error, now, record_id,
    )  # fmt: skip


async def by_id(tx: Tx, export_id: UUID) -> Export | None:
    """One export."""
    row = await tx.fetchrow("SELECT * FROM export_job WHERE id = $1", export_id)
    return _export(row) if row else None


async def going_on(tx: Tx, export_id: UUID) -> bool:
    """Whether nobody has deleted the export meanwhile; nobody does until this transaction has ended."""
    state = await tx.fetchval("SELECT state FROM export_job WHERE id = $1 FOR UPDATE", export_id)
    return bool(state == ExportState.RUNNING)


async def listed(tx: Tx, asked_by: UUID | None, environment: str) -> list[Export]:
    """The newest exports of an environment, of one person or of all."""
    rows = await tx.fetch(
        "SELECT * FROM export_job WHERE environment = $1 AND ($2::uuid IS NULL OR asked_by = $2)"
        " ORDER BY asked_at DESC, id DESC LIMIT 100",
        environment, asked_by,
    )  # fmt: skip
    return [_export(row) for row in rows]


async def holding(tx: Tx, client_id: UUID) -> list[UUID]:
    """Delete what may hold something of this client from the list of files; their ids."""
    rows = await tx.fetch(
        "UPDATE export_job SET state = 'deleted' WHERE (client_id = $1 OR client_id IS NULL) AND state <> 'deleted'"
        " RETURNING id",
        client_id,
    )
    return [row["id"] for row in rows]


def _export(row: Row) -> Export:
    return Export(
        row["id"], ExportState(row["state"]), row["asked_by"], row["grant_id"], row["environment"],
        ExportFormat(row["format"]), row["client_id"], row["from_us"], row["until_us"], row["purpose"],
        row["total"], row["done"], row["bytes"], row["sha256"], row["error"], row["asked_at"], row["ended_at"],
        row["record_id"],
    )  # fmt: skip
