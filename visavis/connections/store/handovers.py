"""Tables `handover` and `handover_client`: plans to hand clients over, and how each client fared."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from visavis.connections.types import (
    Ending,
    Handover,
    HandoverClient,
    Held,
    Reason,
    Stage,
    Wish,
)
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

OPEN = "('planned', 'running')"

SELECT = """
SELECT h.id, h.staff_id, h.environment, h.reason, h.successor_id, h.stage, h.effective_at, h.created_at, h.created_by,
       count(c.client_id) AS clients, count(c.held) AS held, count(c.announced_at) AS announced,
       count(*) FILTER (WHERE c.wish = 'refused') AS refused, count(*) FILTER (WHERE c.ending = 'moved') AS moved,
       count(c.ending) AS done
FROM handover AS h LEFT JOIN handover_client AS c ON c.handover_id = h.id
"""

ADD_CLIENTS = """
INSERT INTO handover_client (handover_id, client_id, connection_id, successor_id, held)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) ON CONFLICT DO NOTHING
"""

CLIENT = "SELECT client_id, connection_id, successor_id, held, wish, ending FROM handover_client"


def _handover(row: Row) -> Handover:
    return Handover(
        row["id"], row["staff_id"], Environment(row["environment"]), Reason(row["reason"]),
        row["successor_id"], Stage(row["stage"]), row["effective_at"], row["created_at"],
        row["clients"], row["held"], row["announced"], row["refused"], row["moved"], row["done"],
        row["created_by"],
    )  # fmt: skip


def _client(row: Row) -> HandoverClient:
    return HandoverClient(
        row["client_id"], row["connection_id"], row["successor_id"],
        Held(row["held"]) if row["held"] else None, Wish(row["wish"]) if row["wish"] else None,
        Ending(row["ending"]) if row["ending"] else None,
    )  # fmt: skip


async def add_handover(
    tx: Tx, one: Handover, clients: Sequence[HandoverClient], record_id: UUID
) -> bool:
    """Keep a plan with its clients; False where this member of staff has one already."""
    added = await tx.execute(
        "INSERT INTO handover (id, staff_id, environment, reason, successor_id, stage, effective_at, created_by,"
        " created_at, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        one.id, one.staff_id, one.environment.value, one.reason.value, one.successor_id,
        one.stage.value, one.effective_at, one.created_by, one.created_at, record_id,
    )  # fmt: skip
    if added and one.id:
        await add_clients(tx, one.id, clients)
    return bool(added)


async def add_clients(tx: Tx, handover_id: UUID, clients: Sequence[HandoverClient]) -> None:
    """Put clients on a list on which they are not yet."""
    await tx.execute(
        ADD_CLIENTS, handover_id, [each.client_id for each in clients],
        [each.connection_id for each in clients], [each.successor_id for each in clients],
        [each.held.value if each.held else None for each in clients],
    )  # fmt: skip


async def open_of_staff(tx: Tx, staff_id: UUID) -> Handover | None:
    """What is planned or under way for this member of staff's clients, its row locked."""
    sql = f"SELECT id FROM handover WHERE staff_id = $1 AND stage IN {OPEN}"
    row = await tx.fetchrow(sql, staff_id)
    return await handover(tx, row["id"]) if row else None


async def overtake(tx: Tx, handover_id: UUID) -> None:
    """The plan is under way now, because its member of staff has left."""
    await tx.execute(
        "UPDATE handover SET stage = 'running', reason = 'staff_left' WHERE id = $1", handover_id
    )


async def parted(
    tx: Tx, handover_id: UUID, heirs: Mapping[UUID, UUID | None], at: datetime
) -> None:
    """These clients of a leaver have their successors; None: nobody could take over."""
    await tx.execute(
        "UPDATE handover_client AS c SET successor_id = fresh.heir, ended_at = $4,"
        " held = CASE WHEN fresh.heir IS NULL THEN 'nobody' END,"
        " ending = CASE WHEN fresh.heir IS NULL THEN 'gone' ELSE 'moved' END"
        " FROM unnest($2::uuid[], $3::uuid[]) AS fresh (client_id, heir)"
        " WHERE c.handover_id = $1 AND c.client_id = fresh.client_id AND c.ending IS NULL",
        handover_id, list(heirs), list(heirs.values()), at,
    )  # fmt: skip


async def close(tx: Tx, handover_id: UUID, at: datetime) -> None:
    """A leaver's list is done; whoever had parted from him before is marked as gone."""
    await tx.execute(
        "UPDATE handover_client SET ending = 'gone', ended_at = $2"
        " WHERE handover_id = $1 AND ending IS NULL AND held IS NULL",
        handover_id, at,
    )  # fmt: skip
    await set_stage(tx, handover_id, Stage.DONE)


async def redirect(
    tx: Tx, handover_id: UUID, successor_id: UUID, client_ids: Collection[UUID]
) -> int:
    """Give clients another successor, of which they are to be told; how many have changed.

    Who has answered or was handed over too often keeps what he has.
    """
    return await tx.execute(
        "UPDATE handover_client AS c SET successor_id = $2, held = NULL, announced_at = NULL"
        " WHERE handover_id = $1 AND successor_id IS DISTINCT FROM $2"
        " AND client_id = ANY($3) AND held IS DISTINCT FROM 'cap' AND wish IS NULL",
        handover_id, successor_id, list(client_ids),
    )  # fmt: skip


async def handover(tx: Tx, handover_id: UUID) -> Handover | None:
    """One hand-over with its counts, its row locked against other steps."""
    await tx.fetch("SELECT id FROM handover WHERE id = $1 FOR UPDATE", handover_id)
    row = await tx.fetchrow(f"{SELECT} WHERE h.id = $1 GROUP BY h.id", handover_id)
    return _handover(row) if row else None


async def handovers(
    tx: Tx, environment: Environment, after: UUID | None, limit: int
) -> list[Handover]:
    """The firm's hand-overs, the newest first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE h.environment = $1 AND ($2::uuid IS NULL OR h.id < $2)"
        " GROUP BY h.id ORDER BY h.id DESC LIMIT $3",
        environment.value, after, limit,
    )  # fmt: skip
    return [_handover(row) for row in rows]


async def handover_clients(
    tx: Tx, handover_id: UUID, after: UUID | None, limit: int
) -> list[HandoverClient]:
    """A page of a hand-over's clients, by id."""
    rows = await tx.fetch(
        f"{CLIENT} WHERE handover_id = $1 AND ($2::uuid IS NULL OR client_id > $2)"
        " ORDER BY client_id LIMIT $3",
        handover_id, after, limit,
    )  # fmt: skip
    return [_client(row) for row in rows]


async def unannounced(tx: Tx, handover_id: UUID, at: datetime, limit: int) -> list[HandoverClient]:
    """Some clients who have not been told yet; from now on they have."""
    rows = await tx.fetch(
        "UPDATE handover_client SET announced_at = $2 WHERE handover_id = $1 AND client_id IN ("
        " SELECT client_id FROM handover_client WHERE handover_id = $1 AND announced_at IS NULL AND held IS NULL"
        " ORDER BY client_id LIMIT $3)"
        " RETURNING client_id, connection_id, successor_id, held, wish, ending",
        handover_id, at, limit,
    )  # fmt: skip
    return [_client(row) for row in rows]


async def unmoved(tx: Tx, handover_id: UUID, limit: int) -> list[HandoverClient]:
    """Some clients of a running hand-over for whom nothing has happened yet."""
    rows = await tx.fetch(
        f"{CLIENT} WHERE handover_id = $1 AND ending IS NULL AND held IS NULL"
        " ORDER BY client_id LIMIT $2",
        handover_id, limit,
    )  # fmt: skip
    return [_client(row) for row in rows]


async def end_clients(
    tx: Tx, handover_id: UUID, endings: Mapping[UUID, Ending], at: datetime
) -> None:
    """Say how it ended for these clients."""
    await tx.execute(
        "UPDATE handover_client AS c SET ending = fresh.ending, ended_at = $4"
        " FROM unnest($2::uuid[], $3::text[]) AS fresh (client_id, ending)"
        " WHERE c.handover_id = $1 AND c.client_id = fresh.client_id",
        handover_id, list(endings), [one.value for one in endings.values()], at,
    )  # fmt: skip


async def set_stage(tx: Tx, handover_id: UUID, stage: Stage) -> None:
    """Take a hand-over to its next stage."""
    await tx.execute("UPDATE handover SET stage = $2 WHERE id = $1", handover_id, stage.value)


async def of_client_open(tx: Tx, client_id: UUID) -> tuple[Handover, HandoverClient] | None:
    """The hand-over that is planned for this client and has been announced, with his own line."""
    row = await tx.fetchrow(
        "SELECT h.id, client_id, connection_id, c.successor_id, held, wish, ending"
        " FROM handover_client AS c JOIN handover AS h ON h.id = c.handover_id"
        " WHERE client_id = $1 AND h.stage = 'planned' AND announced_at IS NOT NULL"
        " ORDER BY h.id DESC LIMIT 1",
        client_id,
    )
    if row is None:
        return None
    found = await handover(tx, row["id"])
    assert found is not None
    return found, _client(row)


async def wish(
    tx: Tx, handover_id: UUID, client_id: UUID, said: Wish, successor_id: UUID | None, at: datetime
) -> None:
    """Keep what a client says, and whom he chose."""
    await tx.execute(
        "UPDATE handover_client SET wish = $3, successor_id = coalesce($4, successor_id), answered_at = $5"
        " WHERE handover_id = $1 AND client_id = $2",
        handover_id, client_id, said.value, successor_id, at,
    )  # fmt: skip


async def moves(tx: Tx, client_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """How often each client was handed over since then."""
    rows = await tx.fetch(
        "SELECT c.client_id, count(*) AS n FROM handover_client AS c JOIN handover AS h ON h.id = c.handover_id"
        " WHERE c.client_id = ANY($1) AND c.ending = 'moved' AND c.ended_at > $2 AND h.reason <> 'staff_left'"
        " GROUP BY c.client_id",
        list(client_ids), since,
    )  # fmt: skip
    return {row["client_id"]: row["n"] for row in rows}


async def promised(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The successors whom these clients were promised, or chose, in hand-overs that have not ended."""
    rows = await tx.fetch(
        "SELECT c.client_id, c.successor_id FROM handover_client AS c JOIN handover AS h ON h.id = c.handover_id"
        f" WHERE c.client_id = ANY($1) AND h.stage IN {OPEN} AND c.ending IS NULL"
        " AND c.successor_id IS NOT NULL AND c.wish IS DISTINCT FROM 'refused'",
        list(client_ids),
    )
    return {row["client_id"]: row["successor_id"] for row in rows}
