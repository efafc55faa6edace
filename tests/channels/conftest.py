"""A house that tells whoever does not look."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.channels.house import SECRET, House
from tests.channels.receiver import receiving
from tests.world import made
from visavis.channels.courier import Courier
from visavis.channels.webhook import HttpHook
from visavis.channels.webpush import NullPush
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings


@pytest.fixture
async def house(database: Database, clock: FakeClock, settings: Settings) -> AsyncIterator[House]:
    async with receiving() as receiver:
        told = settings.model_copy(update={"webhook_url": receiver.url, "webhook_secret": SECRET})
        async with made(database, clock, told) as world, httpx.AsyncClient() as http:
            push = NullPush()
            hook = HttpHook(receiver.url, SECRET, http)
            yield House(world, receiver, push, Courier(database, push, hook))
