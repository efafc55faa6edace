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


# Of each type the best licence: one that is valid, or the one that ends last.
SERVING = f"""
SELECT s.person_id, s.roles, s.languages, s.topics, s.branch_id, {REACH}, ARRAY(
    SELECT DISTINCT ON (l.type) l.type || ' ' || CASE WHEN l.status <> 'active' THEN l.status
        WHEN $3 < l.valid_from THEN 'not_yet_valid' WHEN $3 > l.valid_to THEN 'expired' ELSE 'valid' END
    FROM licence AS l WHERE l.staff_id = s.person_id
    ORDER BY l.type, l.status = 'active' AND $3 BETWEEN l.valid_from AND l.valid_to DESC, l.valid_to DESC, l.status DESC
) AS worth
FROM staff AS s JOIN person AS p ON p.id = s.person_id
WHERE p.kind = 'staff' AND p.environment = $1 AND p.status = 'active' AND s.roles && $2::text[]
"""


async def serving(
    tx: Tx,
    environment: Environment,
    roles: Collection[Role],
    today: date,
    ids: Collection[UUID] | None,
) -> list[Row]:
    """Active staff of one environment in one of `roles`, all or those of `ids`, with what their licences are worth
    on this day; by id.
    """
    given = [environment.value, [role.value for role in roles], today]
    if ids is None:
        return await tx.fetch(f"{SERVING} ORDER BY s.person_id", *given)
    return await tx.fetch(f"{SERVING} AND s.person_id = ANY($4) ORDER BY s.person_id", *given, ids)


async def grouped(
    tx: Tx, environment: Environment, roles: Collection[Role], today: date
) -> list[tuple[list[str], list[str], int]]:
    """How many active staff of an environment with one of `roles` hold which roles and licences valid on this day."""
    rows = await tx.fetch(GROUPED, environment.value, [role.value for role in roles], today)
    return [(row["roles"], row["valid"], row["count"]) for row in rows]


async def standings(tx: Tx, ids: Collection[UUID], today: date) -> list[Row]:
    """Per person environment and status, per member of staff also roles and the licences valid on this day."""
    return await tx.fetch(STANDING, column(ids), today)
