"""Table `request` as one client sees it: what he has open, his place in the line, that he is there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.dispatch.store.requests import build
from visavis.dispatch.types import Request
from visavis.kernel.db import Tx

POSITION = """
SELECT count(*) + 1 FROM request
WHERE environment = $1 AND capability = $2 AND state IN ('waiting', 'held', 'offered', 'pooled')
    AND (waiting_since, id) < ($3, $4)
"""


async def behind(tx: Tx, request: Request, limit: int) -> list[tuple[UUID, UUID]]:
    """Who waits behind the request in its line, the next ones first: (client, request)."""
    rows = await tx.fetch(
        "SELECT client_id, id FROM request WHERE environment = $1 AND capability = $2"
        " AND state IN ('waiting', 'held', 'offered', 'pooled') AND (waiting_since, id) > ($3, $4)"
        " ORDER BY waiting_since, id LIMIT $5",
        request.environment.value, request.capability, request.waiting_since, request.id, limit,
    )  # fmt: skip
    return [(row["client_id"], row["id"]) for row in rows]


async def newest_of_client(tx: Tx, client_id: UUID) -> Request | None:
    """The client's request that is not over, the live one before a sleeping one."""
    row = await tx.fetchrow(
        "SELECT * FROM request WHERE client_id = $1 AND state NOT IN ('closed', 'abandoned', 'cancelled')"
        " ORDER BY state IN ('scheduled', 'message_left'), opened_at DESC LIMIT 1",
        client_id,
    )
    return build(row) if row else None


async def versions(tx: Tx, client_ids: Sequence[UUID]) -> list[tuple[UUID, UUID, int]]:
    """The requests of these clients that are not over, each with the version of its state."""
    rows = await tx.fetch(
        "SELECT client_id, id, version FROM request WHERE client_id = ANY($1)"
        " AND state NOT IN ('closed', 'abandoned', 'cancelled')",
        list(client_ids),
    )
    return [(row["client_id"], row["id"], row["version"]) for row in rows]


async def opened_since(tx: Tx, client_id: UUID, since: datetime) -> int:
    """How many requests the client has opened since then."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM request WHERE client_id = $1 AND opened_at > $2", client_id, since
        )
    )


async def seen_clients(tx: Tx, client_ids: Sequence[UUID], now: datetime) -> None:
    """The clients are there: what they wait for is not abandoned. Waits for nobody: the next sign of life follows."""
    await tx.execute(
        "UPDATE request SET client_seen_at = $2 WHERE id IN (SELECT id FROM request WHERE client_id = ANY($1)"
        " AND state IN ('waiting', 'held', 'offered', 'pooled') FOR UPDATE SKIP LOCKED)",
        client_ids, now,
    )  # fmt: skip


async def position(tx: Tx, request: Request) -> int:
    """The request's place among those that wait for the same capability, from 1."""
    return int(
        await tx.fetchval(
            POSITION,
            request.environment.value,
            request.capability,
            request.waiting_since,
            request.id,
        )
    )
