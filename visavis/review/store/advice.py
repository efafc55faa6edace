"""Table `advice`: which way staff advised which client on which instrument."""

from datetime import datetime
from uuid import UUID

from visavis.conversations.types import Said
from visavis.kernel.db import Tx

# Another client or another adviser; one who has changed his mind with one client contradicts nobody.
OPPOSITE = """
SELECT entry_id FROM advice
WHERE instrument = $1 AND way = -$2::smallint AND environment = $3 AND at >= $4 AND at <= $5 AND entry_id <> $6
    AND (client_id <> $7 OR staff_id <> $8)
ORDER BY at DESC LIMIT 1
"""


async def opposite(tx: Tx, one: Said, instrument: str, way: int, since: datetime) -> UUID | None:
    """The latest advice the other way since then."""
    found: UUID | None = await tx.fetchval(
        OPPOSITE, instrument, way, one.environment.value, since, one.at, one.entry_id, one.client_id, one.sender_id
    )  # fmt: skip
    return found


async def keep(tx: Tx, one: Said, instrument: str, way: int) -> None:
    """Keep which way this text advises."""
    await tx.execute(
        "INSERT INTO advice (entry_id, instrument, way, environment, conversation_id, staff_id, client_id, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        one.entry_id, instrument, way, one.environment.value, one.conversation_id, one.sender_id, one.client_id,
        one.at,
    )  # fmt: skip
