"""The process that makes the search words of what was said."""

import asyncio

import structlog

from visavis.conversations import api
from visavis.kernel import clock
from visavis.kernel.batch import TROUBLE
from visavis.kernel.db import Database
from visavis.kernel.giving_way import Work
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

IDLE_S = 0.5


async def index_words(database: Database, settings: Settings) -> None:
    """Until cancelled: make the search words of what was said, at once, under load a thirtieth of the time."""
    del settings
    news, work = asyncio.Event(), Work()
    cancel = database.live.subscribe(api.WORDS, lambda _: news.set())
    try:
        while True:
            news.clear()
            done = await _index(database)
            await work.give_way()
            if not done:
                await clock.woken(news, IDLE_S)
    finally:
        cancel()


async def _index(database: Database) -> int:
    try:
        async with database.transaction() as tx:
            return await api.index_batch(tx)
    except TROUBLE as trouble:
        log.info("words not indexed; tried again", error=str(trouble))
        return 0
