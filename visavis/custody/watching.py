"""Every process that seals or serves looks every few seconds at capture health, and at keys that are no more."""

import structlog

from visavis.archive import api as archive
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
            async with database.transaction(readonly=True) as tx:
                await archive.follow_rotation(tx)
        except Exception:
            log.exception("capture or keys could not be looked at")
        await clock.sleep(EVERY_S)
