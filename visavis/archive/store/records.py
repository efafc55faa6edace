"""Tables `record`, `record_head`, `wrapping_key`, set-based."""

from collections.abc import Sequence
from uuid import UUID

from visavis.archive.types import Sealed
from visavis.kernel import clock
from visavis.kernel.columns import column, digits, pieces
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id

HEADS = """
SELECT object_id, digest FROM record_head WHERE object_id = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])
ORDER BY object_id FOR UPDATE
"""

# A chain begins with a row that holds no digest yet: two transactions must not both begin it.
BEGIN_HEADS = """
INSERT INTO record_head (object_id, record_id, digest)
SELECT object_id, object_id, '' FROM unnest($1::uuid[]) AS object_id ORDER BY object_id
ON CONFLICT (object_id) DO NOTHING
"""

# One exchange for a batch: the records, and the newest one of each object becomes its head.
KEEP = """
WITH kept AS (
    INSERT INTO record (record_id, kind, object_id, previous, at_us, environment, envelope)
    SELECT r.record_id, r.kind, r.object_id, r.previous::bytea, r.at_us::bigint, r.environment,
        substr($7::bytea, r.start::int, r.length::int)
    FROM unnest($1::uuid[], string_to_array($2, ','), $3::uuid[], string_to_array($4, ',', '~'),
                string_to_array($5, ','), string_to_array($6, ','), string_to_array($8, ','), string_to_array($9, ','))
        AS r (record_id, kind, object_id, previous, at_us, environment, start, length)
)
UPDATE record_head AS head SET record_id = fresh.record_id, digest = fresh.digest::bytea
FROM unnest($10::uuid[], $11::uuid[], string_to_array($12, ',')) AS fresh (object_id, record_id, digest)
WHERE head.object_id = fresh.object_id
"""

KEYS = """
SELECT id, relationship_id, retention_class, wrapped FROM wrapping_key
WHERE (relationship_id, retention_class) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
"""

NEW_KEYS = """
INSERT INTO wrapping_key (id, relationship_id, retention_class, master_id, wrapped, created_at)
SELECT *, $6 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[])
ON CONFLICT (relationship_id, retention_class) DO NOTHING
"""


async def heads(tx: Tx, object_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The digest of the newest record of each object (empty where there is none), locked in id order."""
    asked = column(object_ids)
    found = {row["object_id"]: row["digest"] for row in await tx.fetch(HEADS, asked)}
    if len(found) < len(object_ids):
        await tx.execute(BEGIN_HEADS, sorted(set(object_ids) - found.keys()))
        found = {row["object_id"]: row["digest"] for row in await tx.fetch(HEADS, asked)}
    return found


async def insert(tx: Tx, sealed: Sequence[Sealed]) -> None:
    """Keep the records and move the heads of their objects."""
    last = {one.fact.object_id: one for one in sealed}
    await tx.execute(
        KEEP,
        [one.record_id for one in sealed], ",".join([one.fact.kind for one in sealed]),
        [one.fact.object_id for one in sealed], digits([one.previous for one in sealed]),
        column([one.at_us for one in sealed]), ",".join([one.fact.environment for one in sealed]),
        *pieces([one.envelope for one in sealed]), [*last], [one.record_id for one in last.values()],
        digits([one.digest for one in last.values()]),
    )  # fmt: skip


async def wrapped_keys(tx: Tx, scopes: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], Row]:
    """The wrapping keys of these scopes that exist."""
    rows = await tx.fetch(KEYS, [scope[0] for scope in scopes], [scope[1] for scope in scopes])
    return {(row["relationship_id"], row["retention_class"]): row for row in rows}


async def insert_keys(tx: Tx, master_id: str, fresh: Sequence[tuple[UUID, str, bytes]]) -> None:
    """Add wrapping keys; where another transaction was faster, its key stands."""
    await tx.execute(
        NEW_KEYS,
        [new_id() for _ in fresh],
        [one[0] for one in fresh],
        [one[1] for one in fresh],
        [master_id for _ in fresh],
        [one[2] for one in fresh],
        clock.now(),
    )


async def record(tx: Tx, record_id: UUID) -> Row | None:
    """One record's row with its wrapped key."""
    return await tx.fetchrow("SELECT * FROM record WHERE record_id = $1", record_id)


async def key_by_id(tx: Tx, key_id: UUID) -> Row | None:
    """One wrapping key's row."""
    return await tx.fetchrow(
        "SELECT relationship_id, retention_class, wrapped FROM wrapping_key WHERE id = $1", key_id
    )


async def of_object(tx: Tx, object_id: UUID) -> list[Row]:
    """The chain of an object, oldest first."""
    return await tx.fetch(
        "SELECT * FROM record WHERE object_id = $1 ORDER BY at_us, record_id", object_id
    )


async def count(tx: Tx, environment: str | None) -> int:
    """How many records there are, in one environment or all."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM record WHERE $1::text IS NULL OR environment = $1", environment
        )
    )
