"""Tables `review_case`, `review_case_item` and `review_case_step`."""

from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id
from visavis.review.types import Case, CaseState, Note, Outcome

SELECT = """
SELECT c.*, (SELECT coalesce(array_agg(x.item_id ORDER BY x.item_id), '{}') FROM review_case_item AS x
             WHERE x.case_id = c.id) AS items
FROM review_case AS c
"""
# Nobody sees a case about himself, nor, by the house's rule, about his branch: $1 environment, $2 viewer, $3 branch.
SEEN = """
c.environment = $1 AND NOT EXISTS (
    SELECT FROM review_case_item AS x JOIN review_item AS i ON i.id = x.item_id
    WHERE x.case_id = c.id AND (i.subject_id = $2 OR ($3::uuid IS NOT NULL AND i.branch_id = $3)))
"""


def _of(row: Row) -> Case:
    return Case(
        row["id"], Environment(row["environment"]), row["title"], CaseState(row["state"]), row["opened_by"],
        row["assignee_id"], Outcome(row["outcome"]) if row["outcome"] else None, row["opened_at"],
        row["closed_at"], tuple(row["items"]),
    )  # fmt: skip


async def insert(tx: Tx, one: Case) -> None:
    """Keep a new case."""
    await tx.execute(
        "INSERT INTO review_case (id, environment, title, opened_by, assignee_id, opened_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        one.id, one.environment.value, one.title, one.opened_by, one.assignee_id, one.opened_at,
    )  # fmt: skip


async def add_item(tx: Tx, case_id: UUID, item_id: UUID) -> None:
    """Put an item into a case; again changes nothing."""
    await tx.execute(
        "INSERT INTO review_case_item (case_id, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        case_id,
        item_id,
    )


async def find(
    tx: Tx, case_id: UUID, environment: str, viewer: UUID, branch: UUID | None
) -> Case | None:
    """One case under its lock, if the viewer may know of it."""
    row = await tx.fetchrow(
        f"{SELECT} WHERE {SEEN} AND c.id = $4 FOR UPDATE OF c", environment, viewer, branch, case_id
    )
    return _of(row) if row else None


async def listed(
    tx: Tx, environment: str, viewer: UUID, branch: UUID | None, closed: bool, limit: int
) -> list[Case]:
    """Cases that the viewer may know of, newest first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE {SEEN} AND (c.state = 'closed') = $4 ORDER BY c.opened_at DESC, c.id LIMIT $5",
        environment, viewer, branch, closed, limit,
    )  # fmt: skip
    return [_of(row) for row in rows]


async def change(
    tx: Tx, case_id: UUID, state: CaseState, assignee_id: UUID | None, outcome: Outcome | None,
    closed_at: datetime | None,
) -> None:  # fmt: skip
    """Where a case stands now."""
    await tx.execute(
        "UPDATE review_case SET state = $2, assignee_id = $3, outcome = $4, closed_at = $5 WHERE id = $1",
        case_id, state.value, assignee_id, outcome.value if outcome else None, closed_at,
    )  # fmt: skip


async def step(tx: Tx, case_id: UUID, one: Note, record_id: UUID, client_id: UUID | None) -> None:
    """Keep what was done in a case; `client_id` is the client whose key seals its record, if one's does."""
    await tx.execute(
        "INSERT INTO review_case_step (id, case_id, by_id, what, words, at, record_id, client_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), case_id, one.by_id, one.what, one.words, one.at, record_id, client_id,
    )  # fmt: skip


async def steps(tx: Tx, case_id: UUID) -> list[Note]:
    """What was done in a case, in order."""
    rows = await tx.fetch(
        "SELECT * FROM review_case_step WHERE case_id = $1 ORDER BY at, id", case_id
    )
    return [Note(row["by_id"], row["what"], row["words"], row["at"]) for row in rows]
