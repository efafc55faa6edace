"""Table `slot`: bookings per time and world; one statement checks and takes, so that none is sold twice."""

from datetime import datetime

from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

TAKE = """
INSERT INTO slot (environment, starts_at, booked) SELECT $1, $2, 1 WHERE $3 >= 1
ON CONFLICT (environment, starts_at) DO UPDATE SET booked = slot.booked + 1 WHERE slot.booked < $3
"""


async def booked(tx: Tx, environment: Environment, since: datetime) -> dict[datetime, int]:
    """Bookings per slot from `since` on."""
    rows = await tx.fetch(
        "SELECT starts_at, booked FROM slot WHERE environment = $1 AND starts_at >= $2",
        environment.value,
        since,
    )
    return {row["starts_at"]: row["booked"] for row in rows}


async def take(tx: Tx, environment: Environment, starts_at: datetime, most: int) -> bool:
    """Book the slot unless it holds `most` bookings already."""
    return await tx.execute(TAKE, environment.value, starts_at, most) == 1


async def give_back(tx: Tx, environment: Environment, starts_at: datetime) -> None:
    """Take one booking back."""
    await tx.execute(
        "UPDATE slot SET booked = greatest(booked - 1, 0) WHERE environment = $1 AND starts_at = $2",
        environment.value, starts_at,
    )  # fmt: skip
