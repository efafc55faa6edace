"""The lease of the dispatcher: one holder, and an epoch that rises with every new one."""

from datetime import datetime
from uuid import UUID

from visavis.kernel.db import Tx

# A new holder raises the epoch: whatever the old one still writes finds its epoch gone. A lease that claims more than
# any lease lasts was taken by a clock that was ahead: nobody waits for its end.
LEAD = """
INSERT INTO lease (name, holder, epoch, until) VALUES ('dispatch', $1, 1, $2)
ON CONFLICT (name) DO UPDATE SET holder = $1, until = $2,
    epoch = CASE WHEN lease.holder = $1 THEN lease.epoch ELSE lease.epoch + 1 END
WHERE lease.holder = $1 OR lease.until <= $3 OR lease.until > $3 + interval '1 minute'
RETURNING epoch
"""


async def lead(tx: Tx, holder: UUID, until: datetime, now: datetime) -> int | None:
    """Take or renew the lease; the epoch, or None while somebody else holds it. Locks it until the commit."""
    epoch: int | None = await tx.fetchval(LEAD, holder, until, now)
    return epoch


async def free_at(tx: Tx) -> datetime | None:
    """When the lease ends unless it is renewed; None where nobody has ever held it."""
    until: datetime | None = await tx.fetchval("SELECT until FROM lease WHERE name = 'dispatch'")
    return until


async def holds(tx: Tx, epoch: int) -> bool:
    """Whether this epoch still leads; if so, no other one begins before this transaction has ended."""
    found = await tx.fetchval(
        "SELECT 1 FROM lease WHERE name = 'dispatch' AND epoch = $1 FOR SHARE", epoch
    )
    return found is not None


async def resign(tx: Tx, holder: UUID, now: datetime) -> None:
    """Give the lease up, so that a standby need not wait for its end."""
    await tx.execute(
        "UPDATE lease SET until = $2 WHERE name = 'dispatch' AND holder = $1", holder, now
    )
