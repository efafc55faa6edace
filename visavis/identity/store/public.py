"""Table `public_report`."""

from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.db import Tx


async def add_report(tx: Tx, report_id: UUID, code: str, text: str, record_id: UUID) -> None:
    """Keep a report and the number of its record."""
    await tx.execute(
        "INSERT INTO public_report (id, code, text, created_at, record_id)"
        " VALUES ($1, $2, $3, $4, $5)",
        report_id, code, text, clock.now(), record_id,
    )  # fmt: skip
