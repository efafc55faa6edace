"""Who has looked at which clients lately: `client_look`, `look_alarm`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Tx

# In the order of the key, so that two batches wait for each other in one direction only.
LOOKED = """
INSERT INTO client_look (staff_id, client_id, at)
SELECT staff_id, client_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS look (staff_id, client_id)
ON CONFLICT (staff_id, client_id) DO UPDATE SET at = excluded.at
"""

# More clients than that since then, and no alarm since then; with the client who was looked at last.
MANY = """
SELECT l.staff_id, count(*) AS clients, (array_agg(l.client_id ORDER BY l.at DESC, l.client_id))[1] AS latest
FROM client_look AS l WHERE l.staff_id = ANY($1) AND l.at > $2
    AND NOT EXISTS (SELECT FROM look_alarm AS a WHERE a.staff_id = l.staff_id AND a.at > $2)
GROUP BY l.staff_id HAVING count(*) > $3
"""


async def looked(tx: Tx, pairs: Sequence[tuple[UUID, UUID]], at: datetime) -> None:
    """Note that these members of staff have looked at these clients."""
    ordered = sorted(set(pairs))
    await tx.execute(LOOKED, [one[0] for one in ordered], [one[1] for one in ordered], at)


async def many(
    tx: Tx, staff: Sequence[UUID], since: datetime, limit: int
) -> list[tuple[UUID, int, UUID]]:
    """Who of these has looked at more clients than that since then without an alarm: staff, how many, the last one."""
    rows = await tx.fetch(MANY, list(staff), since, limit)
    return [(row["staff_id"], row["clients"], row["latest"]) for row in rows]


async def alarm(
    tx: Tx, staff_id: UUID, at: datetime, since: datetime, clients: int, record: UUID
) -> bool:
    """Keep an alarm; whether it is the first since then."""
    return await tx.execute(
        "INSERT INTO look_alarm AS a (staff_id, at, clients, record_id) VALUES ($1, $2, $4, $5)"
        " ON CONFLICT (staff_id) DO UPDATE SET at = $2, clients = $4, record_id = $5 WHERE a.at <= $3",
        staff_id, at, since, clients, record,
    ) == 1  # fmt: skip
