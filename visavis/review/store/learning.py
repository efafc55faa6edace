"""Table `taught_ranker`: what the dispositions of reviewers have taught, version by version; the newest counts."""

from collections.abc import Mapping
from datetime import datetime

from visavis.kernel.db import Row, Tx


async def newest_version(tx: Tx) -> str | None:
    """The version that counts, where reviewers have taught one."""
    found: str | None = await tx.fetchval(
        "SELECT version FROM taught_ranker ORDER BY at DESC, version DESC LIMIT 1"
    )
    return found


async def find(tx: Tx, version: str) -> Row | None:
    """One version with its weights."""
    return await tx.fetchrow("SELECT * FROM taught_ranker WHERE version = $1", version)


async def keep(
    tx: Tx, version: str, prior: float, weights: Mapping[str, float], trained_on: int, at: datetime
) -> None:
    """Keep a version; the same dispositions give the same one."""
    await tx.execute(
        "INSERT INTO taught_ranker (version, weights, prior, trained_on, at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (version) DO NOTHING",
        version, dict(weights), prior, trained_on, at,
    )  # fmt: skip


async def recent(tx: Tx, limit: int) -> list[Row]:
    """The newest dispositions about the firm's side, oldest of them first."""
    rows = await tx.fetch(
        "SELECT entry_id, conversation_id, violation, at FROM disposition WHERE direction <> 'client_to_staff'"
        " ORDER BY at DESC, item_id DESC LIMIT $1",
        limit,
    )
    return rows[::-1]
