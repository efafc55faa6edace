"""Table `fact`, and the sums over it."""

from collections.abc import Sequence
from uuid import UUID

from visavis.analytics.types import Fact, Kind
from visavis.archive.types import Erasure
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

INSERT = """
INSERT INTO fact (event_id, kind, at, environment, branch_id, staff_id, client_id, topic, number)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (event_id) DO NOTHING
"""

# ActivatedConnection: both sides spoke within 7 days of each other.
ACTIVATED = """
SELECT pair.staff_id, count(*)::int AS n FROM (
    SELECT DISTINCT client.client_id, client.staff_id FROM fact AS client
    JOIN fact AS staff ON staff.client_id = client.client_id AND staff.staff_id = client.staff_id
        AND staff.kind = $3 AND abs(extract(epoch FROM staff.at - client.at)) <= 7 * 86400
    WHERE client.kind = $2 AND client.environment = $1 AND client.staff_id IS NOT NULL
) AS pair GROUP BY pair.staff_id
"""


async def keep(tx: Tx, facts: Sequence[Fact]) -> None:
    """Keep facts, each once."""
    await tx.executemany(
        INSERT,
        [
            (one.event_id, one.kind.value, one.at, one.environment.value, one.branch_id, one.staff_id,
             one.client_id, one.topic, one.number)
            for one in facts
        ],
    )  # fmt: skip


async def activated(tx: Tx, environment: Environment) -> dict[UUID, int]:
    """Per member of staff the clients with whom both sides have spoken within 7 days."""
    rows = await tx.fetch(
        ACTIVATED, environment.value, Kind.CLIENT_SPOKE.value, Kind.STAFF_SPOKE.value
    )
    return {row["staff_id"]: row["n"] for row in rows}


async def counts(tx: Tx, environment: Environment) -> dict[str, int]:
    """How many facts of each kind there are in one world."""
    rows = await tx.fetch(
        "SELECT kind, count(*)::int AS n FROM fact WHERE environment = $1 GROUP BY kind",
        environment.value,
    )
    return {row["kind"]: row["n"] for row in rows}


async def rehearsal(tx: Tx) -> bool | None:
    """Whether a rehearsal should be running; None where nobody has said so."""
    found: bool | None = await tx.fetchval("SELECT running FROM rehearsal")
    return found


async def set_rehearsal(tx: Tx, actor_id: UUID, running: bool) -> None:
    """Keep whether a rehearsal should be running."""
    await tx.execute(
        "INSERT INTO rehearsal (running, changed_by, changed_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (one) DO UPDATE SET running = excluded.running,"
        " changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        running, actor_id, clock.now(),
    )  # fmt: skip


# Figures count on, without saying whom.
ERASURES = (Erasure("fact", "UPDATE fact SET client_id = NULL WHERE client_id = $1"),)
