"""The dispatcher: a single leader that looks, decides and acts whenever something has happened or is due.

Leadership is a lease with a fencing epoch that every write of the leader carries; a paused leader changes nothing any
more. All timers are columns, so that a standby goes on where the leader stopped. Grabs and accepts need no leader.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from visavis.dispatch import looking
from visavis.dispatch.moving import Leader, apply
from visavis.dispatch.policies import default
from visavis.dispatch.rules.plans import Move
from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.store import leader as lease
from visavis.dispatch.store import requests
from visavis.dispatch.telling import tell_pool
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database, Tx
from visavis.kernel.ids import new_id
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

# Renewed every second at least; a standby tries when it ends, and so leads within 5 s also on a busy machine.
LEASE_S = 3.5
POLL_S = 1.0
LEAST_PAUSE_S = 0.02
TELL_S = 0.02


class Engine:
    """One candidate for leadership; several may run, one leads."""

    def __init__(self, database: Database, terms: Terms, policy: Policy | None = None) -> None:
        self.holder = new_id()
        self._database = database
        self._terms = terms
        self._policy = policy or default()
        self._wake = asyncio.Event()
        self._pool: frozenset[UUID] = frozenset()
        self._tell_again = clock.EPOCH

    async def look(self) -> tuple[Leader, list[Move]] | None:
        """Take or renew the lease and decide; None while somebody else leads."""
        now = clock.now()
        async with self._database.transaction() as tx:
            epoch = await lease.lead(tx, self.holder, now + timedelta(seconds=LEASE_S), now)
            if epoch is None:
                return None
            moves: list[Move] = []
            idle = now - timedelta(seconds=self._policy.idle_close_seconds)
            for environment in await requests.environments(tx, now, idle):
                moves += await looking.decided(tx, environment, now, self._terms, self._policy)
            return Leader(epoch, now, self._terms, self._policy), moves

    async def act(self, leader: Leader, moves: Sequence[Move]) -> int:
        """Carry the moves out; where one of them fails, each alone, so that it stops nobody else."""
        try:
            return await self._database.run(lambda tx: apply(tx, moves, leader))
        except Exception:
            if len(moves) == 1:
                log.exception("a move failed", request=str(moves[0].request.id))
                return 0
        return sum([await self.act(leader, [move]) for move in moves])

    async def step(self) -> int:
        """Look once and act; returns how many requests moved."""
        found = await self.look()
        return await self.act(*found) if found and found[1] else 0

    async def turn(self) -> float:
        """Lead where one may, or stand by; returns how long to rest unless woken, in seconds."""
        found = await self.look()
        if found is None:
            return await self._until(lease.free_at)
        if found[1]:
            await self.act(*found)
        await self.show_pool()
        return await self._until(partial(looking.next_due, after=found[0].now))

    async def settle(self, limit: int = 100) -> int:
        """Step until nothing moves; for tests and tools. Raises when it does not come to rest."""
        total = 0
        for _ in range(limit):
            moved = await self.step()
            if not moved:
                return total
            total += moved
        raise RuntimeError("the ladder does not come to rest")

    async def run(self) -> None:
        """Dispatch until cancelled, woken by hints and by the nearest timer."""
        cancel = self._database.live.subscribe("engine", lambda _: self._wake.set())
        try:
            while True:
                self._wake.clear()
                try:
                    pause = await self.turn()
                except Exception:
                    log.exception("dispatching failed")
                    pause = POLL_S
                await clock.woken(self._wake, pause)
        finally:
            cancel()
            with contextlib.suppress(Exception):
                await asyncio.shield(self._resign())

    async def show_pool(self) -> None:
        """Tell those on duty that the pool has changed; the more they are, the less often, once a second at most."""
        now = clock.now()
        if now < self._tell_again:
            return
        async with self._database.transaction() as tx:
            pool = await requests.pooled_ids(tx)
            if pool != self._pool:
                self._pool = pool
                told = await tell_pool(tx, now, self._terms)
                self._tell_again = now + timedelta(seconds=max(POLL_S, told * TELL_S))

    async def _until(self, moment: Callable[[Tx], Awaitable[datetime | None]]) -> float:
        """Seconds until a moment that the store knows."""
        async with self._database.transaction() as tx:
            at = await moment(tx)
        wait = (at - clock.now()).total_seconds() if at is not None else POLL_S
        return min(max(wait, LEAST_PAUSE_S), POLL_S)

    async def _resign(self) -> None:
        async with self._database.transaction() as tx:
            await lease.resign(tx, self.holder, clock.now())


async def prepare(database: Database, settings: Settings) -> None:
    """See what a first turn sees, and take no lease: whoever has done so can take over at once."""
    async with database.transaction(readonly=True) as tx:
        await looking.view(tx, Environment.REAL, clock.now(), Terms.of(settings), default())


async def run(database: Database, settings: Settings) -> None:
    """The dispatcher as a process of the application."""
    await Engine(database, Terms.of(settings)).run()
