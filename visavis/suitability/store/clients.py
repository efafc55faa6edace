"""`assessment` and `investor_category`: how clients stand."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.products.types import Goal, ProductKind
from visavis.suitability.types import (
    Assessment,
    AssessmentState,
    CategoryState,
    InvestorCategory,
    RiskToleranceLevel,
)

LATEST = """
SELECT a.*, p.valid_until AS professional_until, c.client_id AS asked FROM unnest($1::uuid[]) AS c (client_id)
LEFT JOIN LATERAL (SELECT * FROM assessment AS a WHERE a.client_id = c.client_id
                   ORDER BY a.taken_at DESC, a.id DESC LIMIT 1) AS a ON true
LEFT JOIN investor_category AS p ON p.client_id = c.client_id AND p.state = 'accepted' AND p.valid_until > $2
"""


async def latest(
    tx: Tx, client_ids: Collection[UUID], at: datetime
) -> dict[UUID, tuple[Assessment | None, datetime | None]]:
    """Each client's latest attempt, and until when he is professional; one statement for all."""
    rows = await tx.fetch(LATEST, list(client_ids), at)
    return {
        row["asked"]: (assessment_of(row) if row["id"] else None, row["professional_until"])
        for row in rows
    }


async def lock(tx: Tx, client_id: UUID) -> None:
    """Let nobody else take this client's attempts or conversions at the same time."""
    await tx.execute(
        "INSERT INTO suitability_client AS c (client_id) VALUES ($1)"
        " ON CONFLICT (client_id) DO UPDATE SET client_id = c.client_id",
        client_id,
    )


async def attempts(tx: Tx, client_id: UUID, since: datetime) -> list[Assessment]:
    """The client's attempts since then, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM assessment WHERE client_id = $1 AND taken_at >= $2 ORDER BY taken_at, id",
        client_id, since,
    )  # fmt: skip
    return [assessment_of(row) for row in rows]


async def insert(tx: Tx, one: Assessment) -> None:
    """Keep an attempt."""
    await tx.execute(
        "INSERT INTO assessment (id, client_id, environment, state, questionnaire_version, bands_version, answers,"
        " score, level, lowest, goals, kinds, months, taken_at, expires_at, alert, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        one.id, one.client_id, one.environment.value, one.state.value, one.questionnaire_version,
        one.bands_version, one.answers, one.score, int(one.level) if one.level else None, one.lowest,
        sorted(one.goals), sorted(one.kinds), one.months, one.taken_at, one.expires_at, one.alert, one.record_id,
    )  # fmt: skip


async def withdraw(tx: Tx, assessment_id: UUID, record_id: UUID) -> None:
    """Take an attempt back."""
    await tx.execute(
        "UPDATE assessment SET state = 'withdrawn', record_id = $2 WHERE id = $1",
        assessment_id,
        record_id,
    )


async def expiring(tx: Tx, at: datetime) -> list[UUID]:
    """Clients whose assessment or conversion has expired without anybody having been told; they are told now."""
    rows = await tx.fetch(
        "WITH a AS (UPDATE assessment SET expiry_told = true WHERE NOT expiry_told AND expires_at <= $1"
        " RETURNING client_id), c AS (UPDATE investor_category SET expiry_told = true, state = 'ended'"
        " WHERE state = 'accepted' AND valid_until <= $1 RETURNING client_id)"
        " SELECT client_id FROM a UNION SELECT client_id FROM c ORDER BY client_id",
        at,
    )
    return [row["client_id"] for row in rows]


async def alerts(tx: Tx, environment: Environment, limit: int) -> list[Assessment]:
    """Attempts that somebody should look at, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM assessment WHERE alert <> '' AND environment = $1 ORDER BY taken_at DESC LIMIT $2",
        environment.value, limit,
    )  # fmt: skip
    return [assessment_of(row) for row in rows]


async def categories(tx: Tx, client_id: UUID) -> list[InvestorCategory]:
    """The client's conversions, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM investor_category WHERE client_id = $1 ORDER BY applied_at DESC, id DESC",
        client_id,
    )
    return [category_of(row) for row in rows]


async def conversions(
    tx: Tx, environment: Environment, state: CategoryState, now: datetime
) -> list[InvestorCategory]:
    """Conversions in a state and still good: whose proofs are due first, then the oldest application."""
    rows = await tx.fetch(
        "SELECT * FROM investor_category WHERE state = $2 AND environment = $1"
        " AND coalesce(valid_until, 'infinity') > $3 ORDER BY valid_until, applied_at LIMIT 200",
        environment.value, state.value, now,
    )  # fmt: skip
    return [category_of(row) for row in rows]


async def category(tx: Tx, category_id: UUID) -> InvestorCategory | None:
    """One conversion, locked."""
    row = await tx.fetchrow(
        "SELECT * FROM investor_category WHERE id = $1 FOR NO KEY UPDATE", category_id
    )
    return category_of(row) if row else None


async def insert_category(tx: Tx, one: InvestorCategory, record_id: UUID) -> None:
    """Keep a conversion."""
    await tx.execute(
        "INSERT INTO investor_category (id, client_id, environment, state, basis, evidence, score, answer, applied_at,"
        " decided_by, decided_at, valid_until, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        one.id, one.client_id, one.environment.value, one.state.value, one.basis, one.evidence, one.score,
        one.answer, one.applied_at, one.decided_by, one.decided_at, one.valid_until, record_id,
    )  # fmt: skip


async def change_category(tx: Tx, one: InvestorCategory, record_id: UUID) -> None:
    """Keep what became of a conversion."""
    await tx.execute(
        "UPDATE investor_category SET state = $2, answer = $3, decided_by = $4, decided_at = $5, valid_until = $6,"
        " record_id = $7 WHERE id = $1",
        one.id, one.state.value, one.answer, one.decided_by, one.decided_at, one.valid_until, record_id,
    )  # fmt: skip


def assessment_of(row: Row) -> Assessment:
    """The attempt in a row."""
    return Assessment(
        row["id"], row["client_id"], Environment(row["environment"]), AssessmentState(row["state"]),
        row["questionnaire_version"], row["bands_version"], row["answers"], row["score"],
        RiskToleranceLevel(row["level"]) if row["level"] else None, row["lowest"],
        frozenset(map(Goal, row["goals"])), frozenset(map(ProductKind, row["kinds"])), row["months"],
        row["taken_at"], row["expires_at"], row["alert"], row["record_id"],
    )  # fmt: skip


def category_of(row: Row) -> InvestorCategory:
    """The conversion in a row."""
    evidence: dict[str, Any] = row["evidence"]
    return InvestorCategory(
        row["id"], row["client_id"], Environment(row["environment"]), CategoryState(row["state"]), row["basis"],
        evidence, row["score"], row["answer"], row["applied_at"], row["decided_by"], row["decided_at"],
        row["valid_until"],
    )  # fmt: skip
