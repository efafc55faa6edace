"""Importing staff from a CSV, wholly or not at all, and setting photos."""

import asyncio
from uuid import UUID

from visavis.identity import bulk, evidence, portrait, rules
from visavis.identity.api import administration, licences
from visavis.identity.store import administration as store
from visavis.identity.store import people as persons
from visavis.identity.types import ImportResult, RowError, Staff
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound, Refusal


class Undo(Exception):
    """Takes a dry run or a faulty import back to its savepoint."""


async def import_staff(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> ImportResult:
    """Add the staff of a CSV (form: `bulk`), wholly or not at all; a dry run changes nothing. Raises `Forbidden`."""
    if not rules.may_administer(actor):
        raise Forbidden
    branches = {one.code: one.id for one in await persons.branches(tx)}
    rows, errors, count = bulk.read(data, branches)
    applied = False
    try:
        async with tx.savepoint():
            hints = len(tx.hints)
            for row in rows:
                errors += await _add(tx, actor, row)
            if errors or dry_run or not rows:
                del tx.hints[hints:]
                raise Undo
            applied = True
    except Undo:
        pass
    errors.sort(key=lambda one: one.row)
    return ImportResult(count, tuple(errors), applied)


async def encode_photo(data: bytes, most_pixels: int) -> bytes:
    """The photo as it will be served; outside any transaction, since it takes time. Raises `Malformed`."""
    return await asyncio.to_thread(portrait.encoded, data, most_pixels)


async def set_photo(tx: Tx, actor: Actor, staff_id: UUID, encoded: bytes | None) -> Staff:
    """Set or remove a photo: administrators anybody's, staff their own. Raises `Forbidden`, `NotFound`."""
    if not rules.may_set_photo(actor, staff_id):
        raise Forbidden
    media_type = portrait.MEDIA_TYPE if encoded else None
    await store.set_photo(tx, staff_id, encoded, media_type)
    found = (await persons.staff(tx, [staff_id])).get(staff_id)
    if found is None:
        raise NotFound
    await evidence.administration(
        tx, "photo_changed", actor, staff_id, found.environment, {"photo": found.photo_url or ""}
    )
    return found


async def _add(tx: Tx, actor: Actor, row: bulk.Row) -> list[RowError]:
    try:
        async with tx.savepoint():
            one = await administration.add_staff(tx, actor, row.details)
            for licence in row.licences:
                await licences.add_licence(tx, actor, one.id, licence)
    except Refusal as refusal:
        column = str(refusal.params.get("field", ""))
        return [RowError(row.number, column, refusal.code, str(refusal.params.get("reason", "")))]
    return []
