"""`professional_proof`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.suitability.types import Proof


async def insert(tx: Tx, one: Proof) -> None:
    """Keep a proof that belongs to no application yet."""
    await tx.execute(
        "INSERT INTO professional_proof (id, client_id, environment, name, type, size, served_path, original_path,"
        " original_digest, at, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.client_id, one.environment.value, one.name, one.type, one.size, one.served_path,
        one.original_path, one.original_digest, one.at, one.record_id,
    )  # fmt: skip


async def find(tx: Tx, proof_id: UUID) -> Proof | None:
    """One proof."""
    row = await tx.fetchrow("SELECT * FROM professional_proof WHERE id = $1", proof_id)
    return _proof(row) if row else None


async def loose(tx: Tx, client_id: UUID) -> list[Proof]:
    """What the client has handed in for no application yet."""
    rows = await tx.fetch(
        "SELECT * FROM professional_proof WHERE client_id = $1 AND category_id IS NULL ORDER BY id",
        client_id,
    )
    return [_proof(row) for row in rows]


async def give(tx: Tx, client_id: UUID, category_id: UUID) -> None:
    """What the client has handed in belongs to this application."""
    await tx.execute(
        "UPDATE professional_proof SET category_id = $2 WHERE client_id = $1 AND category_id IS NULL",
        client_id, category_id,
    )  # fmt: skip


async def of_categories(tx: Tx, ids: Collection[UUID]) -> dict[UUID, list[Proof]]:
    """The proofs of applications, in the order in which they came."""
    rows = await tx.fetch(
        "SELECT * FROM professional_proof WHERE category_id = ANY($1::uuid[]) ORDER BY id",
        list(ids),
    )
    found: dict[UUID, list[Proof]] = {key: [] for key in ids}
    for row in rows:
        found[row["category_id"]].append(_proof(row))
    return found


async def due(tx: Tx, now: datetime, until: datetime) -> list[tuple[UUID, datetime]]:
    """Professional clients whose proofs are due by `until` and who were not reminded; they are now."""
    rows = await tx.fetch(
        "UPDATE investor_category SET reminded_at = $1 WHERE state = 'accepted' AND reminded_at IS NULL"
        " AND valid_until > $1 AND valid_until <= $2 RETURNING client_id, valid_until",
        now, until,
    )  # fmt: skip
    return [(row["client_id"], row["valid_until"]) for row in rows]


def _proof(row: Row) -> Proof:
    return Proof(
        row["id"], row["client_id"], Environment(row["environment"]), row["category_id"], row["name"], row["type"],
        row["size"], row["served_path"], row["original_path"], row["original_digest"], row["at"], row["record_id"],
    )  # fmt: skip
