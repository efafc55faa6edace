"""A gentle rehearsal that goes on beside a demo: now and then a simulated client asks, so that offers arrive.

It plays while the console's switch is on. The colleagues of the cast take their time, so that whoever plays the
practising advisor has the first chance.
"""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Sequence

from visavis.rehearsal import cast
from visavis.rehearsal.advisors import AdvisorPlayer
from visavis.rehearsal.clients import arrive
from visavis.rehearsal.history import Asked, History
from visavis.rehearsal.players import Stage
from visavis.rehearsal.run import sign_in
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

LOOK_S = 3.0
REST_S = (6.0, 14.0)
HURRY = 0.12
AT_ONCE = 3
COLLEAGUES = 1


async def keep_playing(
    base: str, administrator: dict[str, str], operator: dict[str, str], questions: Sequence[str]
) -> None:
    """Play while the switch is on, until cancelled."""
    async with await sign_in(base, operator) as console:
        while not await _wanted(console):  # noqa: ASYNC110  # the switch is on the other side of the wire
            await asyncio.sleep(LOOK_S)
        run = secrets.token_hex(3)
        broker = cast.Broker(run)
        members = list(cast.plan(COLLEAGUES, run))
        async with await sign_in(base, administrator) as admin:
            await broker.introduce(admin)
            await cast.bring_in(admin, members, base)
        stage = Stage(base, History(), random.Random(), HURRY, float("inf"))
        tasks = [asyncio.create_task(AdvisorPlayer(stage, one).play()) for one in members]
        busy: set[asyncio.Task[None]] = set()
        number = 0
        try:
            while True:
                await asyncio.sleep(stage.dice.uniform(*REST_S))
                if await _wanted(console) and len(busy) < AT_ONCE:
                    number += 1
                    one = asyncio.create_task(_visit(stage, broker, number, questions))
                    busy.add(one)
                    one.add_done_callback(busy.discard)
        finally:
            for task in [*tasks, *busy]:
                task.cancel()
            await asyncio.gather(*tasks, *busy, return_exceptions=True)


async def _wanted(console: Http) -> bool:
    with contextlib.suppress(WireError):
        return bool((await console.get("/api/rehearsal"))["running"])
    return False


async def _visit(stage: Stage, broker: cast.Broker, number: int, questions: Sequence[str]) -> None:
    """One client comes, asks one question, speaks with a person, and goes."""
    client = await arrive(stage, broker, number)
    try:
        await client.enter()
        asked = Asked(client.name, stage.dice.choice(questions), time.monotonic())
        with contextlib.suppress(WireError):
            await client.ask(asked, insist=True)
    finally:
        await client.live.stop()
        await client.http.close()
