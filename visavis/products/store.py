"""Tables of the product register and all SQL that touches them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from visavis.archive.types import Origin
from visavis.kernel.db import Row, Tx
from visavis.products.types import (
    Goal,
    ProductDetails,
    ProductKind,
    ProductRiskLevel,
    ProductVersion,
    VersionState,
)

VERSIONS = "SELECT v.*, p.code FROM product_version AS v JOIN product AS p ON p.id = v.product_id"

# Approved versions that began or ended without anybody having been told.
TURNED = """
UPDATE product_version SET told_from = told_from OR effective_from <= $1,
    told_to = told_to OR (effective_to IS NOT NULL AND effective_to < $1)
WHERE state = 'approved' AND ((NOT told_from AND effective_from <= $1)
    OR (NOT told_to AND effective_to < $1))
RETURNING product_id
"""


async def insert_products(tx: Tx, rows: Sequence[tuple[UUID, str, datetime]]) -> None:
    """Keep new products: id, code, made at."""
    await tx.execute(
        "INSERT INTO product (id, code, created_at)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])",
        [one[0] for one in rows], [one[1] for one in rows], [one[2] for one in rows],
    )  # fmt: skip


async def ids_by_code(tx: Tx, codes: Collection[str]) -> dict[str, UUID]:
    """Products by the firm's code, locked in id order."""
    rows = await tx.fetch(
        "SELECT id, code FROM product WHERE code = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        list(codes),
    )
    return {row["code"]: row["id"] for row in rows}


async def known_codes(tx: Tx, codes: Collection[str]) -> dict[str, UUID]:
    """Products by the firm's code, without a lock."""
    rows = await tx.fetch("SELECT id, code FROM product WHERE code = ANY($1)", list(codes))
    return {row["code"]: row["id"] for row in rows}


async def lock(tx: Tx, product_id: UUID) -> bool:
    """Lock a product; False where there is none."""
    found = await tx.fetchval("SELECT id FROM product WHERE id = $1 FOR NO KEY UPDATE", product_id)
    return found is not None


async def insert_versions(tx: Tx, versions: Sequence[ProductVersion]) -> None:
    """Keep new versions."""
    await tx.executemany(
        "INSERT INTO product_version (product_id, version, state, content, effective_from, effective_to, author_id,"
        " note, created_at, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            (
                v.product_id, v.version, v.state.value, content_of(v.details), v.details.effective_from,
                v.details.effective_to, v.author_id, v.note, v.created_at, v.record_id,
            )
            for v in versions
        ],
    )  # fmt: skip


async def decide(
    tx: Tx,
    one: ProductVersion,
    state: VersionState,
    by: UUID,
    note: str,
    at: datetime,
    record: UUID,
) -> None:
    """Keep the decision on a version."""
    await tx.execute(
        "UPDATE product_version SET state = $3, approver_id = $4, note = $5, decided_at = $6, record_id = $7"
        " WHERE product_id = $1 AND version = $2",
        one.product_id, one.version, state.value, by, note, at, record,
    )  # fmt: skip


async def versions(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, list[ProductVersion]]:
    """All versions of these products, oldest first."""
    rows = await tx.fetch(
        VERSIONS + " WHERE v.product_id = ANY($1) ORDER BY v.product_id, v.version",
        list(product_ids),
    )
    found: dict[UUID, list[ProductVersion]] = {}
    for row in rows:
        found.setdefault(row["product_id"], []).append(version_of(row))
    return found


async def listed(tx: Tx, query: str, after: str, limit: int) -> list[UUID]:
    """Products whose code or name holds `query`, in the order of their codes."""
    rows = await tx.fetch(
        "SELECT p.id FROM product AS p WHERE p.code > $2 AND ($1 = '' OR p.code ILIKE $3 OR EXISTS (SELECT FROM"
        " product_version AS v WHERE v.product_id = p.id AND (v.content -> 'names')::text ILIKE $3))"
        " ORDER BY p.code LIMIT $4",
        query, after, f"%{_literal(query)}%", limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def in_force_ids(tx: Tx, on: date) -> list[UUID]:
    """Products of which some version has been approved and begun, in the order of their codes."""
    rows = await tx.fetch(
        "SELECT p.id FROM product AS p WHERE EXISTS (SELECT FROM product_version AS v WHERE v.product_id = p.id"
        " AND v.state = 'approved' AND v.effective_from <= $1) ORDER BY p.code",
        on,
    )
    return [row["id"] for row in rows]


async def turned(tx: Tx, on: date) -> list[UUID]:
    """Products of which a version began or ended by `on` without anybody having been told; they are told now."""
    return sorted({row["product_id"] for row in await tx.fetch(TURNED, on)})


async def add_import(
    tx: Tx, import_id: UUID, by: UUID, digest: bytes, rows: int, at: datetime, record: UUID
) -> None:
    """Keep that a list was brought in."""
    await tx.execute(
        "INSERT INTO product_import (id, imported_by, digest, rows, at, record_id) VALUES ($1, $2, $3, $4, $5, $6)",
        import_id, by, digest, rows, at, record,
    )  # fmt: skip


def _literal(query: str) -> str:
    return query.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def content_of(one: ProductDetails) -> dict[str, Any]:
    """Details as they are stored, the dates apart."""
    return {
        "names": dict(one.names), "kind": one.kind.value, "risk": int(one.risk), "term_months": one.term_months,
        "goals": sorted(one.goals), "min_amount": one.min_amount, "professional_only": one.professional_only,
        "summaries": dict(one.summaries),
        "risk_points": {language: list(points) for language, points in one.risk_points.items()},
    }  # fmt: skip


def details_of(content: Mapping[str, Any], first: date, last: date | None) -> ProductDetails:
    """Stored content as details."""
    return ProductDetails(
        content["names"], ProductKind(content["kind"]), ProductRiskLevel(content["risk"]), content["term_months"],
        frozenset(map(Goal, content["goals"])), content["min_amount"], content["professional_only"],
        content["summaries"],
        {language: tuple(points) for language, points in content["risk_points"].items()}, first, last,
    )  # fmt: skip


def version_of(row: Row) -> ProductVersion:
    """The version in a row."""
    return ProductVersion(
        row["product_id"], row["code"], row["version"], VersionState(row["state"]),
        details_of(row["content"], row["effective_from"], row["effective_to"]), row["author_id"],
        row["approver_id"], row["note"], row["created_at"], row["decided_at"], row["record_id"],
    )  # fmt: skip


KEPT_VERSIONS = """
SELECT v.record_id, format('%s/%s', v.product_id, v.version) AS thread, format('%s/%s', p.code, v.version) AS key,
    jsonb_build_object('@object', v.product_id, 'content', v.content) AS says
FROM product_version AS v JOIN product AS p ON p.id = v.product_id
"""

KEPT_IMPORTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'actor', imported_by, 'sha256', encode(digest, 'hex'), 'rows', rows) AS says
FROM product_import
"""

ORIGINS = (
    Origin("product_version", frozenset({"product"}), "{@object}/{version}", KEPT_VERSIONS),
    Origin("product_import", frozenset({"product.list"}), "{@record}", KEPT_IMPORTS),
)
