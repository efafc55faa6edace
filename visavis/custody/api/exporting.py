"""Exports: asked for with a purpose, written in the background, taken away by who asked; all of it on record."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.custody import exporting
from visavis.custody.api import filing, keeping, looking
from visavis.custody.rules import grants
from visavis.custody.store import exports as store
from visavis.custody.terms import terms
from visavis.custody.types import (
    Export,
    ExportFormat,
    ExportState,
    GrantNamesClients,
    NotReady,
    PeriodEmpty,
    Query,
    ServesClient,
)
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id

PATIENCE = timedelta(minutes=10)


async def ask_for_export(
    tx: Tx, actor: Actor, form: ExportFormat, client_id: UUID | None, from_us: int, until_us: int, purpose: str
) -> Export:  # fmt: skip
    """Put an export in the queue; an examiner's covers no more than his grant.

    Raises as `scope_of`, `NotFound`, `BeyondGrant`, `ServesClient`, `GrantNamesClients`, `PeriodEmpty`.
    """
    within = await looking.scope_of(tx, actor, purpose)
    if client_id is not None:
        await keeping.client_of(tx, actor, client_id)
    asked = grants.narrowed(
        Query(client_id=client_id, from_us=from_us, until_us=min(until_us, clock.now_us())), within
    )
    if within.clients is not None and client_id is None:
        raise GrantNamesClients
    if asked.from_us >= asked.until_us:
        raise PeriodEmpty
    one = Export(
        new_id(), ExportState.QUEUED, actor.person_id, within.grant_id, within.environment.value, form,
        client_id, asked.from_us, asked.until_us, within.purpose, 0, 0, 0, "", "", clock.now(), None,
        UUID(int=0),
    )  # fmt: skip
    await looking.on_record(tx, actor, within, "export", client_id, client_id, form.value)
    one = replace(one, record_id=await archive.append_one(tx, _fact("export.asked", one)))
    await store.add(tx, one)
    return one


async def next_export(tx: Tx) -> Export | None:
    """Take the next export that waits."""
    return await store.claim(tx, clock.now(), PATIENCE)


async def carry_out(database: Database, one: Export) -> None:
    """Write an export's file; the long work of the clerk, in transactions of its own.

    Everything that is on record by now is filed before, however far behind the finding aid is: what is in no file yet
    would be left out in silence.
    """

    async def told(done: int, total: int) -> None:
        async with database.transaction() as tx:
            await store.progress(tx, one.id, done, total, clock.now())

    mark = f"{one.asked_by} · {str(one.grant_id)[-8:]}" if one.grant_id else ""
    path = path_of(one.id)
    await filing.file_all(database)
    async with database.transaction() as tx:
        served = await terms().served(tx, one.asked_by)
    digest = await exporting.write(database, one, path, mark, served, told)
    async with database.transaction() as tx:
        if not await store.going_on(tx, one.id):
            # A client who is in it has been destroyed while it was written.
            path.unlink()
            return
        record = await archive.append_one(tx, _fact("export.done", one, sha256=digest))
        await store.finish(
            tx, one.id, ExportState.DONE, path.stat().st_size, digest, "", clock.now(), record
        )


async def give_up_export(tx: Tx, one: Export, error: str) -> None:
    """An export that could not be written."""
    await store.finish(
        tx, one.id, ExportState.FAILED, 0, "", error[:500], clock.now(), one.record_id
    )


async def exports(tx: Tx, actor: Actor) -> list[Export]:
    """All exports for the supervisor, his own for an examiner, newest first; raises `Forbidden`.

    What others asked for of a client whom the reader serves or served is not among them.
    """
    if not actor.has(Role.SUPERVISOR, Role.EXAMINER):
        raise Forbidden
    own = None if actor.has(Role.SUPERVISOR) else actor.person_id
    served = await terms().served(tx, actor.person_id)
    found = await store.listed(tx, own, actor.environment.value)
    return [one for one in found if one.client_id not in served]


async def export_file(tx: Tx, actor: Actor, export_id: UUID) -> tuple[Export, Path]:
    """A finished export's file, for who asked for it; taking it is on record.

    Raises `NotFound`, `ServesClient`, `NotReady`.

    An examiner's must still be open: the grant under which the export was asked for, not another one.
    """
    one = await store.by_id(tx, export_id)
    if one is None or one.asked_by != actor.person_id:
        raise NotFound
    within = await looking.scope_of(tx, actor, one.purpose, one.grant_id)
    if one.client_id in within.served:
        raise ServesClient
    if one.state is not ExportState.DONE:
        raise NotReady(state=one.state.value)
    await looking.on_record(tx, actor, within, "download", export_id, one.client_id)
    return one, path_of(export_id)


def path_of(export_id: UUID) -> Path:
    """Where an export's file lies."""
    return terms().folder / "exports" / f"{export_id}.zip"


def files_of(export_id: UUID) -> tuple[Path, Path]:
    """Its file, and where it lies while it is written."""
    path = path_of(export_id)
    return path, exporting.in_the_making(path)


def _fact(kind: str, one: Export, **more: str) -> Fact:
    body = {
        "asked_by": str(one.asked_by), "format": one.format.value, "purpose": one.purpose,
        "client": str(one.client_id) if one.client_id else None,
        "from": str(one.from_us), "until": str(one.until_us), **more,
    }  # fmt: skip
    return Fact(kind, one.id, one.asked_by, Environment(one.environment), body)
