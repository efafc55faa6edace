"""Table `wrapping_key` under rotation."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from visavis.kernel.db import Row, Tx

STRIDE = 5_000

SOME = """
SELECT id, relationship_id, retention_class, wrapped FROM wrapping_key
WHERE id > $1 AND wrapped IS NOT NULL ORDER BY id LIMIT $2
"""

NEWEST = """
SELECT relationship_id, retention_class, wrapped FROM wrapping_key
WHERE wrapped IS NOT NULL ORDER BY id DESC LIMIT 1
"""

REWRAP = """
UPDATE wrapping_key AS key SET master_id = $1, wrapped = fresh.wrapped
FROM unnest($2::uuid[], $3::bytea[]) AS fresh (id, wrapped) WHERE key.id = fresh.id
"""

REPLACE = """
UPDATE wrapping_key AS key SET master_id = $1, wrapped = fresh.now
FROM unnest($2::bytea[], $3::bytea[]) AS fresh (before, now) WHERE key.wrapped = fresh.before
"""


async def hold_still(tx: Tx) -> None:
    """Nobody adds or changes a wrapping key until this transaction ends; who is at it is waited for."""
    await tx.execute("LOCK TABLE wrapping_key IN SHARE ROW EXCLUSIVE MODE")


async def all_wrapped(tx: Tx) -> AsyncIterator[list[Row]]:
    """Every wrapping key that has not been destroyed, some at a time."""
    after = UUID(int=0)
    while rows := await tx.fetch(SOME, after, STRIDE):
        yield rows
        after = rows[-1]["id"]


async def newest_wrapped(tx: Tx) -> Row | None:
    """The wrapping key that was made last, of those that have not been destroyed."""
    return await tx.fetchrow(NEWEST)


async def rewrap(tx: Tx, master_id: str, fresh: Sequence[tuple[UUID, bytes]]) -> None:
    """Put these keys, by id, under another master."""
    await tx.execute(REWRAP, master_id, [one[0] for one in fresh], [one[1] for one in fresh])


async def replace(tx: Tx, master_id: str, fresh: Sequence[tuple[bytes, bytes]]) -> None:
    """Put keys, by what they are wrapped as, under another master."""
    await tx.execute(REPLACE, master_id, [one[0] for one in fresh], [one[1] for one in fresh])
