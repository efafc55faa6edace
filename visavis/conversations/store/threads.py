"""The life of a conversation: `conversation`, `participant` and `notice_acknowledgement`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.conversations.store.stream import conversation_of
from visavis.conversations.types import Conversation
from visavis.kernel.db import Tx

FIND = "SELECT c.* FROM conversation AS c WHERE "

ADD = """
INSERT INTO conversation (id, client_id, environment, partner, topic, language, context, last_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (client_id) WHERE state = 'open' DO NOTHING
"""

JOIN = """
INSERT INTO participant AS p (shard_key, person_id, role, joined_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (shard_key, person_id) DO UPDATE SET role = excluded.role, left_at = NULL,
    joined_at = CASE WHEN p.left_at IS NULL THEN p.joined_at ELSE excluded.joined_at END
"""

SHARING = """
SELECT one.client, one.staff FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS one (client, staff, place)
WHERE (EXISTS (SELECT FROM conversation AS c JOIN participant AS p ON p.shard_key = c.id
        WHERE c.client_id = one.client AND p.person_id = one.staff AND p.left_at IS NULL)
    OR EXISTS (SELECT FROM scheduled_message AS s
        WHERE s.client_id = one.client AND s.staff_id = one.staff AND s.state = 'waiting')
    OR EXISTS (SELECT FROM client_group_member AS m JOIN client_group AS g ON g.id = m.group_id
        WHERE m.client_id = one.client AND m.state = 'joined' AND g.owner_id = one.staff)) ORDER BY one.place
"""

FOLLOWING = """
SELECT client_id AS person_id, id, last_at FROM conversation WHERE client_id = ANY($1) AND state = 'open'
UNION ALL
SELECT handler_id, id, last_at FROM conversation WHERE handler_id = ANY($2) AND state = 'open'
ORDER BY last_at DESC
"""

# The columns that change outside the message path, one statement each.
CHANGES = {
    "handler": "UPDATE conversation SET handler_id = $2, partner = $3 WHERE id = $1",
    "partner": "UPDATE conversation SET partner = $2 WHERE id = $1",
    "context": "UPDATE conversation SET context = $2 WHERE id = $1",
    "topic": "UPDATE conversation SET topic = $2 WHERE id = $1",
    "closed": "UPDATE conversation SET state = 'closed', closed_at = $2, waiting_since = NULL WHERE id = $1",
    "rating": "UPDATE conversation SET rating = $2, rating_text = $3 WHERE id = $1",
}


async def conversations(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Conversation]:
    """These conversations, unlocked; unknown ids are left out."""
    rows = await tx.fetch(FIND + "c.id = ANY($1)", list(ids))
    return {row["id"]: conversation_of(row) for row in rows}


async def open_of(tx: Tx, client_id: UUID) -> Conversation | None:
    """The client's open conversation."""
    row = await tx.fetchrow(FIND + "c.client_id = $1 AND c.state = 'open'", client_id)
    return conversation_of(row) if row else None


async def handled_by(tx: Tx, staff_id: UUID) -> list[Conversation]:
    """The open conversations of a handler, newest first."""
    rows = await tx.fetch(
        FIND + "c.handler_id = $1 AND c.state = 'open' ORDER BY c.last_at DESC", staff_id
    )
    return [conversation_of(row) for row in rows]


async def following(
    tx: Tx, clients: Sequence[UUID], staff: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The ids of open conversations per person: of these clients, and of these handlers, the newest first."""
    found: dict[UUID, list[UUID]] = {one: [] for one in (*clients, *staff)}
    for row in await tx.fetch(FOLLOWING, clients, staff):
        found[row["person_id"]].append(row["id"])
    return found


async def of_pair(tx: Tx, client_id: UUID, staff_id: UUID) -> list[Conversation]:
    """The client's conversations in which the member of staff takes part, in id order."""
    rows = await tx.fetch(
        FIND + "c.client_id = $1 AND EXISTS (SELECT FROM participant AS p WHERE p.shard_key = c.id"
        " AND p.person_id = $2 AND p.left_at IS NULL) ORDER BY c.id",
        client_id, staff_id,
    )  # fmt: skip
    return [conversation_of(row) for row in rows]


async def sharing(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Of (client, staff) those who have something in common that ends with their connection, in their order."""
    rows = await tx.fetch(SHARING, [client for client, _ in pairs], [staff for _, staff in pairs])
    return [(row["client"], row["staff"]) for row in rows]


async def insert(tx: Tx, one: Conversation) -> bool:
    """Add an open conversation; false where the client already has one."""
    added = await tx.execute(
        ADD, one.id, one.client_id, one.environment.value, one.partner.value, one.topic, one.language,
        one.context, one.created_at,
    )  # fmt: skip
    return added == 1


async def change(tx: Tx, conversation_id: UUID, what: str, *values: Any) -> None:
    """Set columns of a conversation that the message path leaves alone; `what` is a key of `CHANGES`."""
    await tx.execute(CHANGES[what], conversation_id, *values)


async def join(tx: Tx, conversation_id: UUID, person_id: UUID, role: str, at: datetime) -> None:
    """Let a person see the conversation from now on."""
    await tx.execute(JOIN, conversation_id, person_id, role, at)


async def part(tx: Tx, conversation_ids: Sequence[UUID], person_id: UUID, at: datetime) -> None:
    """End a person's sight of these conversations."""
    await tx.execute(
        "UPDATE participant SET left_at = $3 WHERE shard_key = ANY($1) AND person_id = $2 AND left_at IS NULL",
        conversation_ids, person_id, at,
    )  # fmt: skip


async def pairs(tx: Tx, asked: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Which of these (conversation, person) take part now."""
    rows = await tx.fetch(
        "SELECT p.shard_key, p.person_id FROM participant AS p"
        " JOIN unnest($1::uuid[], $2::uuid[]) AS asked (shard_key, person_id) USING (shard_key, person_id)"
        " WHERE p.left_at IS NULL",
        [one[0] for one in asked], [one[1] for one in asked],
    )  # fmt: skip
    return {(row["shard_key"], row["person_id"]) for row in rows}


async def noticed_at(tx: Tx, client_id: UUID, version: str) -> datetime | None:
    """When the client acknowledged this version of the notice."""
    sql = "SELECT at FROM notice_acknowledgement WHERE client_id = $1 AND version = $2"
    at: datetime | None = await tx.fetchval(sql, client_id, version)
    return at


async def notice(tx: Tx, client_id: UUID, version: str, at: datetime, record_id: UUID) -> None:
    """Keep the acknowledgement; where another call was faster, its moment stands."""
    await tx.execute(
        "INSERT INTO notice_acknowledgement (client_id, version, at, record_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (client_id, version) DO NOTHING",
        client_id, version, at, record_id,
    )  # fmt: skip


async def numbers(tx: Tx, ids: Sequence[UUID]) -> list[tuple[UUID, int, int]]:
    """Per conversation the last number of the shared and of the internal stream."""
    rows = await tx.fetch(
        "SELECT id, shared_no, internal_no FROM conversation WHERE id = ANY($1)", list(ids)
    )
    return [(row["id"], row["shared_no"], row["internal_no"]) for row in rows]


async def handled_open(tx: Tx) -> list[UUID]:
    """The open conversations that a person handles."""
    rows = await tx.fetch(
        "SELECT id FROM conversation WHERE state = 'open' AND handler_id IS NOT NULL ORDER BY id"
    )
    return [row["id"] for row in rows]
