"""Reading what the contexts keep of one client, as they describe it; and table `client_copy`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.archive.types import Holding
from visavis.custody.types import CopyFormat
from visavis.kernel.db import Tx

# The last rows of a part, in its own order, and how many there are.
ROWS = """
SELECT coalesce(jsonb_agg(row ORDER BY n) FILTER (WHERE $2::bigint IS NULL OR n > total - $2), '[]') AS rows,
    count(*) AS total
FROM (SELECT to_jsonb(held) AS row, row_number() OVER () AS n, count(*) OVER () AS total
      FROM ({sql}) AS held) AS every
"""


async def rows(
    tx: Tx, one: Holding, client_id: UUID, most: int | None
) -> tuple[list[dict[str, Any]], int]:
    """The last `most` rows of a part (None: all), and their number in all."""
    found = await tx.fetchrow(ROWS.format(sql=one.sql), client_id, most)
    assert found is not None
    return found["rows"], found["total"]


async def copies_since(tx: Tx, client_id: UUID, since: datetime) -> list[datetime]:
    """When a client has taken copies home since then, in order; her own calls come one after the other."""
    await tx.fetchval("SELECT id FROM person WHERE id = $1 FOR UPDATE", client_id)
    rows = await tx.fetch(
        "SELECT at FROM client_copy WHERE client_id = $1 AND at > $2 ORDER BY at", client_id, since
    )
    return [row["at"] for row in rows]


async def add_copy(
    tx: Tx, copy_id: UUID, client_id: UUID, form: CopyFormat, digest: bytes, size: int, at: datetime,
    record_id: UUID,
) -> None:  # fmt: skip
    """Keep that a copy was taken home, not the copy."""
    await tx.execute(
        "INSERT INTO client_copy (id, client_id, format, digest, bytes, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        copy_id, client_id, form.value, digest, size, at, record_id,
    )  # fmt: skip
