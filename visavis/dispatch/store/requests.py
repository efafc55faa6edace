"""Table `request`: every change of state raises the version and says which states it may start from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from visavis.dispatch.types import HANDLED, LIVE_STATES, OVER, Request, Stage, State
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

INSERT = """
INSERT INTO request (id, client_id, conversation_id, environment, topic, language, capability, context, summary,
                     own_advisor_id, branch_id, wait_for, state, stage, version, due_at, opened_at, waiting_since,
                     client_seen_at, touched_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', 0, 0, $13, $13, $13, $13, $13)
ON CONFLICT DO NOTHING
"""

# A leader's write: the version that was decided on, and the epoch under which it was decided.
MOVE = """
UPDATE request SET state = $4, stage = $5, due_at = $6, version = version + 1,
    back_at = CASE WHEN $10::bigint IS NULL THEN back_at ELSE back_at || jsonb_build_object($7::uuid::text, $10) END,
    stranded_at = CASE WHEN $11 THEN $9 WHEN $8 OR $7::uuid IS NOT NULL THEN NULL ELSE stranded_at END,
    excluded = CASE WHEN $7::uuid IS NULL THEN excluded ELSE array_append(excluded, $7) END,
    advisor_id = CASE WHEN $7::uuid IS NULL THEN advisor_id END,
    accepted_at = CASE WHEN $7::uuid IS NULL THEN accepted_at END,
    client_seen_at = CASE WHEN $7::uuid IS NULL THEN client_seen_at ELSE $9 END,
    waiting_since = CASE WHEN $8 THEN $9 ELSE waiting_since END,
    ended_at = CASE WHEN $4 IN ('closed', 'abandoned') THEN $9 ELSE ended_at END,
    patient = patient OR $4 = 'message_left'
WHERE id = $1 AND version = $2 AND EXISTS (SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $3)
"""

CLAIM = """
UPDATE request SET state = 'accepted', advisor_id = $2, accepted_at = $3, touched_at = $3, due_at = $4,
    answered_at = NULL, stranded_at = NULL, version = version + 1
WHERE id = $1 AND state = ANY($5) RETURNING *
"""

CHANGE = """
UPDATE request SET state = $3, stage = $4, due_at = $5, version = version + 1,
    wait_for = coalesce($6, wait_for), patient = patient OR $7, slot_at = coalesce($8, slot_at),
    excluded = CASE WHEN $10::uuid IS NULL THEN excluded ELSE array_append(excluded, $10) END,
    back_at = CASE WHEN $11::bigint IS NULL THEN back_at ELSE back_at || jsonb_build_object($10::uuid::text, $11) END,
    ended_at = CASE WHEN $3 IN ('closed', 'abandoned', 'cancelled') THEN $9 ELSE ended_at END
WHERE id = $1 AND state = ANY($2) RETURNING *
"""

RELEASE = """
UPDATE request SET state = 'waiting', stage = 0, due_at = NULL, version = version + 1, advisor_id = NULL,
    accepted_at = NULL, excluded = array_append(excluded, $2), back_at = back_at - $2::uuid::text,
    client_seen_at = $3, stranded_at = NULL
WHERE id = $1 AND advisor_id = $2 AND state IN ('accepted', 'answered') RETURNING *
"""

ACTIVE = """
SELECT * FROM request
WHERE environment = $1 AND (state IN ('waiting', 'held', 'offered', 'pooled', 'accepted')
    OR (state IN ('scheduled', 'message_left') AND due_at <= $2)
    OR (state = 'answered' AND touched_at <= $3))
ORDER BY waiting_since, id
"""

BY_ID_LOCKED = "SELECT * FROM request WHERE id = $1 FOR UPDATE"

DECLINE = """
UPDATE request SET excluded = array_append(excluded, $2), version = version + 1,
    back_at = CASE WHEN $4::bigint IS NULL THEN back_at - $2::uuid::text
        ELSE back_at || jsonb_build_object($2::uuid::text, $4) END,
    state = CASE WHEN state = 'offered' AND NOT $3 THEN 'waiting' ELSE state END,
    stage = CASE WHEN state = 'offered' AND NOT $3 THEN greatest(stage, 1::smallint) ELSE stage END,
    due_at = CASE WHEN $3 THEN due_at END
WHERE id = $1 AND state IN ('offered', 'pooled') RETURNING *
"""

ANSWER = """
UPDATE request SET state = 'answered', answered_at = coalesce(answered_at, $3), touched_at = $3, due_at = NULL,
    version = version + 1
WHERE conversation_id = $1 AND advisor_id = $2 AND state = 'accepted' RETURNING *
"""


async def insert(tx: Tx, one: Request) -> bool:
    """Open the request; False when its conversation has a live one already."""
    return await tx.execute(
        INSERT, one.id, one.client_id, one.conversation_id, one.environment.value, one.topic, one.language,
        one.capability, dict(one.context), one.summary, one.own_advisor_id, one.branch_id, one.wait_for,
        one.opened_at,
    ) == 1  # fmt: skip


async def by_id(tx: Tx, request_id: UUID, *, lock: bool = False) -> Request | None:
    """One request; with `lock` nobody else changes it before this transaction ends."""
    row = await tx.fetchrow(
        BY_ID_LOCKED if lock else "SELECT * FROM request WHERE id = $1", request_id
    )
    return build(row) if row else None


async def by_ids(tx: Tx, request_ids: Collection[UUID]) -> dict[UUID, Request]:
    """Several requests by id."""
    rows = await tx.fetch("SELECT * FROM request WHERE id = ANY($1)", list(request_ids))
    return {row["id"]: build(row) for row in rows}


async def live_of(tx: Tx, conversation_ids: Collection[UUID]) -> dict[UUID, Request]:
    """The request of each conversation that waits or is handled now."""
    rows = await tx.fetch(
        "SELECT * FROM request WHERE conversation_id = ANY($1) AND state = ANY($2)",
        list(conversation_ids), _names(LIVE_STATES | HANDLED),
    )  # fmt: skip
    return {row["conversation_id"]: build(row) for row in rows}


async def unfinished_of(tx: Tx, conversation_id: UUID) -> list[Request]:
    """Everything of a conversation that is not over, sleeping requests included; locked in id order."""
    rows = await tx.fetch(
        "SELECT * FROM request WHERE conversation_id = $1 AND state <> ALL($2) ORDER BY id FOR UPDATE",
        conversation_id, _names(OVER),
    )  # fmt: skip
    return [build(row) for row in rows]


async def active(
    tx: Tx, environment: Environment, now: datetime, idle_before: datetime
) -> list[Request]:
    """What the ladder has to look at, oldest first."""
    return [build(row) for row in await tx.fetch(ACTIVE, environment.value, now, idle_before)]


async def environments(tx: Tx, now: datetime, idle_before: datetime) -> list[Environment]:
    """The worlds in which the ladder has anything to look at."""
    rows = await tx.fetch(
        "SELECT DISTINCT environment FROM request WHERE state IN ('waiting', 'held', 'offered', 'pooled', 'accepted')"
        " OR (state IN ('scheduled', 'message_left') AND due_at <= $1) OR (state = 'answered' AND touched_at <= $2)"
        " ORDER BY environment",
        now, idle_before,
    )  # fmt: skip
    return [Environment(row["environment"]) for row in rows]


async def move(
    tx: Tx, request: Request, epoch: int, state: State, stage: Stage, due_at: datetime | None,
    released_from: UUID | None, woken: bool, now: datetime, back_at: datetime | None, stranded: bool,
) -> bool:  # fmt: skip
    """The leader's change of state; False when the request has changed since, or the leader is none any more."""
    return await tx.execute(
        MOVE, request.id, request.version, epoch, state.value, int(stage), due_at, released_from, woken, now,
        _ms(back_at), stranded,
    ) == 1  # fmt: skip


async def claim(
    tx: Tx,
    request_id: UUID,
    advisor_id: UUID,
    before: Iterable[State],
    now: datetime,
    due_at: datetime,
) -> Request | None:
    """Give the request to the advisor if nobody has it; None when it is in none of the states `before` any more."""
    row = await tx.fetchrow(CLAIM, request_id, advisor_id, now, due_at, _names(before))
    return build(row) if row else None


async def change(
    tx: Tx, request_id: UUID, before: Iterable[State], state: State, stage: Stage, now: datetime, *,
    due_at: datetime | None = None, wait_for: str | None = None, patient: bool = False,
    slot_at: datetime | None = None, exclude: UUID | None = None, back_at: datetime | None = None,
) -> Request | None:  # fmt: skip
    """A change by a client or a reaction; None when the request is in none of the states `before`."""
    row = await tx.fetchrow(
        CHANGE, request_id, _names(before), state.value, int(stage),
        due_at, wait_for, patient, slot_at, now, exclude, _ms(back_at),
    )  # fmt: skip
    return build(row) if row else None


async def hand_own(tx: Tx, successors: Mapping[tuple[UUID, UUID], UUID | None]) -> None:
    """Let successors of (client, advisor) be own advisors of what is open; a decision made before counts no more."""
    await tx.execute(
        "UPDATE request AS r SET own_advisor_id = one.heir, version = version + 1"
        " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS one (client, staff, heir)"
        " WHERE client_id = client AND own_advisor_id = staff AND state NOT IN ('closed', 'abandoned', 'cancelled')",
        *map(list, zip(*((*pair, heir) for pair, heir in successors.items()), strict=True)),
    )  # fmt: skip


async def shun(tx: Tx, client_id: UUID, staff_id: UUID) -> None:
    """Let nothing that a client has open be asked of this member of staff any more."""
    await tx.execute(
        "UPDATE request SET excluded = array_append(excluded, $2), back_at = back_at - $2::uuid::text,"
        " version = version + 1 WHERE client_id = $1 AND state NOT IN ('closed', 'abandoned', 'cancelled')",
        client_id, staff_id,
    )  # fmt: skip


async def decline(
    tx: Tx, request_id: UUID, advisor_id: UUID, others_live: bool, back_at: datetime | None
) -> Request | None:
    """Note that the advisor passed, until when; without other live offers an offered request waits again."""
    row = await tx.fetchrow(DECLINE, request_id, advisor_id, others_live, _ms(back_at))
    return build(row) if row else None


async def release(tx: Tx, request_id: UUID, advisor_id: UUID, now: datetime) -> Request | None:
    """Take an accepted or answered request from its advisor, who is excluded from it; None when it is not his."""
    row = await tx.fetchrow(RELEASE, request_id, advisor_id, now)
    return build(row) if row else None


async def answer(tx: Tx, conversation_id: UUID, advisor_id: UUID, now: datetime) -> Request | None:
    """The advisor's first word; None when there is nothing that waits for it."""
    row = await tx.fetchrow(ANSWER, conversation_id, advisor_id, now)
    return build(row) if row else None


async def touch(tx: Tx, conversation_id: UUID, now: datetime) -> None:
    """Somebody has written: the answered request is not idle."""
    await tx.execute(
        "UPDATE request SET touched_at = $2 WHERE conversation_id = $1 AND state IN ('accepted', 'answered')",
        conversation_id, now,
    )  # fmt: skip


async def handled_by(tx: Tx, advisor_id: UUID) -> list[Request]:
    """The requests that the advisor has accepted and that are not closed, locked in id order."""
    rows = await tx.fetch(
        "SELECT * FROM request WHERE advisor_id = $1 AND state IN ('accepted', 'answered') ORDER BY id FOR UPDATE",
        advisor_id,
    )
    return [build(row) for row in rows]


async def hand_over(tx: Tx, request_id: UUID, advisor_id: UUID, now: datetime) -> None:
    """The conversation was transferred: the request is another advisor's now."""
    await tx.execute(
        "UPDATE request SET advisor_id = $2, touched_at = $3, version = version + 1"
        " WHERE id = $1 AND state IN ('accepted', 'answered')",
        request_id, advisor_id, now,
    )  # fmt: skip


async def pooled(tx: Tx, environment: Environment, limit: int = 200) -> list[Request]:
    """The grab pool of one world, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM request WHERE environment = $1 AND state = 'pooled' ORDER BY waiting_since, id LIMIT $2",
        environment.value, limit,
    )  # fmt: skip
    return [build(row) for row in rows]


async def pooled_ids(tx: Tx) -> frozenset[UUID]:
    """What is in the grab pool, of all worlds."""
    return frozenset(
        row["id"] for row in await tx.fetch("SELECT id FROM request WHERE state = 'pooled'")
    )


async def next_due(tx: Tx, after: datetime) -> datetime | None:
    """When the next timer of a request runs out, of those that run out after that moment."""
    found: datetime | None = await tx.fetchval(
        "SELECT min(due_at) FROM request WHERE due_at > $1", after
    )
    return found


def build(row: Row) -> Request:
    """The request of a row."""
    return Request(
        id=row["id"], client_id=row["client_id"], conversation_id=row["conversation_id"],
        environment=Environment(row["environment"]), topic=row["topic"], language=row["language"],
        capability=row["capability"], context=row["context"], summary=row["summary"],
        own_advisor_id=row["own_advisor_id"], branch_id=row["branch_id"], wait_for=row["wait_for"],
        state=State(row["state"]), stage=Stage(row["stage"]), excluded=tuple(row["excluded"]),
        version=row["version"], due_at=row["due_at"], opened_at=row["opened_at"],
        waiting_since=row["waiting_since"], client_seen_at=row["client_seen_at"], touched_at=row["touched_at"],
        patient=row["patient"], advisor_id=row["advisor_id"], accepted_at=row["accepted_at"],
        answered_at=row["answered_at"], ended_at=row["ended_at"], slot_at=row["slot_at"],
        back_at={UUID(key): clock.from_us(at * 1000) for key, at in row["back_at"].items()},
        stranded_at=row["stranded_at"],
    )  # fmt: skip


def _ms(at: datetime | None) -> int | None:
    return None if at is None else clock.to_ms(at)


def _names(states: Iterable[State]) -> Sequence[str]:
    return sorted(state.value for state in states)
