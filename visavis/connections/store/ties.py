"""Tables `connection` and `reply`: who belongs to whom, set-based."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.connections.types import Basis, Connection, Contact, Place, State, Tie
from visavis.kernel.auth import Environment
from visavis.kernel.columns import column
from visavis.kernel.db import Row, Tx

SELECT = (
    "SELECT c.id, c.client_id, c.staff_id, c.environment, c.state, c.tie, c.basis, c.assigned_at, c.established_at,"
    " c.established_by, c.dissolved_at, c.dissolved_by, c.reason, c.successor_of, c.last_client_at, c.last_staff_at,"
    " c.contacts, c.record_id FROM connection AS c"
)

ADD = """
INSERT INTO connection (id, client_id, staff_id, environment, state, tie, basis, assigned_at, established_at,
                        established_by, successor_of, record_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::uuid[], $12::uuid[])
"""

END = """
UPDATE connection AS c SET state = 'dissolved', dissolved_at = $2, dissolved_by = $3, reason = $4,
    record_id = ended.record_id
FROM unnest($1::uuid[], $5::uuid[]) AS ended (id, record_id) WHERE c.id = ended.id AND c.state <> 'dissolved'
"""

# One message between two: counted, remembered; an answer ends the client's wait and is measured. What is told late
# begins no wait: the answer to it is known already.
MEET = """
WITH before AS (
    SELECT id, waiting_since FROM connection
    WHERE client_id = $1 AND staff_id = $2 AND state <> 'dissolved' FOR UPDATE
), met AS (
    UPDATE connection AS c SET contacts = c.contacts + $6,
        last_client_at = CASE WHEN $4 THEN greatest(c.last_client_at, $3) ELSE c.last_client_at END,
        last_staff_at = CASE WHEN $4 THEN c.last_staff_at ELSE greatest(c.last_staff_at, $3) END,
        waiting_since = CASE WHEN NOT $4 THEN NULL WHEN c.last_staff_at > $3 THEN c.waiting_since
                             ELSE coalesce(c.waiting_since, $3) END
    FROM before WHERE c.id = before.id
)
INSERT INTO reply (id, staff_id, connection_id, seconds, at)
SELECT $5, $2, before.id, extract(epoch FROM $3 - before.waiting_since)::integer, $3
FROM before WHERE NOT $4 AND before.waiting_since <= $3
"""

WORDS: Mapping[str, State] = {one.value: one for one in State}

# In the order in which a later one stands for an earlier one.
STATES = """
SELECT c.client_id, c.staff_id, c.state, c.waiting_since,
    greatest(c.last_client_at, CASE WHEN c.basis <> 'first_contact' THEN c.established_at END) AS turned_at
FROM connection AS c WHERE c.client_id = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])
    AND c.staff_id = ANY((SELECT string_to_array($2, ',')::uuid[])::uuid[])
ORDER BY c.state <> 'dissolved', c.assigned_at, c.id
"""

# The firm's list; a cursor is the last id seen (ids rise with time).
# A restricted client is shown to nobody but compliance, which looks into the archive (PIPL art 47).
LIST = f"""
{SELECT}
WHERE NOT EXISTS (SELECT FROM person AS p WHERE p.id = c.client_id AND p.status = 'restricted')
  AND c.environment = $1 AND ($2::text IS NULL OR c.state = $2) AND ($3::uuid IS NULL OR c.staff_id = $3)
  AND ($4::uuid IS NULL OR c.client_id = $4) AND ($5::text IS NULL OR c.tie = $5)
  AND ($6::boolean IS NULL OR (c.contacts > 0) = $6) AND ($7::uuid IS NULL OR c.id < $7)
ORDER BY c.id DESC LIMIT $8
"""

MINE = f"""
{SELECT}
WHERE c.staff_id = $1 AND c.state <> 'dissolved' AND ($2::text IS NULL OR c.state = $2)
  AND ($3::boolean IS NULL OR (c.contacts > 0) = $3) AND ($4::uuid IS NULL OR c.id < $4)
ORDER BY c.id DESC LIMIT $5
"""

FUNNEL = """
SELECT c.staff_id,
       count(*) FILTER (WHERE c.tie = 'own' AND c.state <> 'dissolved') AS assigned,
       count(*) FILTER (WHERE c.state = 'proposed') AS never_met,
       count(*) FILTER (WHERE c.state IN ('active', 'suspended')) AS connected,
       count(*) FILTER (WHERE c.state = 'active' AND greatest(c.last_client_at, c.last_staff_at) >= $2) AS active,
       count(*) FILTER (WHERE c.state = 'active'
                        AND coalesce(greatest(c.last_client_at, c.last_staff_at), c.established_at) < $2) AS dormant,
       count(*) FILTER (WHERE c.tie = 'own' AND c.state = 'dissolved' AND NOT EXISTS (
           SELECT 1 FROM connection AS later
           WHERE later.client_id = c.client_id AND later.tie = 'own' AND later.state <> 'dissolved')) AS lost
FROM connection AS c WHERE c.environment = $1 GROUP BY c.staff_id
"""


def connection_of(row: Row) -> Connection:
    """The connection of a row of `SELECT`."""
    return Connection(
        row["id"], row["client_id"], row["staff_id"], Environment(row["environment"]), State(row["state"]),
        Tie(row["tie"]), row["basis"], row["assigned_at"], row["established_at"], row["established_by"],
        row["dissolved_at"], row["dissolved_by"], row["reason"], row["successor_of"], row["last_client_at"],
        row["last_staff_at"], row["contacts"], row["record_id"],
    )  # fmt: skip


def _all(rows: Sequence[Row]) -> list[Connection]:
    return [connection_of(row) for row in rows]


async def pairs(
    tx: Tx, asked: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Connection]:
    """Per (client, staff) the living connection or else the last one; no join, so that no plan uses old figures."""
    sql = f"{SELECT} WHERE c.client_id = ANY($1) AND c.staff_id = ANY($2)"
    rows = _all(
        await tx.fetch(sql, list({one[0] for one in asked}), list({one[1] for one in asked}))
    )
    rows.sort(key=lambda one: (one.state is not State.DISSOLVED, one.assigned_at, one.id))
    found = {(one.client_id, one.staff_id): one for one in rows}
    return {pair: found[pair] for pair in asked if pair in found}


async def places(tx: Tx, asked: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Place]:
    """Per (client, staff) where the two stand in their living connection or else in the last one."""
    rows = await tx.fetch(
        STATES, column({one[0] for one in asked}), column({one[1] for one in asked})
    )
    found = {
        (client_id, staff_id): Place(WORDS[state], turned_at, waiting_since)
        for client_id, staff_id, state, waiting_since, turned_at in (row.values() for row in rows)
    }
    return {pair: found[pair] for pair in asked if pair in found}


async def by_id(tx: Tx, connection_id: UUID, *, lock: bool = False) -> Connection | None:
    """One connection, locked where it is about to change."""
    sql = f"{SELECT} WHERE c.id = $1" + (" FOR UPDATE" if lock else "")
    row = await tx.fetchrow(sql, connection_id)
    return connection_of(row) if row else None


async def by_ids(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Connection]:
    """These connections by their ids."""
    rows = await tx.fetch(f"{SELECT} WHERE c.id = ANY($1)", ids)
    return {row["id"]: connection_of(row) for row in rows}


async def own(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, Connection]:
    """Each client's living own connection."""
    sql = f"{SELECT} WHERE c.client_id = ANY($1) AND c.tie = 'own' AND c.state <> 'dissolved'"
    return {row["client_id"]: connection_of(row) for row in await tx.fetch(sql, list(client_ids))}


async def of_client(tx: Tx, client_id: UUID) -> list[Connection]:
    """All connections of a client, the newest first, ended ones included."""
    sql = f"{SELECT} WHERE c.client_id = $1 ORDER BY c.id DESC"
    return _all(await tx.fetch(sql, client_id))


async def living_of_staff(tx: Tx, staff_id: UUID) -> list[Connection]:
    """Everything of a member of staff that has not ended, in id order."""
    sql = f"{SELECT} WHERE c.staff_id = $1 AND c.state <> 'dissolved' ORDER BY c.id"
    return _all(await tx.fetch(sql, staff_id))


async def active_clients(tx: Tx, staff_id: UUID) -> set[UUID]:
    """The clients with whom a member of staff is actively connected."""
    sql = "SELECT client_id FROM connection WHERE staff_id = $1 AND state = 'active'"
    return {row["client_id"] for row in await tx.fetch(sql, staff_id)}


async def ending_of_staff(tx: Tx, staff_id: UUID, limit: int) -> list[Connection]:
    """Some of what a member of staff still has, locked; those who talk with him first."""
    sql = (
        f"{SELECT} WHERE c.staff_id = $1 AND c.state <> 'dissolved'"
        " ORDER BY c.state = 'active' DESC, c.id LIMIT $2 FOR UPDATE"
    )
    return _all(await tx.fetch(sql, staff_id, limit))


async def mine(
    tx: Tx, staff_id: UUID, state: str | None, met: bool | None, after: UUID | None, limit: int
) -> list[Connection]:
    """A page of a member of staff's own list, the newest first."""
    return _all(await tx.fetch(MINE, staff_id, state, met, after, limit))


async def listed(
    tx: Tx, environment: Environment, wanted: Mapping[str, Any], after: UUID | None, limit: int
) -> list[Connection]:
    """A page of the firm's list; `wanted` may hold state, staff_id, client_id, tie and met."""
    rows = await tx.fetch(
        LIST, environment.value, wanted.get("state"), wanted.get("staff_id"), wanted.get("client_id"),
        wanted.get("tie"), wanted.get("met"), after, limit,
    )  # fmt: skip
    return [connection_of(row) for row in rows]


async def take_as_own(
    tx: Tx, pairs_of: Sequence[tuple[UUID, UUID]], record_ids: Sequence[UUID]
) -> None:
    """Make living (client, staff) connections the clients' own ones."""
    await tx.execute(
        "UPDATE connection AS c SET tie = 'own', record_id = fresh.record_id"
        " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS fresh (client_id, staff_id, record_id)"
        " WHERE c.client_id = fresh.client_id AND c.staff_id = fresh.staff_id AND c.state <> 'dissolved'",
        [one[0] for one in pairs_of], [one[1] for one in pairs_of], list(record_ids),
    )  # fmt: skip


async def add(tx: Tx, fresh: Sequence[Connection], *, unless_known: bool = False) -> int:
    """Keep new connections; how many. With `unless_known`, one that somebody else has just made stands instead."""
    return await tx.execute(
        ADD + (" ON CONFLICT DO NOTHING" if unless_known else ""),
        [one.id for one in fresh],
        [one.client_id for one in fresh],
        [one.staff_id for one in fresh],
        [one.environment.value for one in fresh],
        [one.state.value for one in fresh],
        [one.tie.value for one in fresh],
        [one.basis for one in fresh],
        [one.assigned_at for one in fresh],
        [one.established_at for one in fresh],
        [one.established_by for one in fresh],
        [one.successor_of for one in fresh],
        [one.record_id for one in fresh],
    )


async def activate(
    tx: Tx, connection_id: UUID, basis: Basis, at: datetime, by: UUID, record_id: UUID
) -> None:
    """Turn a proposed connection into an active one."""
    await tx.execute(
        "UPDATE connection SET state = 'active', basis = $2, established_at = $3, established_by = $4, record_id = $5"
        " WHERE id = $1",
        connection_id, basis.value, at, by, record_id,
    )  # fmt: skip


async def recorded(tx: Tx, connection_id: UUID, record_id: UUID) -> None:
    """Keep where the last step of a connection is on record."""
    await tx.execute("UPDATE connection SET record_id = $2 WHERE id = $1", connection_id, record_id)


async def rest(
    tx: Tx, connection_id: UUID, state: State, reason: str | None, record_id: UUID
) -> None:
    """Suspend a connection or take it up again."""
    await tx.execute(
        "UPDATE connection SET state = $2, reason = $3, record_id = $4 WHERE id = $1",
        connection_id, state.value, reason, record_id,
    )  # fmt: skip


async def end(
    tx: Tx, ids: Sequence[UUID], at: datetime, by: UUID, reason: str, record_ids: Sequence[UUID]
) -> None:
    """Dissolve connections."""
    await tx.execute(END, list(ids), at, by, reason, list(record_ids))


async def meet(tx: Tx, contact: Contact, reply_id: UUID) -> None:
    """Count a contact, remember it, and keep how long an unanswered client had waited for it."""
    await tx.execute(
        MEET,
        contact.client_id,
        contact.staff_id,
        contact.at,
        contact.by_client,
        reply_id,
        contact.count,
    )


async def turned(tx: Tx, connection_id: UUID, at: datetime) -> None:
    """Remember that the client has turned to this member of staff: a request of hers was accepted."""
    sql = "UPDATE connection SET last_client_at = greatest(last_client_at, $2) WHERE id = $1"
    await tx.execute(sql, connection_id, at)


async def own_counts(tx: Tx, staff_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many living own clients each has."""
    sql = (
        "SELECT staff_id, count(*) AS n FROM connection WHERE staff_id = ANY($1) AND tie = 'own'"
        " AND state <> 'dissolved' GROUP BY staff_id"
    )
    return {row["staff_id"]: row["n"] for row in await tx.fetch(sql, list(staff_ids))}


async def lock_client(tx: Tx, client_id: UUID) -> None:
    """Let changes of one client's own connection happen one after the other."""
    await tx.fetch(
        "SELECT id FROM connection WHERE client_id = $1 AND state <> 'dissolved' ORDER BY id FOR UPDATE",
        client_id,
    )


async def funnel(tx: Tx, environment: Environment, dormant_before: datetime) -> list[Row]:
    """Per member of staff: how far his clients have come; `lost` are dissolved own ties without a living own one."""
    return await tx.fetch(FUNNEL, environment.value, dormant_before)
