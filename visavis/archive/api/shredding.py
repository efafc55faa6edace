"""Destroying keys: what they opened is gone, in every copy, once the masters that wrapped them have been replaced."""

from uuid import UUID

from visavis.archive import keys
from visavis.archive.store import shredding as store
from visavis.kernel import clock
from visavis.kernel.db import Tx


async def destroy_keys(tx: Tx, relationship_id: UUID) -> list[tuple[UUID, str]]:
    """Destroy the keys of a relationship, of every class; returns their ids and classes. The caller has the right.

    Their rows survive in the write-ahead log and in backups: rotate the masters in the same transaction.
    """
    gone = await store.destroy(tx, relationship_id, clock.now())
    scopes = [(relationship_id, row["retention_class"]) for row in gone]
    tx.after_commit(lambda: keys.ring().forget(scopes))
    return [(row["id"], row["retention_class"]) for row in gone]


def masters_left() -> int:
    """How many masters there are; more than one: a rotation broke off before the former ones were destroyed."""
    return len(keys.ring().masters)
