"""What anybody may ask without signing in: a registration code, and telling the firm about a false one."""

from datetime import timedelta

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity.store import public as store
from visavis.identity.store import sessions as counters
from visavis.kernel.auth import SYSTEM_ID, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import TooMany
from visavis.kernel.ids import new_id

LOOKS_PER_MINUTE = 60
REPORTS_PER_HOUR = 10


async def admit_look(tx: Tx, address: str) -> TooMany | None:
    """Count a look at the public register; an outcome, since the count must stay."""
    value, rest = await counters.count(tx, f"verify:{address}", timedelta(minutes=1))
    return TooMany(retry_after=rest) if value > LOOKS_PER_MINUTE else None


async def admit_report(tx: Tx, address: str) -> TooMany | None:
    """Count a report; an outcome, since the count must stay."""
    value, rest = await counters.count(tx, f"report:{address}", timedelta(hours=1))
    return TooMany(retry_after=rest) if value > REPORTS_PER_HOUR else None


async def report(tx: Tx, code: str, text: str) -> None:
    """Keep what somebody tells about a suspicious registration code, as evidence."""
    report_id = new_id()
    record_id = await archive.append_one(
        tx,
        Fact("public_report", report_id, SYSTEM_ID, Environment.REAL, {"code": code, "text": text}),
    )
    await store.add_report(tx, report_id, code, text, record_id)
