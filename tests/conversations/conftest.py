"""A real web server on loopback, for tests that need real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests import policies
from tests.world import World
from visavis.identity.types import PersonKind
from visavis.launch import listen, server
from visavis.sdk.http import Http
from visavis.sdk.live import Live
from visavis.supervision import api as supervision
from visavis.supervision import judging


class Wire:
    """A running server, and people who reach it over real sockets."""

    def __init__(self, world: World, url: str, stack: AsyncExitStack) -> None:
        self.world = world
        self.url = url
        self._stack = stack

    async def http(self, person: Any) -> Http:
        """Calls of somebody with a new session; `person` is a `Person` or the world's `Client`."""
        one = getattr(person, "person", person)
        token = await self.world.session(one.id, PersonKind(one.kind))
        http = await self._stack.enter_async_context(Http(self.url))
        http.use_bearer(token)
        return http

    async def live(self, person: Any, **more: Callable[..., None]) -> Live:
        """A started live connection of somebody."""
        return await self._stack.enter_async_context(Live(await self.http(person), **more))


@pytest.fixture
async def wire(world: World) -> AsyncIterator[Wire]:
    """A real server for the world's application."""
    sock = listen("127.0.0.1", 0)
    running = server(world.app)
    task = asyncio.create_task(running.serve(sockets=[sock]))
    async with AsyncExitStack() as stack:
        yield Wire(world, f"http://127.0.0.1:{sock.getsockname()[1]}", stack)
    running.should_exit = True
    await world.clock.advance(0)
    await asyncio.wait_for(task, 20)


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> str:
    """A policy pack whose rule against other channels holds instead of blocking; returns a text that it holds."""
    pack = policies.holding()
    for place in (judging, supervision):
        monkeypatch.setattr(place, "pack", lambda: pack)
    return policies.HELD
