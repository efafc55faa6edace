"""Every process that serves people looks at capture health every few seconds."""

import structlog

from visavis.custody.api import capturing
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

EVERY_S = 5.0


async def run(database: Database, _: Settings) -> None:
    """Look until cancelled."""
    while True:
        try:
            async with database.transaction() as tx:
                await capturing.watch(tx)
        except Exception:
            log.exception("capture could not be looked at")
        await clock.sleep(EVERY_S)
