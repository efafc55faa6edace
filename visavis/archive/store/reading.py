"""Tables `record`, `record_head`, `wrapping_key`, read in bulk."""

from collections.abc import Collection
from uuid import UUID

from visavis.kernel.db import Row, Tx

RECORDS = """
SELECT record_id, kind, object_id, previous, at_us, environment, leaf_index, envelope
FROM record LEFT JOIN log_place USING (record_id)
"""

BY_OBJECT = f"""
{RECORDS} WHERE (object_id, record_id) > ($1::uuid, $2::uuid)
ORDER BY object_id, record_id LIMIT $3
"""


async def by_object(tx: Tx, after: tuple[UUID, UUID], limit: int) -> list[Row]:
    """A page of all records, those of one object together."""
    return await tx.fetch(BY_OBJECT, *after, limit)


async def by_ids(tx: Tx, ids: Collection[UUID]) -> list[Row]:
    """Records by id, in id order."""
    return await tx.fetch(f"{RECORDS} WHERE record_id = ANY($1) ORDER BY record_id", list(ids))


async def heads(tx: Tx, objects: Collection[UUID]) -> dict[UUID, bytes]:
    """The digest that each object's next record would carry."""
    rows = await tx.fetch(
        "SELECT object_id, digest FROM record_head WHERE object_id = ANY($1)", list(objects)
    )
    return {row["object_id"]: row["digest"] for row in rows}


async def headless(tx: Tx) -> list[UUID]:
    """Objects with a head but without any record: whatever was on record about them is gone."""
    rows = await tx.fetch(
        "SELECT object_id FROM record_head AS head WHERE digest <> '' AND NOT EXISTS"
        " (SELECT FROM record WHERE record.object_id = head.object_id) ORDER BY object_id LIMIT 1000"
    )
    return [row["object_id"] for row in rows]


async def keys(tx: Tx, ids: Collection[UUID]) -> list[Row]:
    """Wrapping keys by id, destroyed ones with `wrapped` null."""
    return await tx.fetch(
        "SELECT id, relationship_id, retention_class, wrapped FROM wrapping_key WHERE id = ANY($1)",
        list(ids),
    )
