"""Tables `offer`, `decision` and `claim`: who was asked, why, and who won."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.dispatch.types import (
    Candidate,
    Claimed,
    Constraint,
    Decision,
    Estimate,
    Mode,
    Offer,
    OfferState,
    Stage,
)
from visavis.kernel.db import Row, Tx

INSERT = """
INSERT INTO offer (id, request_id, advisor_id, decision_id, rank, of, state, why, issued_at, expires_at, record_id)
SELECT $1, $2, $3, $4, $5, $6, 'live', $7, $8, $9, $10
WHERE EXISTS (SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $11)
ON CONFLICT DO NOTHING
"""

END = """
UPDATE offer SET state = ends.state, ended_at = $3
FROM unnest($1::uuid[], $2::text[]) AS ends (id, state)
WHERE offer.id = ends.id AND offer.state = 'live'
    AND EXISTS (SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $4)
"""

DECIDE = """
INSERT INTO decision (id, request_id, stage, mode, policy_version, epoch, chosen, candidates, at, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

CLAIM = """
INSERT INTO claim (id, request_id, advisor_id, client_key, conversation_id, environment, capability, waited_s, at,
                   record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

WAITS = """
SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_s) AS median
FROM claim WHERE environment = $1 AND capability = $2 AND at > $3
"""


async def insert(tx: Tx, offers: Sequence[Offer], record_ids: Sequence[UUID], epoch: int) -> None:
    """Make the offers under the leader's epoch."""
    await tx.executemany(
        INSERT,
        [
            (o.id, o.request_id, o.advisor_id, o.decision_id, o.rank, o.of, list(o.why), o.issued_at, o.expires_at,
             record_id, epoch)
            for o, record_id in zip(offers, record_ids, strict=True)
        ],
    )  # fmt: skip


async def by_id(tx: Tx, offer_id: UUID) -> Offer | None:
    """One offer."""
    row = await tx.fetchrow("SELECT * FROM offer WHERE id = $1", offer_id)
    return build(row) if row else None


async def of_requests(tx: Tx, request_ids: Collection[UUID]) -> dict[UUID, list[Offer]]:
    """The offers that were made of each request, in order."""
    found: dict[UUID, list[Offer]] = {}
    for row in await tx.fetch(
        "SELECT * FROM offer WHERE request_id = ANY($1) ORDER BY id", list(request_ids)
    ):
        found.setdefault(row["request_id"], []).append(build(row))
    return found


async def live_of(tx: Tx, advisor_id: UUID, now: datetime) -> list[Offer]:
    """The advisor's offers that stand at `now`, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM offer WHERE advisor_id = $1 AND state = 'live' AND expires_at > $2 ORDER BY id",
        advisor_id, now,
    )  # fmt: skip
    return [build(row) for row in rows]


async def live_ids(tx: Tx, advisor_ids: Sequence[UUID], now: datetime) -> list[tuple[UUID, UUID]]:
    """The offers of these advisors that stand at `now`: (advisor, offer)."""
    rows = await tx.fetch(
        "SELECT advisor_id, id FROM offer WHERE advisor_id = ANY($1) AND state = 'live' AND expires_at > $2",
        list(advisor_ids), now,
    )  # fmt: skip
    return [(row["advisor_id"], row["id"]) for row in rows]


async def end(tx: Tx, ends: Sequence[tuple[UUID, OfferState]], now: datetime, epoch: int) -> None:
    """The leader ends these live offers, each in its own way."""
    await tx.execute(END, [one[0] for one in ends], [one[1].value for one in ends], now, epoch)


async def settle(
    tx: Tx, offer_id: UUID, state: OfferState, now: datetime, reason: str | None = None
) -> bool:
    """End one live offer that has not expired; False when it is over."""
    return await tx.execute(
        "UPDATE offer SET state = $2, ended_at = $3, reason = $4 WHERE id = $1 AND state = 'live' AND expires_at > $3",
        offer_id, state.value, now, reason,
    ) == 1  # fmt: skip


async def end_others(
    tx: Tx, request_id: UUID, state: OfferState, now: datetime, reason: str
) -> list[Offer]:
    """End every offer of the request that is still live; returns them as they are now, in id order."""
    rows = await tx.fetch(
        "UPDATE offer SET state = $2, ended_at = $3, reason = $4 WHERE request_id = $1 AND state = 'live' RETURNING *",
        request_id, state.value, now, reason,
    )  # fmt: skip
    return sorted((build(row) for row in rows), key=lambda one: one.id)


async def any_live(tx: Tx, request_id: UUID) -> bool:
    """Whether the request has a live offer."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT 1 FROM offer WHERE request_id = $1 AND state = 'live')",
            request_id,
        )
    )


async def next_expiry(tx: Tx, after: datetime) -> datetime | None:
    """When the next live offer expires, of those that expire after that moment."""
    found: datetime | None = await tx.fetchval(
        "SELECT min(expires_at) FROM offer WHERE state = 'live' AND expires_at > $1", after
    )
    return found


async def decide(tx: Tx, one: Decision, record_id: UUID, epoch: int | None) -> None:
    """Keep a decision with every candidate and every refusal."""
    await tx.execute(
        DECIDE, one.id, one.request_id, int(one.stage), one.mode.value, one.policy_version, epoch,
        list(one.chosen), candidates_json(one.candidates), one.at, record_id,
    )  # fmt: skip


async def decisions(tx: Tx, request_id: UUID) -> list[Decision]:
    """The decisions about a request, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM decision WHERE request_id = $1 ORDER BY at, id", request_id
    )
    return [_decision(row) for row in rows]


async def latest_decisions(
    tx: Tx, environment: str, before: UUID | None, limit: int
) -> list[tuple[Decision, Mapping[str, Any]]]:
    """Decisions of one world with their request's topic and state, newest first, for a list."""
    rows = await tx.fetch(
        "SELECT decision.*, request.topic, request.state AS request_state, request.capability FROM decision"
        " JOIN request ON request.id = decision.request_id"
        " WHERE request.environment = $1 AND ($2::uuid IS NULL OR decision.id < $2)"
        " ORDER BY decision.id DESC LIMIT $3",
        environment, before, limit,
    )  # fmt: skip
    return [(_decision(row), row) for row in rows]


async def claimed(tx: Tx, advisor_id: UUID, client_key: UUID) -> Claimed | None:
    """The answer that this key was given before."""
    row = await tx.fetchrow(
        "SELECT request_id, conversation_id FROM claim WHERE advisor_id = $1 AND client_key = $2",
        advisor_id, client_key,
    )  # fmt: skip
    return Claimed(row["request_id"], row["conversation_id"]) if row else None


async def insert_claim(
    tx: Tx, claim_id: UUID, answer: Claimed, advisor_id: UUID, client_key: UUID, environment: str,
    capability: str, waited_s: float, now: datetime, record_id: UUID,
) -> None:  # fmt: skip
    """Keep who won, and how long the client had waited (seconds)."""
    await tx.execute(
        CLAIM, claim_id, answer.request_id, advisor_id, client_key, answer.conversation_id, environment, capability,
        waited_s, now, record_id,
    )  # fmt: skip


async def estimate(
    tx: Tx, environment: str, capability: str, since: datetime, least: int
) -> Estimate:
    """The median wait of what was accepted since then; unknown below `least` observations."""
    row = await tx.fetchrow(WAITS, environment, capability, since)
    assert row is not None
    return Estimate(round(row["median"]) if row["n"] >= least else None, row["n"])


def candidates_json(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Candidates as they are kept and hashed for the record."""
    return [
        {"staff": str(one.staff_id), "score": one.score, "parts": dict(one.parts)}
        if one.refused is None
        else {
            "staff": str(one.staff_id),
            "refused": {"constraint": one.refused.value, "detail": one.detail},
        }
        for one in candidates
    ]


def build(row: Row) -> Offer:
    """The offer of a row."""
    return Offer(
        row["id"], row["request_id"], row["advisor_id"], row["decision_id"], row["rank"], row["of"],
        OfferState(row["state"]), tuple(row["why"]), row["reason"], row["issued_at"], row["expires_at"],
        row["ended_at"],
    )  # fmt: skip


def _decision(row: Row) -> Decision:
    return Decision(
        row["id"], row["request_id"], Stage(row["stage"]), Mode(row["mode"]), row["policy_version"],
        tuple(row["chosen"]), tuple(_candidate(one) for one in row["candidates"]), row["at"],
    )  # fmt: skip


def _candidate(kept: Mapping[str, Any]) -> Candidate:
    refused = kept.get("refused")
    if refused is None:
        return Candidate(UUID(kept["staff"]), kept["score"], kept["parts"])
    return Candidate(
        UUID(kept["staff"]), refused=Constraint(refused["constraint"]), detail=refused["detail"]
    )
