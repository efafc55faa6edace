"""`match_decision` and `suitability_document`: decisions, and the documents that they were made under."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.suitability.types import (
    Document,
    DocumentKind,
    DocumentState,
    MatchDecision,
    Path,
    Reason,
)

IN_FORCE = """
SELECT DISTINCT ON (kind) * FROM suitability_document WHERE state = 'approved' AND effective_from <= $1
ORDER BY kind, effective_from DESC, version DESC
"""
MATRIX_TURNED = """
UPDATE suitability_document SET told = true
WHERE state = 'approved' AND NOT told AND kind = 'matrix' AND effective_from <= $1 RETURNING version
"""


async def keep(tx: Tx, decisions: Sequence[MatchDecision]) -> None:
    """Keep decisions, however many, in one statement."""
    each = list(decisions)
    await tx.execute(
        "INSERT INTO match_decision (id, client_id, environment, product_id, product_version, path, allowed, reason,"
        " inputs, versions, actor_id, conversation_id, reference, at, record_id) SELECT * FROM unnest($1::uuid[],"
        " $2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::text[], $7::bool[], $8::text[], $9::jsonb[],"
        " $10::jsonb[], $11::uuid[], $12::uuid[], $13::uuid[], $14::timestamptz[], $15::uuid[])",
        [d.id for d in each], [d.client_id for d in each], [d.environment.value for d in each],
        [d.product_id for d in each], [d.product_version for d in each], [d.path.value for d in each],
        [d.allowed for d in each], [d.reason.value if d.reason else None for d in each],
        [d.inputs for d in each], [d.versions for d in each], [d.actor_id for d in each],
        [d.conversation_id for d in each], [d.reference for d in each], [d.at for d in each],
        [d.record_id for d in each],
    )  # fmt: skip


async def decisions(
    tx: Tx,
    client_id: UUID,
    product_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[MatchDecision]:
    """A client's decisions, oldest first; all products where none is named, and `until` is beyond the last."""
    rows = await tx.fetch(
        "SELECT * FROM match_decision WHERE client_id = $1 AND ($2::uuid IS NULL OR product_id = $2)"
        " AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4) ORDER BY at, id",
        client_id, product_id, since, until,
    )  # fmt: skip
    return [decision_of(row) for row in rows]


async def decision(tx: Tx, decision_id: UUID) -> MatchDecision | None:
    """One decision."""
    row = await tx.fetchrow("SELECT * FROM match_decision WHERE id = $1", decision_id)
    return decision_of(row) if row else None


async def decisions_after(tx: Tx, after: UUID | None, limit: int) -> list[MatchDecision]:
    """Decisions by id, from behind `after`."""
    rows = await tx.fetch(
        "SELECT * FROM match_decision WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [decision_of(row) for row in rows]


async def documents_in_force(tx: Tx, on: date) -> dict[DocumentKind, Document]:
    """The version of each kind that is in force on this day."""
    return {one.kind: one for one in (document_of(row) for row in await tx.fetch(IN_FORCE, on))}


async def documents(tx: Tx, kind: DocumentKind | None = None) -> list[Document]:
    """All versions, oldest first within each kind."""
    rows = await tx.fetch(
        "SELECT * FROM suitability_document WHERE $1::text IS NULL OR kind = $1 ORDER BY kind, version",
        kind.value if kind else None,
    )
    return [document_of(row) for row in rows]


async def insert_document(tx: Tx, one: Document) -> bool:
    """Keep a version; False where it is there already."""
    return await tx.execute(
        "INSERT INTO suitability_document (kind, version, state, content, effective_from, author_id, approver_id,"
        " note, created_at, told, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $2 = 1, $10)"
        " ON CONFLICT DO NOTHING",
        one.kind.value, one.version, one.state.value, one.content, one.effective_from, one.author_id,
        one.approver_id, one.note, one.created_at, one.record_id,
    ) == 1  # fmt: skip


async def decide_document(
    tx: Tx, one: Document, state: DocumentState, by: UUID, note: str, record_id: UUID
) -> None:
    """Keep the decision on a version."""
    await tx.execute(
        "UPDATE suitability_document SET state = $3, approver_id = $4, note = $5, record_id = $6"
        " WHERE kind = $1 AND version = $2",
        one.kind.value, one.version, state.value, by, note, record_id,
    )  # fmt: skip


async def matrix_turned(tx: Tx, on: date) -> list[int]:
    """Versions of the matrix that came into force by `on` without anybody having been told; they are told now."""
    return [row["version"] for row in await tx.fetch(MATRIX_TURNED, on)]


def decision_of(row: Row) -> MatchDecision:
    """The decision in a row."""
    return MatchDecision(
        row["id"], row["client_id"], Environment(row["environment"]), row["product_id"], row["product_version"],
        Path(row["path"]), row["allowed"], Reason(row["reason"]) if row["reason"] else None, row["inputs"],
        row["versions"], row["actor_id"], row["conversation_id"], row["reference"], row["at"], row["record_id"],
    )  # fmt: skip


def document_of(row: Row) -> Document:
    """The document in a row."""
    return Document(
        DocumentKind(row["kind"]), row["version"], DocumentState(row["state"]), row["content"],
        row["effective_from"], row["author_id"], row["approver_id"], row["note"], row["created_at"],
        row["record_id"],
    )  # fmt: skip
