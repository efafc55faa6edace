"""The sequencer: a single leader that takes committed records into the log.

Places are given in one transaction; then the files are written, bundles and tiles before the checkpoint; then the batch
is marked published. A crash anywhere leaves a batch without a checkpoint, which is written again: the same records at
the same places give the same bytes. Every transaction of the leader carries its epoch; whatever contradicts a
checkpoint that was signed before stops the log, and it signs nothing until the contradiction is gone.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

import httpx
import structlog

from visavis.archive import claiming, recovery, witnessing, writing
from visavis.archive.claiming import BATCH, Fenced, Hook, Term
from visavis.archive.log import Contradiction, Log
from visavis.archive.store import sequence
from visavis.archive.types import Batch
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.kernel.giving_way import loaded
from visavis.kernel.ids import new_id
from visavis.tlog.growing import Edge
from visavis.tlog.sources import Conflict

log = structlog.get_logger(__name__)

LEASE_S = 10.0
# A leaf in two seconds; beside a message path under load fewer and larger batches, which cost it less.
POLL_S, LOADED_S = 0.25, 1.0
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
        self._database, self._log, self._hook = database, target, hook
        self._edge: Edge | None = None
        self._ahead: claiming.Claimed | None = None
        self._epoch, self._renew_at = 0, clock.EPOCH
        self._witnesses = witnessing.Witnesses(target, http)

    async def step(self) -> int:
        """Take one batch of records into the log; returns how many places were published.

        Raises `Contradiction` when the log must not go on, `Fenced` when this one no longer leads.
        """
        try:
            if not await self._leads():
                self._edge = None
                return 0
            return await self._advance()
        except BaseException as error:
            # What is in memory may be ahead of what is durable: begin again from lease and files.
            self._edge, self._ahead, self._renew_at = None, None, clock.EPOCH
            if isinstance(error, Conflict):
                raise Contradiction("changed", str(error)) from None
            raise

    async def _leads(self) -> bool:
        """Take the lease, or renew it in good time; what is written under it is fenced all the same."""
        now = clock.now()
        if self._edge is not None and now < self._renew_at:
            return True
        async with self._database.transaction() as tx:
            epoch = await sequence.lead(tx, self.holder, now + timedelta(seconds=LEASE_S), now)
        self._renew_at = now + timedelta(seconds=LEASE_S / 3)
        if epoch is None or epoch != self._epoch:
            self._epoch, self._edge, self._ahead = epoch or 0, None, None
        return epoch is not None

    async def _advance(self) -> int:
        unfinished: list[Batch] = []
        if self._edge is None:
            self._edge = await recovery.recover(self._database, self._log, self._witnesses)
            async with self._database.transaction() as tx:
                await sequence.lift(tx)
                unfinished = await sequence.unfinished(tx)
        done = 0
        for batch in unfinished:
            done += await self._write(
                self._edge, batch, await claiming.again(self._database, batch)
            )
        claimed, self._ahead = self._ahead or await claiming.claim(self._database, self._term), None
        if claimed is None:
            return done
        if claimed[0].size - claimed[0].first < BATCH:
            return done + await self._write(self._edge, *claimed)
        # There is more to do: the database gives the next places while these are written.
        ahead = asyncio.create_task(claiming.claim(self._database, self._term))
        try:
            done += await self._write(self._edge, *claimed)
        finally:
            self._ahead = await ahead
        return done

    @property
    def _term(self) -> Term:
        return Term(self._epoch, self._hook)

    async def _write(self, edge: Edge, batch: Batch, rows: Sequence[claiming.Leaf]) -> int:
        where = writing.Desk(self._database, self._log, self._witnesses)
        await writing.write(where, self._term, edge, batch, rows)
        return batch.size - batch.first

    async def resign(self) -> None:
        """Give the lease up, so that a standby need not wait for its end."""
        async with self._database.transaction() as tx:
            await sequence.resign(tx, self.holder, clock.now())

    async def run(self) -> None:
        """Sequence until cancelled; a contradiction stops it until it is gone, anything else is tried again."""
        try:
            while True:
                await clock.sleep(await self._turn())
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(self.resign())
            await self._witnesses.close()

    async def _turn(self) -> float:
        """One step; returns how long to pause after it."""
        try:
            return 0.0 if await self.step() >= BATCH else LOADED_S if loaded() else POLL_S
        except Contradiction as error:
            log.critical("the log is halted", reason=error.reason, place=error.place)
            await recovery.remember(self._database, error)
            return HALTED_S
        except Fenced:
            return POLL_S
        except Exception:
            log.exception("sequencing failed")
            return POLL_S
