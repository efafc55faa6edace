"""Behind the door: new versions go on record and are kept, one or a whole product list (all rows or none)."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id
from visavis.kernel.spreadsheet import RowError
from visavis.products import csvlist, store
from visavis.products.types import (
    ListResult,
    ListRow,
    ProductDetails,
    ProductVersion,
    VersionState,
)


async def bring(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> ListResult:
    """Check the whole list first; then, unless `dry_run` or errors, propose every changed row in this transaction."""
    rows, errors, total = await asyncio.to_thread(csvlist.parse, data)
    ids = await store.ids_by_code(tx, [row.code for row in rows])
    known = await store.versions(tx, ids.values())
    newest = {code: known[key][-1] for code, key in ids.items()}
    changed = [row for row in rows if row.code not in newest or _differs(row, newest[row.code])]
    errors += [
        RowError(row.row, "code", "product_row_pending", row.code)
        for row in changed
        if row.code in newest and newest[row.code].state is VersionState.PROPOSED
    ]
    fresh = [row for row in changed if row.code not in newest]
    counts = (total, len(fresh), len(changed) - len(fresh), len(rows) - len(changed))
    if errors:
        errors.sort(key=lambda one: (one.row, one.column))
        return ListResult(total, 0, 0, 0, tuple(errors[: csvlist.MOST_ERRORS]), applied=False)
    if dry_run:
        return ListResult(*counts, (), applied=False)
    now = clock.now()
    made = {row.code: new_id() for row in fresh}
    await store.insert_products(tx, [(made[row.code], row.code, now) for row in fresh])
    await insert(
        tx,
        actor,
        [
            (
                made.get(row.code) or ids[row.code],
                row.code,
                newest[row.code].version + 1 if row.code in newest else 1,
                row.details,
            )
            for row in changed
        ],
    )
    import_id = await _keep_import(tx, actor, data, total)
    return ListResult(*counts, (), applied=True, import_id=import_id)


def _differs(row: ListRow, newest: ProductVersion) -> bool:
    return newest.state is VersionState.RETURNED or asdict(row.details) != asdict(newest.details)


async def _keep_import(tx: Tx, actor: Actor, data: bytes, rows: int) -> UUID:
    import_id, digest = new_id(), hashlib.sha256(data).digest()
    body = {"actor": str(actor.person_id), "sha256": digest.hex(), "rows": rows}
    record = await archive.append_one(
        tx, Fact("product.list", import_id, actor.person_id, actor.environment, body)
    )
    await store.add_import(tx, import_id, actor.person_id, digest, rows, clock.now(), record)
    return import_id


async def insert(
    tx: Tx, actor: Actor, new: Sequence[tuple[UUID, str, int, ProductDetails]]
) -> list[ProductVersion]:
    """Put new versions on record and keep them, proposed."""
    now = clock.now()
    drafts = [
        ProductVersion(
            key, code, number, VersionState.PROPOSED, details, actor.person_id, None, "", now, None
        )
        for key, code, number, details in new
    ]
    facts = [
        fact(actor, one, "proposed", {"code": one.code, "content": store.content_of(one.details)})
        for one in drafts
    ]
    records = await archive.append(tx, facts)
    made = [
        ProductVersion(**{**vars(one), "record_id": record})
        for one, record in zip(drafts, records, strict=True)
    ]
    await store.insert_versions(tx, made)
    return made


def fact(actor: Actor, one: ProductVersion, step: str, body: Mapping[str, object]) -> Fact:
    """What goes on record about a version; the product is its chain."""
    clear = {"version": one.version, "state": step, "risk": int(one.details.risk)}
    return Fact(
        "product", one.product_id, one.product_id, actor.environment, body, clear, RetentionClass.SUITABILITY
    )  # fmt: skip
