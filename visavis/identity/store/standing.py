"""Who stands how at this moment, for the message path: one statement, and only what decides."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from visavis.identity.store.people import REACH
from visavis.kernel.auth import Environment, Role
from visavis.kernel.columns import column
from visavis.kernel.db import Row, Tx

STANDING = f"""
SELECT p.id, p.environment, p.status, s.roles, s.branch_id,
    CASE WHEN s.person_id IS NOT NULL THEN ARRAY(
        SELECT l.type FROM licence AS l WHERE l.staff_id = p.id AND l.status = 'active'
        AND $2 BETWEEN l.valid_from AND l.valid_to ORDER BY l.type) END AS valid,
    p.branch_id AS home_id, {REACH}
FROM person AS p LEFT JOIN staff AS s ON s.person_id = p.id
WHERE p.id = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])
"""


GROUPED = """
SELECT roles, valid, count(*)::int AS count FROM (
    SELECT s.roles, ARRAY(SELECT l.type FROM licence AS l WHERE l.staff_id = s.person_id AND l.status = 'active'
        AND $3 BETWEEN l.valid_from AND l.valid_to ORDER BY l.type) AS valid
    FROM staff AS s JOIN person AS p ON p.id = s.person_id
    WHERE p.kind = 'staff' AND p.environment = $1 AND p.status = 'active' AND s.roles && $2::text[]
) AS one GROUP BY roles, valid
"""


async def grouped(
    tx: Tx, environment: Environment, roles: Collection[Role], today: date
) -> list[tuple[list[str], list[str], int]]:
    """How many active staff of an environment with one of `roles` hold which roles and licences valid on this day."""
    rows = await tx.fetch(GROUPED, environment.value, [role.value for role in roles], today)
    return [(row["roles"], row["valid"], row["count"]) for row in rows]


async def standings(tx: Tx, ids: Collection[UUID], today: date) -> list[Row]:
    """Per person environment and status, per member of staff also roles and the licences valid on this day."""
    return await tx.fetch(STANDING, column(ids), today)
