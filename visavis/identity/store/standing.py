"""Who stands how at this moment, for the message path: one statement, and only what decides."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from visavis.kernel.columns import column
from visavis.kernel.db import Row, Tx

STANDING = """
SELECT p.id, p.environment, p.status, s.roles, s.branch_id,
    CASE WHEN s.person_id IS NOT NULL THEN ARRAY(
        SELECT l.type FROM licence AS l WHERE l.staff_id = p.id AND l.status = 'active'
        AND $2 BETWEEN l.valid_from AND l.valid_to ORDER BY l.type) END AS valid
FROM person AS p LEFT JOIN staff AS s ON s.person_id = p.id
WHERE p.id = ANY(string_to_array($1, ',')::uuid[])
"""


async def standings(tx: Tx, ids: Collection[UUID], today: date) -> list[Row]:
    """Per person environment and status, per member of staff also roles and the licences valid on this day."""
    return await tx.fetch(STANDING, column(ids), today)
