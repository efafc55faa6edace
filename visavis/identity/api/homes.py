"""Which branch keeps a client's account, where the firm's book names it (LIC-02)."""

from collections.abc import Collection, Mapping
from uuid import UUID

from visavis.identity.store import people as store
from visavis.kernel.db import Tx


async def of(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The branches of these clients; whoever has none is left out."""
    return await store.homes(tx, client_ids)


async def settle(tx: Tx, homes: Mapping[UUID, UUID]) -> None:
    """Keep which branches clients belong to; the book that says so is on record with its digest."""
    await store.settle_homes(tx, homes)
