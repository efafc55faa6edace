"""Every process that judges takes up new policies: at a hint of the bus, and without one within half a minute."""

import asyncio

import structlog

from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings
from visavis.supervision.api import policies

log = structlog.get_logger(__name__)

EVERY_S = 30.0


async def run(database: Database, _: Settings) -> None:
    """Look until cancelled."""
    news = asyncio.Event()
    cancel = database.live.subscribe(policies.TOPIC, lambda _: news.set())
    try:
        while True:
            news.clear()
            await look(database)
            await clock.woken(news, EVERY_S)
    finally:
        cancel()


async def look(database: Database) -> bool:
    """Judge by what the store has in force now; whether that is news. What cannot be asked is asked again."""
    try:
        async with database.transaction() as tx:
            asked = await policies.wanted(tx)
        return await policies.adopt(asked)
    except Exception:
        log.exception("the store of policies could not be looked at")
        return False
