"""The sequencer: a single leader that takes committed records into the log.

Places are given in one transaction; then the files are written, bundles and tiles before the checkpoint; then the batch
is marked published. A crash anywhere leaves a batch without a checkpoint, which is written again: the same records at
the same places give the same bytes. Every transaction of the leader carries its epoch; whatever contradicts a
checkpoint that was signed before stops the log, and it signs nothing until the contradiction is gone.
"""

import asyncio
import contextlib
from datetime import timedelta

import httpx
import structlog

from visavis.archive import recovery, witnessing, writing
from visavis.archive.log import Contradiction, Log, current
from visavis.archive.store import records, sequence
from visavis.archive.types import Batch
from visavis.archive.writing import Fenced, Hook
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.kernel.ids import new_id
from visavis.kernel.settings import Settings
from visavis.tlog.growing import Edge
from visavis.tlog.sources import Conflict

log = structlog.get_logger(__name__)

BATCH = 1_000
LEASE_S = 10.0
POLL_S = 0.5
HALTED_S = 10.0


class Sequencer:
    """One candidate for leadership; several may run, one leads."""

    def __init__(
        self,
        database: Database,
        target: Log,
        hook: Hook = lambda _: None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.holder = new_id()
        self._database = database
        self._log = target
        self._hook = hook
        self._edge: Edge | None = None
        self._epoch = 0
        self._witnesses = witnessing.Witnesses(target, http)

    async def step(self) -> int:
        """Take up to 1,000 records into the log; returns how many places were published.

        Raises `Contradiction` when the log must not go on, `Fenced` when this one no longer leads.
        """
        now = clock.now()
        async with self._database.transaction() as tx:
            epoch = await sequence.lead(tx, self.holder, now + timedelta(seconds=LEASE_S), now)
        if epoch is None:
            self._edge = None
            return 0
        if epoch != self._epoch:
            self._epoch, self._edge = epoch, None
        try:
            return await self._advance()
        except Conflict as error:
            self._edge = None
            raise Contradiction("changed", str(error)) from None
        except BaseException:
            # What is in memory may be ahead of what is durable: begin again from the files.
            self._edge = None
            raise

    async def _advance(self) -> int:
        if self._edge is None:
            self._edge = await recovery.recover(self._database, self._log, self._witnesses)
            async with self._database.transaction() as tx:
                await sequence.lift(tx)
        async with self._database.transaction() as tx:
            waiting = await sequence.unfinished(tx, 1)
        batch = waiting[0] if waiting else await self._claim()
        term = writing.Term(self._epoch, self._hook)
        if batch is None:
            return 0
        await writing.write(self._database, self._log, self._witnesses, self._edge, term, batch)
        return batch.size - batch.first

    async def _claim(self) -> Batch | None:
        """Give the waiting records their places, in one fenced transaction."""
        async with self._database.transaction() as tx:
            if not await sequence.holds(tx, self._epoch):
                raise Fenced
            rows = await records.claim_unsequenced(tx, BATCH)
            if not rows:
                return None
            first = await sequence.sequenced(tx)
            ids = [row["record_id"] for row in rows]
            batch = await sequence.assign(tx, self._epoch, first, ids, clock.now())
            self._hook("assigned")
        self._hook("sequenced")
        return batch

    async def run(self) -> None:
        """Sequence until cancelled; a contradiction stops it until it is gone, anything else is tried again."""
        try:
            while True:
                await clock.sleep(await self._turn())
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(self._resign())
            await self._witnesses.close()

    async def _turn(self) -> float:
        """One step; returns how long to pause after it."""
        try:
            return 0.0 if await self.step() >= BATCH else POLL_S
        except Contradiction as error:
            log.critical("the log is halted", reason=error.reason, place=error.place)
            await self._halt(error)
            return HALTED_S
        except Fenced:
            return POLL_S
        except Exception:
            log.exception("sequencing failed")
            return POLL_S

    async def _halt(self, error: Contradiction) -> None:
        try:
            async with self._database.transaction() as tx:
                await sequence.halt(tx, error.reason, error.place, clock.now())
        except Exception:
            log.exception("the halt could not be kept")

    async def _resign(self) -> None:
        async with self._database.transaction() as tx:
            await sequence.resign(tx, self.holder, clock.now())


async def run(database: Database, _: Settings) -> None:
    """The sequencer as a process of the application."""
    await Sequencer(database, current()).run()
