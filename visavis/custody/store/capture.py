"""Table `capture`: one row that every process looks at."""

from visavis.custody.types import Capture
from visavis.kernel.db import Tx


async def read(tx: Tx, *, lock: bool = False) -> Capture:
    """How capture was when somebody last looked."""
    tail = " FOR UPDATE" if lock else ""
    row = await tx.fetchrow(
        f"SELECT failing_since, reason, stopped_at, checked_at FROM capture{tail}"
    )
    return Capture(*row.values()) if row else Capture()


async def write(tx: Tx, one: Capture) -> None:
    """How it is now."""
    await tx.execute(
        "INSERT INTO capture (failing_since, reason, stopped_at, checked_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (one) DO UPDATE SET failing_since = $1, reason = $2, stopped_at = $3, checked_at = $4",
        one.failing_since, one.reason, one.stopped_at, one.checked_at,
    )  # fmt: skip
