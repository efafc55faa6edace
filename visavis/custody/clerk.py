"""The clerk: work that is too long for a request or a job, one piece after another; and what has to be looked at often.

A process of its own. Each piece is claimed in one transaction, done in others and kept in a last one, so that a clerk
who dies leaves it to the next.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from visavis.custody.api import auditing, destroying, exporting, filing
from visavis.kernel.db import Database
from visavis.kernel.giving_way import Work
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

POLL_S = 2.0

Piece = Callable[[], Awaitable[bool]]


class Clerk:
    """Does what waits in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._filed: UUID | None = None
        self._pieces: tuple[Piece, ...] = (self._file, self._audit, self._export, self._destroy)

    async def step(self) -> bool:
        """Do one piece of each kind that waits; False when nothing did."""
        return any([await piece() for piece in self._pieces])

    async def _audit(self) -> bool:
        async with self._database.transaction() as tx:
            run = await auditing.next_audit(tx)
        if run is None:
            return False
        try:
            async with self._database.transaction() as tx:
                found = await auditing.compare(tx)
        except Exception:
            log.exception("audit failed")
            async with self._database.transaction() as tx:
                await auditing.give_up_audit(tx, run)
            return True
        if found.count:
            log.critical(
                "the record and its tables differ", faults=found.count, first=str(found.faults[0])
            )
        async with self._database.transaction() as tx:
            await auditing.keep_audit(tx, run, found)
        return True

    async def _file(self) -> bool:
        # Where a row of pages has come to its end, it begins once more below: some may have committed late.
        row = self._filed is not None
        async with self._database.transaction() as tx:
            self._filed = await filing.file_records(tx, self._filed)
        return row or self._filed is not None

    async def _export(self) -> bool:
        async with self._database.transaction() as tx:
            one = await exporting.next_export(tx)
        if one is None:
            return False
        try:
            await exporting.carry_out(self._database, one)
        except Exception as error:
            log.exception("export failed", export=str(one.id))
            async with self._database.transaction() as tx:
                await exporting.give_up_export(tx, one, f"{type(error).__name__}: {error}")
        return True

    async def _destroy(self) -> bool:
        await destroying.resume_rotation(self._database)
        return await destroying.destroy(self._database) is not None

    async def run(self) -> None:
        """Work until cancelled."""
        work = Work()
        while True:
            try:
                async with self._database.transaction() as tx:
                    await auditing.nightly_audit(tx)
                while await self.step():
                    await work.give_way()
            except Exception:
                log.exception("clerk failed")
            await work.give_way(POLL_S)


async def run(database: Database, _: Settings) -> None:
    """The clerk as a process of the application."""
    await Clerk(database).run()
