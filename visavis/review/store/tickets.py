"""Tables `ticket`, `ticket_concerned` and `ticket_step`; every query leaves out whom a ticket concerns."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id
from visavis.review.types import Note, Ticket, TicketState

ADD = """
INSERT INTO ticket (id, environment, client_id, conversation_id, entry_id, source, category, words, opened_by,
    opened_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (entry_id) DO NOTHING
"""
SELECT = """
SELECT t.*, (SELECT coalesce(array_agg(c.person_id ORDER BY c.person_id), '{}') FROM ticket_concerned AS c
             WHERE c.ticket_id = t.id) AS concerned
FROM ticket AS t
"""
# $1 environment, $2 viewer: whoever is concerned finds nothing, whatever else he may do.
SEEN = """
t.environment = $1 AND NOT EXISTS (
    SELECT FROM ticket_concerned AS c WHERE c.ticket_id = t.id AND c.person_id = $2)
"""
LISTED = f"""
{SELECT} WHERE {SEEN} AND (t.state = 'closed') = $3 ORDER BY t.closed_at DESC NULLS LAST, t.due_at, t.id LIMIT $4
"""
COUNT = f"""
SELECT count(*) AS open, count(*) FILTER (WHERE t.due_at <= $3) AS overdue
FROM ticket AS t WHERE {SEEN} AND t.state <> 'closed'
"""
DUE = """
UPDATE ticket SET overdue_at = $1 WHERE state <> 'closed' AND overdue_at IS NULL AND due_at <= $1 RETURNING id
"""


def _of(row: Row) -> Ticket:
    return Ticket(
        row["id"], Environment(row["environment"]), row["client_id"], row["conversation_id"], row["entry_id"],
        row["source"], row["category"], row["words"], TicketState(row["state"]), row["opened_by"],
        row["assignee_id"], row["opened_at"], row["due_at"], row["overdue_at"], row["answer"], row["closed_at"],
        tuple(row["concerned"]),
    )  # fmt: skip


async def insert(tx: Tx, one: Ticket) -> bool:
    """Keep a ticket with whom it concerns; false where its message has one."""
    added = await tx.execute(
        ADD, one.id, one.environment.value, one.client_id, one.conversation_id, one.entry_id, one.source,
        one.category, one.words, one.opened_by, one.opened_at, one.due_at,
    )  # fmt: skip
    if added == 1:
        await tx.executemany(
            "INSERT INTO ticket_concerned (ticket_id, person_id) VALUES ($1, $2)",
            [(one.id, person) for person in one.concerned],
        )
    return added == 1


async def known(tx: Tx, entry_id: UUID) -> bool:
    """Whether this message has a ticket."""
    return bool(
        await tx.fetchval("SELECT EXISTS (SELECT FROM ticket WHERE entry_id = $1)", entry_id)
    )


async def find(tx: Tx, ticket_id: UUID, environment: str, viewer: UUID) -> Ticket | None:
    """One ticket under its lock, if the viewer may know of it."""
    row = await tx.fetchrow(
        f"{SELECT} WHERE {SEEN} AND t.id = $3 FOR UPDATE OF t", environment, viewer, ticket_id
    )
    return _of(row) if row else None


async def one(tx: Tx, ticket_id: UUID) -> Ticket | None:
    """One ticket, for the platform's own work."""
    row = await tx.fetchrow(f"{SELECT} WHERE t.id = $1", ticket_id)
    return _of(row) if row else None


async def listed(tx: Tx, environment: str, viewer: UUID, closed: bool, limit: int) -> list[Ticket]:
    """Tickets that the viewer may know of: the waiting ones by their clock, or the closed ones, newest first."""
    return [_of(row) for row in await tx.fetch(LISTED, environment, viewer, closed, limit)]


async def of_client(tx: Tx, client_id: UUID) -> list[Ticket]:
    """What a client has brought himself, newest first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE t.client_id = $1 AND t.source = 'client' ORDER BY t.opened_at DESC LIMIT 50",
        client_id,
    )
    return [_of(row) for row in rows]


async def count(tx: Tx, environment: str, viewer: UUID, now: datetime) -> tuple[int, int]:
    """How many wait that the viewer may know of, and how many of them too long."""
    row = await tx.fetchrow(COUNT, environment, viewer, now)
    return (row["open"], row["overdue"]) if row else (0, 0)


async def change(
    tx: Tx, ticket_id: UUID, state: TicketState, assignee_id: UUID | None, answer: str | None,
    closed_at: datetime | None,
) -> None:  # fmt: skip
    """Where a ticket stands now."""
    await tx.execute(
        "UPDATE ticket SET state = $2, assignee_id = $3, answer = $4, closed_at = $5 WHERE id = $1",
        ticket_id, state.value, assignee_id, answer, closed_at,
    )  # fmt: skip


async def step(tx: Tx, ticket_id: UUID, one: Note, record_id: UUID) -> None:
    """Keep what was done about a ticket."""
    await tx.execute(
        "INSERT INTO ticket_step (id, ticket_id, by_id, what, words, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), ticket_id, one.by_id, one.what, one.words, one.at, record_id,
    )  # fmt: skip


async def steps(tx: Tx, ticket_id: UUID) -> list[Note]:
    """What was done about a ticket, in order."""
    rows = await tx.fetch(
        "SELECT * FROM ticket_step WHERE ticket_id = $1 ORDER BY at, id", ticket_id
    )
    return [Note(row["by_id"], row["what"], row["words"], row["at"]) for row in rows]


async def mark_overdue(tx: Tx, now: datetime) -> Sequence[UUID]:
    """Tickets whose time has passed unnoticed until now."""
    return [row["id"] for row in await tx.fetch(DUE, now)]
