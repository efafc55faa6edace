"""Questions of other contexts about conversations, and the notice before the first word."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations.store import stream
from visavis.conversations.store import threads as store
from visavis.conversations.terms import limits
from visavis.conversations.types import (
    Conversation,
    Entry,
    Stream,
)  # fmt: skip
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound


async def acknowledge_notice(tx: Tx, actor: Actor, version: str) -> datetime:
    """Put on record that the client knows the recording notice; idempotent. Raises `Malformed` for another version.

    Raises `Forbidden`.
    """
    if not actor.has(Role.CLIENT, Role.VISITOR):
        raise Forbidden
    if version != limits().notice_version:
        raise Malformed(field="version", reason=limits().notice_version)
    known = await store.noticed_at(tx, actor.person_id, version)
    if known is not None:
        return known
    now = clock.now()
    fact = Fact(
        "notice",
        actor.person_id,
        actor.person_id,
        actor.environment,
        {"version": version},
        {"version": version},
    )
    await store.notice(tx, actor.person_id, version, now, await archive.append_one(tx, fact))
    return now


async def notice_acknowledged_at(tx: Tx, client_id: UUID) -> datetime | None:
    """When the client acknowledged the notice in force, or None."""
    return await store.noticed_at(tx, client_id, limits().notice_version)


async def conversation(tx: Tx, conversation_id: UUID) -> Conversation:
    """One conversation; the caller answers for who may know of it. Raises `NotFound`."""
    found = await store.conversations(tx, [conversation_id])
    if conversation_id not in found:
        raise NotFound
    return found[conversation_id]


async def conversations(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Conversation]:
    """These conversations; unknown ids are left out. The caller answers for who may know of them."""
    return await store.conversations(tx, ids)


async def open_of(tx: Tx, client_id: UUID) -> Conversation | None:
    """The client's open conversation."""
    return await store.open_of(tx, client_id)


async def handled_by(tx: Tx, staff_id: UUID) -> list[Conversation]:
    """The open conversations of a handler, newest first."""
    return await store.handled_by(tx, staff_id)


async def transcript(tx: Tx, conversation_id: UUID, limit: int = 50) -> list[Entry]:
    """The last shared entries in order, for a summary."""
    return await stream.page(tx, conversation_id, Stream.SHARED, 0, limit, before=stream.END)
