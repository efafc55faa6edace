"""Tables `touch` and `book_import`: proactive contacts, imported books."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Tx


async def usual_replies(
    tx: Tx, staff_ids: Collection[UUID], since: datetime, least: int
) -> dict[UUID, int]:
    """Per member of staff the median of his observed answers in seconds, where there are at least `least`."""
    rows = await tx.fetch(
        "SELECT staff_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median FROM reply"
        " WHERE staff_id = ANY($1) AND at > $2 GROUP BY staff_id HAVING count(*) >= $3",
        list(staff_ids), since, least,
    )  # fmt: skip
    return {row["staff_id"]: round(row["median"]) for row in rows}


async def declined(tx: Tx, client_ids: Collection[UUID], since: datetime) -> dict[UUID, list[UUID]]:
    """Per client the staff whom he has declined since then."""
    rows = await tx.fetch(
        "SELECT client_id, array_agg(staff_id) AS staff FROM connection WHERE client_id = ANY($1)"
        " AND reason = 'client_declined' AND state = 'dissolved' AND dissolved_at > $2 GROUP BY client_id",
        list(client_ids), since,
    )  # fmt: skip
    return {row["client_id"]: row["staff"] for row in rows}


async def touches(
    tx: Tx, client_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[datetime]]:
    """Per client the moments of proactive contact since then."""
    rows = await tx.fetch(
        "SELECT client_id, array_agg(at ORDER BY at) AS moments FROM touch"
        " WHERE client_id = ANY($1) AND at > $2 GROUP BY client_id",
        list(client_ids), since,
    )  # fmt: skip
    return {row["client_id"]: row["moments"] for row in rows}


async def add_touch(
    tx: Tx, touch_id: UUID, client_id: UUID, staff_id: UUID, kind: str, at: datetime, record: UUID
) -> None:
    """Keep a proactive contact."""
    await tx.execute(
        "INSERT INTO touch (id, client_id, staff_id, kind, at, record_id) VALUES ($1, $2, $3, $4, $5, $6)",
        touch_id, client_id, staff_id, kind, at, record,
    )  # fmt: skip


async def add_import(
    tx: Tx, import_id: UUID, actor_id: UUID, digest: bytes, rows: int, at: datetime, record: UUID
) -> None:
    """Keep that a book was imported."""
    await tx.execute(
        "INSERT INTO book_import (id, actor_id, file_digest, rows, at, record_id) VALUES ($1, $2, $3, $4, $5, $6)",
        import_id, actor_id, digest, rows, at, record,
    )  # fmt: skip


async def last_touch(tx: Tx, client_id: UUID, staff_id: UUID) -> datetime | None:
    """When this member of staff last contacted the client on his own initiative."""
    found: datetime | None = await tx.fetchval(
        "SELECT max(at) FROM touch WHERE client_id = $1 AND staff_id = $2", client_id, staff_id
    )
    return found


async def ever_with(tx: Tx, staff_id: UUID) -> set[UUID]:
    """The clients with whom a member of staff is or was connected."""
    sql = "SELECT DISTINCT client_id FROM connection WHERE staff_id = $1"
    return {row["client_id"] for row in await tx.fetch(sql, staff_id)}
