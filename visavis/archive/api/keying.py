"""Rotating the masters: every wrapping key goes under a new one, and the old ones are destroyed.

A row that was deleted or blanked survives in the write-ahead log and in backups of the database; once its master is
gone, such a copy opens nothing.
"""

import asyncio

from cryptography.exceptions import InvalidTag

from visavis.archive import keys
from visavis.archive.api.recording import purpose_of
from visavis.archive.store import masters as store
from visavis.kernel.db import Tx


async def rotate_masters(tx: Tx) -> int:
    """Wrap every wrapping key anew and, once that is committed, destroy the masters before; returns how many keys.

    The caller has checked that it may be done. New relationships wait until the transaction ends.
    """
    ring = keys.ring()
    await store.hold_still(tx)
    await asyncio.to_thread(ring.refresh)
    before = ring.masters
    await asyncio.to_thread(ring.add_master)
    count = 0
    async for rows in store.all_wrapped(tx):
        fresh = []
        for row in rows:
            purpose = purpose_of(row["relationship_id"], row["retention_class"])
            fresh.append((row["id"], ring.wrap_key(ring.unwrap(row["wrapped"], purpose), purpose)))
        await store.rewrap(tx, ring.master_id, fresh)
        count += len(fresh)
    tx.after_commit(lambda: ring.destroy_masters(before))
    return count


async def follow_rotation(tx: Tx) -> bool:
    """Where another process has rotated the masters, forget every key that this one has in memory; whether it did.

    A key that was destroyed there opens and seals nothing here either: asked every few seconds.
    """
    ring = keys.ring()
    row = await store.newest_wrapped(tx)
    if row is None or ring.wraps(row["wrapped"]):
        return False
    await asyncio.to_thread(ring.forget_all)
    return True


async def keys_fit(tx: Tx) -> bool:
    """Whether this process's masters open the newest wrapping key of the database; true where there is none yet."""
    row = await store.newest_wrapped(tx)
    if row is None:
        return True
    purpose = purpose_of(row["relationship_id"], row["retention_class"])
    try:
        await asyncio.to_thread(keys.ring().unwrap, row["wrapped"], purpose)
    except InvalidTag:
        return False
    return True
