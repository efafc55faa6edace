"""Table `wrapping_key`, as it is destroyed."""

from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Row, Tx


async def destroy(tx: Tx, relationship_id: UUID, now: datetime) -> list[Row]:
    """Forget the keys of a relationship; their rows stay, to say that they were destroyed, and when."""
    return await tx.fetch(
        "UPDATE wrapping_key SET wrapped = NULL, destroyed_at = $2"
        " WHERE relationship_id = $1 AND wrapped IS NOT NULL RETURNING id, retention_class",
        relationship_id, now,
    )  # fmt: skip
