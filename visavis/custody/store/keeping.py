"""Tables `legal_hold` and `destruction`, and the erasures that other contexts hand over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.archive.types import Erasure
from visavis.custody.types import Destruction, DestructionState, Hold
from visavis.kernel.db import Row, Tx


async def add_hold(tx: Tx, one: Hold, record_id: UUID) -> None:
    """Place a hold."""
    await tx.execute(
        "INSERT INTO legal_hold (id, client_id, reason, basis, placed_by, placed_at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        one.id, one.client_id, one.reason, one.basis, one.placed_by, one.placed_at, record_id,
    )  # fmt: skip


async def stay(tx: Tx, client_id: UUID | None) -> None:
    """Let no approved destruction of the client, or with None of anybody, begin before this transaction has ended.

    Waits for one that has begun.
    """
    await tx.fetch(
        "SELECT 1 FROM destruction WHERE state = 'approved' AND ($1::uuid IS NULL OR client_id = $1) FOR UPDATE",
        client_id,
    )


async def release(tx: Tx, one: Hold, record_id: UUID) -> None:
    """Release a hold."""
    await tx.execute(
        "UPDATE legal_hold SET released_by = $2, released_at = $3, release_reason = $4, record_id = $5 WHERE id = $1",
        one.id, one.released_by, one.released_at, one.release_reason, record_id,
    )  # fmt: skip


async def hold(tx: Tx, hold_id: UUID) -> Hold | None:
    """One hold, locked."""
    row = await tx.fetchrow("SELECT * FROM legal_hold WHERE id = $1 FOR UPDATE", hold_id)
    return _hold(row) if row else None


async def holds(tx: Tx, client_id: UUID | None = None) -> list[Hold]:
    """Holds that bind a client, or all there ever were, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM legal_hold WHERE $1::uuid IS NULL"
        " OR ((client_id = $1 OR client_id IS NULL) AND released_at IS NULL) ORDER BY placed_at DESC, id DESC",
        client_id,
    )
    return [_hold(row) for row in rows]


async def add_destruction(tx: Tx, one: Destruction, record_id: UUID) -> bool:
    """Ask for a destruction; False where one is under way."""
    return await tx.execute(
        "INSERT INTO destruction (id, client_id, state, reason, asked_by, asked_at, record_id)"
        " VALUES ($1, $2, 'asked', $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        one.id, one.client_id, one.reason, one.asked_by, one.asked_at, record_id,
    ) == 1  # fmt: skip


async def decide(tx: Tx, one: Destruction, record_id: UUID) -> None:
    """Approve or refuse."""
    await tx.execute(
        "UPDATE destruction SET state = $2, decided_by = $3, decided_at = $4, note = $5, record_id = $6 WHERE id = $1",
        one.id, one.state.value, one.decided_by, one.decided_at, one.note, record_id,
    )  # fmt: skip


async def certify(
    tx: Tx, destruction_id: UUID, certificate: Mapping[str, Any], now: datetime, record_id: UUID
) -> None:
    """It is done; the certificate stays."""
    await tx.execute(
        "UPDATE destruction SET state = 'done', done_at = $2, certificate = $3, record_id = $4 WHERE id = $1",
        destruction_id, now, certificate, record_id,
    )  # fmt: skip


async def destruction(tx: Tx, destruction_id: UUID) -> Destruction | None:
    """One destruction, locked."""
    row = await tx.fetchrow("SELECT * FROM destruction WHERE id = $1 FOR UPDATE", destruction_id)
    return _destruction(row) if row else None


async def destructions(tx: Tx) -> list[Destruction]:
    """All destructions, newest first."""
    rows = await tx.fetch("SELECT * FROM destruction ORDER BY asked_at DESC, id DESC LIMIT 200")
    return [_destruction(row) for row in rows]


async def next_approved(tx: Tx) -> Destruction | None:
    """The oldest approved destruction that nobody is at."""
    row = await tx.fetchrow(
        "SELECT * FROM destruction WHERE state = 'approved' ORDER BY decided_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    return _destruction(row) if row else None


async def erase(
    tx: Tx, erasures: Sequence[Erasure], client_id: UUID
) -> tuple[dict[str, int], list[str]]:
    """Delete the serving copies; how many rows of each table, and which files go with them."""
    counts: dict[str, int] = {}
    paths: list[str] = []
    for one in erasures:
        if one.files:
            rows = await tx.fetch(one.sql, client_id)
            paths += [path for row in rows for path in row.values()]
            counts[one.table] = len(rows)
        else:
            counts[one.table] = await tx.execute(one.sql, client_id)
    return counts, paths


def _hold(row: Row) -> Hold:
    return Hold(
        row["id"], row["client_id"], row["reason"], row["basis"], row["placed_by"], row["placed_at"],
        row["released_by"], row["released_at"], row["release_reason"],
    )  # fmt: skip


def _destruction(row: Row) -> Destruction:
    return Destruction(
        row["id"], row["client_id"], DestructionState(row["state"]), row["reason"], row["asked_by"],
        row["asked_at"], row["decided_by"], row["decided_at"], row["note"], row["done_at"], row["certificate"],
    )  # fmt: skip
