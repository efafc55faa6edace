"""`client_request` and its steps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.suitability.types import ClientRequest, RequestState, Step

REQUESTS = """
SELECT r.*, array(SELECT step FROM client_request_step AS s WHERE s.request_id = r.id ORDER BY number) AS steps,
    array(SELECT at FROM client_request_step AS s WHERE s.request_id = r.id ORDER BY number) AS moments
FROM client_request AS r
"""


@dataclass(frozen=True)
class StepRow:
    """A step as it is kept."""

    step: Step
    actor_id: UUID
    at: datetime
    evidence: Mapping[str, Any]
    record_id: UUID


async def insert(tx: Tx, one: ClientRequest) -> None:
    """Keep a new request, yet without steps."""
    await tx.execute(
        "INSERT INTO client_request (id, client_id, environment, product_id, product_version, amount_upto, mismatch,"
        " special, state, versions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.client_id, one.environment.value, one.product_id, one.product_version, one.amount_upto,
        one.mismatch, one.special, one.state.value, one.versions, one.created_at,
    )  # fmt: skip


async def add_step(tx: Tx, request_id: UUID, number: int, one: StepRow) -> None:
    """Keep a step."""
    await tx.execute(
        "INSERT INTO client_request_step (request_id, number, step, actor_id, at, evidence, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        request_id, number, one.step.value, one.actor_id, one.at, one.evidence, one.record_id,
    )  # fmt: skip


async def change(tx: Tx, one: ClientRequest) -> None:
    """Keep where a request stands."""
    await tx.execute(
        "UPDATE client_request SET state = $2, warning_hash = $3, confirmed_at = $4, permitted_at = $5,"
        " expires_at = $6 WHERE id = $1",
        one.id, one.state.value, one.warning_hash, one.confirmed_at, one.permitted_at, one.expires_at,
    )  # fmt: skip


async def request(tx: Tx, request_id: UUID) -> ClientRequest | None:
    """One request, locked."""
    row = await tx.fetchrow(REQUESTS + " WHERE r.id = $1 FOR NO KEY UPDATE OF r", request_id)
    return request_of(row) if row else None


async def live(tx: Tx, client_id: UUID, product_id: UUID) -> ClientRequest | None:
    """The client's living request for a product, locked."""
    row = await tx.fetchrow(
        REQUESTS + " WHERE r.client_id = $1 AND r.product_id = $2 AND r.state IN ('open', 'permitted')"
        " FOR NO KEY UPDATE OF r",
        client_id, product_id,
    )  # fmt: skip
    return request_of(row) if row else None


async def live_of(
    tx: Tx, client_ids: Collection[UUID] = (), product_ids: Collection[UUID] = ()
) -> list[ClientRequest]:
    """The living requests of these clients, or for these products, locked in id order."""
    rows = await tx.fetch(
        REQUESTS + " WHERE (r.client_id = ANY($1) OR r.product_id = ANY($2)) AND r.state IN ('open', 'permitted')"
        " ORDER BY r.id FOR NO KEY UPDATE OF r",
        list(client_ids), list(product_ids),
    )  # fmt: skip
    return [request_of(row) for row in rows]


async def confirmed(tx: Tx) -> list[ClientRequest]:
    """Open requests that their client has confirmed, locked in id order."""
    rows = await tx.fetch(
        REQUESTS + " WHERE r.state = 'open' AND r.confirmed_at IS NOT NULL ORDER BY r.id LIMIT 500"
        " FOR NO KEY UPDATE OF r SKIP LOCKED"
    )
    return [request_of(row) for row in rows]


async def of_client(
    tx: Tx, client_id: UUID, product_id: UUID, since: datetime, until: datetime
) -> list[ClientRequest]:
    """A client's requests for a product in a time, oldest first."""
    rows = await tx.fetch(
        REQUESTS + " WHERE r.client_id = $1 AND r.product_id = $2 AND r.created_at >= $3 AND r.created_at < $4"
        " ORDER BY r.created_at, r.id",
        client_id, product_id, since, until,
    )  # fmt: skip
    return [request_of(row) for row in rows]


async def steps(tx: Tx, request_ids: Sequence[UUID]) -> dict[UUID, list[StepRow]]:
    """The steps of requests with their evidence, in order."""
    rows = await tx.fetch(
        "SELECT * FROM client_request_step WHERE request_id = ANY($1) ORDER BY request_id, number",
        list(request_ids),
    )
    found: dict[UUID, list[StepRow]] = {}
    for row in rows:
        found.setdefault(row["request_id"], []).append(
            StepRow(
                Step(row["step"]), row["actor_id"], row["at"], row["evidence"], row["record_id"]
            )
        )
    return found


async def to_call(tx: Tx, environment: Environment) -> list[ClientRequest]:
    """Requests of the special levels that wait for the call-back, oldest confirmation first."""
    rows = await tx.fetch(
        REQUESTS + " WHERE r.state = 'open' AND r.special AND r.confirmed_at IS NOT NULL AND r.environment = $1"
        " AND NOT EXISTS (SELECT FROM client_request_step AS s WHERE s.request_id = r.id AND s.step = 'called_back')"
        " ORDER BY r.confirmed_at LIMIT 200",
        environment.value,
    )  # fmt: skip
    return [request_of(row) for row in rows]


def request_of(row: Row) -> ClientRequest:
    """The request in a row."""
    steps = tuple((Step(step), at) for step, at in zip(row["steps"], row["moments"], strict=True))
    return ClientRequest(
        row["id"], row["client_id"], Environment(row["environment"]), row["product_id"], row["product_version"],
        row["amount_upto"], row["mismatch"], row["special"], RequestState(row["state"]), steps, row["versions"],
        row["warning_hash"], row["confirmed_at"], row["permitted_at"], row["expires_at"], row["created_at"],
    )  # fmt: skip
