"""Putting facts on record, and reading records back."""

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from visavis.archive import keys, rules
from visavis.archive.seal import header_of, seal, unseal
from visavis.archive.store import masters
from visavis.archive.store import records as store
from visavis.archive.types import Damaged, Fact, KeyDestroyed, Record, Sealed
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_ids

DATA_KEY = 32


async def append(tx: Tx, facts: Sequence[Fact]) -> list[UUID]:
    """Seal `facts` in order and keep them; returns their record ids. Raises `TooLarge`, `KeyDestroyed`.

    Facts about one object form a chain: each carries the SHA-256 of the one before. Heads are locked in id order.
    """
    if not facts:
        return []
    scopes = [(fact.relationship_id, fact.retention.value) for fact in facts]
    wrapping = await _wrapping_keys(tx, set(scopes))
    heads = await store.heads(tx, sorted({fact.object_id for fact in facts}))
    sealed: list[Sealed] = []
    fresh = os.urandom(DATA_KEY * len(facts))
    at_us = clock.now_us()
    for number, (fact, scope, record_id) in enumerate(
        zip(facts, scopes, new_ids(len(facts)), strict=True)
    ):
        key_id, key = wrapping[scope]
        data_key = fresh[number * DATA_KEY : (number + 1) * DATA_KEY]
        last = heads[fact.object_id] or None
        one = seal(fact, record_id, last, at_us, key_id, key, data_key)
        heads[fact.object_id] = one.digest
        sealed.append(one)
    await store.insert(tx, sealed)
    return [one.record_id for one in sealed]


async def append_one(tx: Tx, fact: Fact) -> UUID:
    """`append` for a single fact."""
    return (await append(tx, [fact]))[0]


async def open_record(tx: Tx, record_id: UUID) -> Record:
    """A record read back; the caller has checked that its reader may see it. Raises `NotFound`, `Damaged`."""
    row = await store.record(tx, record_id)
    if row is None:
        raise NotFound
    return await _open(tx, row)


async def chain(tx: Tx, object_id: UUID) -> list[Record]:
    """The records of an object, oldest first; the caller has checked that its reader may see them."""
    return [await _open(tx, row) for row in await store.of_object(tx, object_id)]


async def count(tx: Tx, actor: Actor, environment: Environment | None = None) -> int:
    """How many records there are, in one environment or in all; raises `Forbidden`."""
    if not rules.may_count(actor):
        raise Forbidden
    return await store.count(tx, environment.value if environment else None)


def keep_secret(secret: bytes, purpose: str) -> bytes:
    """A small secret, wrapped by the installation's master key and bound to `purpose`; for other contexts' columns."""
    return keys.ring().wrap(secret, purpose)


def open_secret(wrapped: bytes, purpose: str) -> bytes:
    """What `keep_secret` was given; raises cryptography's InvalidTag when key or purpose differ."""
    return keys.ring().unwrap(wrapped, purpose)


async def _open(tx: Tx, row: Row) -> Record:
    header, _, _ = header_of(row["envelope"])
    found = await store.key_by_id(tx, UUID(header["kid"]))
    if found is None:
        raise Damaged(part="key")
    body: Mapping[str, Any] | None = None
    if found["wrapped"] is not None:
        purpose = purpose_of(found["relationship_id"], found["retention_class"])
        body = unseal(row["envelope"], keys.ring().unwrap(found["wrapped"], purpose))
    return Record(
        row["record_id"], row["kind"], row["object_id"], row["previous"],
        clock.from_us(row["at_us"]), Environment(row["environment"]), header["clear"], body,
        hashlib.sha256(row["envelope"]).digest(),
    )  # fmt: skip


async def _wrapping_keys(
    tx: Tx, scopes: set[tuple[UUID, str]]
) -> dict[tuple[UUID, str], tuple[UUID, bytes]]:
    ring = keys.ring()
    known: dict[tuple[UUID, str], tuple[UUID, bytes]] = {}
    missing: list[tuple[UUID, str]] = []
    for scope in sorted(scopes):
        cached = ring.known.get(scope)
        if cached is None:
            missing.append(scope)
        else:
            known[scope] = cached
    if missing:
        known |= await _load_keys(tx, missing)
    return known


async def _load_keys(
    tx: Tx, missing: Sequence[tuple[UUID, str]]
) -> dict[tuple[UUID, str], tuple[UUID, bytes]]:
    ring = keys.ring()
    rows = await store.wrapped_keys(tx, missing)
    absent = [scope for scope in missing if scope not in rows]
    if absent:
        await _make_keys(tx, ring, absent)
        rows |= await store.wrapped_keys(tx, absent)
    if any(row["wrapped"] is None for row in rows.values()):
        raise KeyDestroyed
    found = {
        scope: (row["id"], ring.unwrap(row["wrapped"], purpose_of(*scope)))
        for scope, row in rows.items()
    }
    # A key made here is cached only after its transaction has been committed: a rolled-back key must not seal anything.
    tx.after_commit(lambda: ring.remember(found))
    return found


async def _make_keys(tx: Tx, ring: keys.KeyRing, scopes: Sequence[tuple[UUID, str]]) -> None:
    """Wrapping keys for these scopes; should the masters rotate meanwhile, under the new one."""
    made = {scope: os.urandom(32) for scope in scopes}
    used = ring.master_id
    wrapped = {scope: ring.wrap_key(key, purpose_of(*scope)) for scope, key in made.items()}
    await store.insert_keys(tx, used, [(*scope, wrapped[scope]) for scope in scopes])
    await asyncio.to_thread(ring.refresh)
    if ring.master_id != used:
        fresh = [(wrapped[one], ring.wrap_key(made[one], purpose_of(*one))) for one in scopes]
        await masters.replace(tx, ring.master_id, fresh)


def purpose_of(relationship_id: UUID, retention_class: str) -> str:
    """What a wrapping key is bound to under its master."""
    return f"wrapping {relationship_id} {retention_class}"
