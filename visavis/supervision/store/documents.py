"""The house's policy documents, version by version; a decided version never changes again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.supervision.types.documents import DocumentStep, HouseDocument

# Of each name the version that came into force last; one without a source has ended the others.
IN_FORCE = """
SELECT * FROM (
    SELECT DISTINCT ON (name) * FROM policy_document WHERE state = 'approved' AND effective <= $1
    ORDER BY name, effective DESC, number DESC
) AS newest WHERE source <> '' ORDER BY name
"""


async def insert(tx: Tx, one: HouseDocument) -> None:
    """Keep a version that has been proposed."""
    await tx.execute(
        "INSERT INTO policy_document (id, environment, name, number, format, source, note, state, author_id,"
        " created_at, effective) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.environment.value, one.name, one.number, one.format, one.source, one.note, one.state.value,
        one.author_id, one.created_at, one.effective,
    )  # fmt: skip


async def next_number(tx: Tx, name: str) -> int:
    """The number of a name's next version; whoever else proposes one waits until this transaction ends."""
    await tx.execute("LOCK TABLE policy_document IN SHARE ROW EXCLUSIVE MODE")
    last = await tx.fetchval("SELECT max(number) FROM policy_document WHERE name = $1", name)
    return int(last or 0) + 1


async def find(tx: Tx, document_id: UUID) -> HouseDocument | None:
    """One version."""
    row = await tx.fetchrow("SELECT * FROM policy_document WHERE id = $1", document_id)
    return _document(row) if row else None


async def locked(tx: Tx, document_id: UUID) -> HouseDocument | None:
    """One version, held by this transaction."""
    row = await tx.fetchrow("SELECT * FROM policy_document WHERE id = $1 FOR UPDATE", document_id)
    return _document(row) if row else None


async def listed(tx: Tx, limit: int) -> list[HouseDocument]:
    """All versions, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM policy_document ORDER BY created_at DESC, id DESC LIMIT $1", limit
    )
    return [_document(row) for row in rows]


async def before(tx: Tx, one: HouseDocument) -> HouseDocument | None:
    """The version of the same name that was approved last before this one was written."""
    row = await tx.fetchrow(
        "SELECT * FROM policy_document WHERE name = $1 AND number < $2 AND state = 'approved'"
        " ORDER BY number DESC LIMIT 1",
        one.name, one.number,
    )  # fmt: skip
    return _document(row) if row else None


async def in_force(tx: Tx, day: date) -> list[HouseDocument]:
    """What the house has in force on a day, by name."""
    return [_document(row) for row in await tx.fetch(IN_FORCE, day)]


async def tested(tx: Tx, document_id: UUID, backtest: Mapping[str, Any], at: datetime) -> None:
    """Keep what a version would have done."""
    await tx.execute(
        "UPDATE policy_document SET state = 'tested', backtest = $2, tested_at = $3"
        " WHERE id = $1 AND state IN ('draft', 'tested')",
        document_id, dict(backtest), at,
    )  # fmt: skip


async def decide(
    tx: Tx,
    document_id: UUID,
    state: DocumentStep,
    by: UUID,
    note: str,
    effective: date,
    at: datetime,
) -> None:
    """Keep what somebody else has decided."""
    await tx.execute(
        "UPDATE policy_document SET state = $2, approver_id = $3, decision_note = $4, effective = $5,"
        " decided_at = $6 WHERE id = $1",
        document_id, state.value, by, note, effective, at,
    )  # fmt: skip


def _document(row: Row) -> HouseDocument:
    return HouseDocument(
        row["id"], Environment(row["environment"]), row["name"], row["number"], row["format"], row["source"],
        row["note"], DocumentStep(row["state"]), row["author_id"], row["created_at"], row["effective"],
        row["backtest"], row["tested_at"], row["approver_id"], row["decided_at"], row["decision_note"],
    )  # fmt: skip
