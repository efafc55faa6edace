"""What supervisors may do: look with a purpose, each look on record; release or refuse what is held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.connections import api as connections
from visavis.conversations import rules
from visavis.conversations.api.finding import find
from visavis.conversations.api.saying import enter
from visavis.conversations.releasing import let_through
from visavis.conversations.store import files as file_store
from visavis.conversations.store import reading, stream, threads
from visavis.conversations.store import supervising as store
from visavis.conversations.terms import limits
from visavis.conversations.types import (
    AlreadyDecided,
    Conversation,
    Draft,
    Entry,
    Kept,
    Kind,
    OwnMessage,
    PurposeRequired,
    Stream,
)  # fmt: skip
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound

PURPOSE = (4, 500)
PAGE = 200


async def look_through(
    tx: Tx, actor: Actor, query: str, purpose: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Conversation, Entry | None]]:
    """Conversations of the supervisor's environment, those with a text that holds the words first found in each.

    Without words the newest ones. The look goes on record with its purpose; raises `PurposeRequired`.
    """
    supervisor(actor)
    await on_record(tx, actor, None, query, purpose)
    environment = actor.environment.value
    if not query.strip():
        return [(one, None) for one in await store.newest(tx, environment, before, None, limit)]

    async def anywhere(words: str, parts: Sequence[str]) -> list[Entry]:
        return await reading.found_anywhere(tx, words, parts, environment, PAGE)

    hits: dict[UUID, Entry] = {}
    for entry in await find(tx, query, PAGE, anywhere):
        hits.setdefault(entry.conversation_id, entry)
    found = await store.newest(tx, environment, before, list(hits), limit)
    return [(one, hits[one.id]) for one in found]


async def look_into(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    stream_of: Stream,
    after: int,
    purpose: str,
    limit: int,
) -> tuple[Conversation, list[Entry]]:
    """A page of any stream of a conversation of the supervisor's environment; the look goes on record.

    Whoever serves the client reads no verdict upon the client's words: it would tell of a protected ticket (COMM-08).
    """
    supervisor(actor)
    one = await found_for(tx, actor, conversation_id)
    await on_record(tx, actor, one, "", purpose)
    entries = await stream.page(tx, one.id, stream_of, after, max(1, min(limit, PAGE)))
    if actor.person_id in await concerned(tx, one.client_id):
        entries = [
            msgspec.structs.replace(entry, verdict=None)
            if entry.sender_id == one.client_id
            else entry
            for entry in entries
        ]
    return one, entries


async def look_at_file(
    tx: Tx, actor: Actor, attachment_id: UUID, purpose: str
) -> tuple[Kept, Path]:
    """The served copy of a file in any conversation of the supervisor's environment; the look goes on record.

    Raises `NotFound`.
    """
    supervisor(actor)
    found = await file_store.find(tx, attachment_id)
    if found is None:
        raise NotFound
    one = await found_for(tx, actor, found[0].conversation_id)
    await on_record(tx, actor, one, f"file {attachment_id}", purpose)
    return found[0], limits().folder / found[0].served_path


async def held(tx: Tx, actor: Actor, limit: int = PAGE) -> list[tuple[Conversation, Entry]]:
    """Messages that wait for a decision, oldest first; this list is the supervisor's duty and needs no purpose."""
    supervisor(actor)
    waiting = await store.held(tx, actor.environment.value, limit)
    talks = await threads.conversations(tx, {entry.conversation_id for entry in waiting})
    return [(talks[entry.conversation_id], entry) for entry in waiting]


async def waiting(tx: Tx, actor: Actor, entry_id: UUID) -> Entry:
    """One message that waits for a decision; raises `AlreadyDecided`, `NotFound`."""
    if not actor.has(Role.SYSTEM):
        supervisor(actor)
    entry = await store.waiting(tx, actor.environment.value, entry_id)
    if entry is None:
        known = await store.ever_held(tx, actor.environment.value, entry_id)
        raise AlreadyDecided if known else NotFound
    return entry


async def decide(tx: Tx, actor: Actor, entry_id: UUID, release: bool, note: str) -> Entry:
    """Release a held message, which gets its shared number now, or refuse it; returns the verdict's entry.

    Supervisors decide, and the platform at the deadline or when the author goes. Raises `AlreadyDecided`, `OwnMessage`
    where the actor wrote it, and for a release `AuthorBarred` where the author may not speak there any more. The note
    is kept in the internal stream, where the sender reads it.
    """
    entry = await waiting(tx, actor, entry_id)
    if entry.sender_id == actor.person_id:
        raise OwnMessage
    body = {
        "decision": "released" if release else "refused",
        "note": note[:2000].replace("\x00", ""),
    }
    draft = Draft(actor, entry.conversation_id, Stream.INTERNAL, Kind.VERDICT, body, None, entry_id)
    (decided,) = await enter(tx, [draft])
    # Under the conversation's lock now: whoever decided first, decided.
    if await store.decisions(tx, entry.conversation_id, entry_id) > 1:
        raise AlreadyDecided
    if release:
        await let_through(tx, entry)
    return decided


async def concerned(tx: Tx, client_id: UUID) -> set[UUID]:
    """Everybody of the firm who ever took part in the client's conversations or was connected with him."""
    tied = {one.staff_id for one in await connections.of_client(tx, client_id)}
    return tied | await store.staff_of(tx, client_id)


async def served(tx: Tx, staff_id: UUID) -> frozenset[UUID]:
    """The clients whom a member of staff serves or served: those by whom he is `concerned`."""
    return frozenset(
        await store.clients_of(tx, staff_id) | await connections.ever_with(tx, staff_id)
    )


def supervisor(actor: Actor) -> None:
    """Supervisors alone; raises `Forbidden`."""
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden


async def found_for(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """A conversation of the actor's world; raises `NotFound`."""
    one = (await threads.conversations(tx, [conversation_id])).get(conversation_id)
    if one is None or not rules.same_world(actor, one):
        raise NotFound
    return one


async def on_record(
    tx: Tx,
    actor: Actor,
    one: Conversation | None,
    query: str,
    purpose: str,
    withheld: Collection[UUID] = (),
) -> None:
    """Keep a look with its purpose; the record is withheld from some. Raises `PurposeRequired`."""
    purpose = purpose.strip()
    if not PURPOSE[0] <= len(purpose) <= PURPOSE[1] or "\x00" in purpose + query:
        raise PurposeRequired
    body: dict[str, object] = {
        "viewer": str(actor.person_id),
        "purpose": purpose,
        "query": query,
    }
    if withheld:
        body["withheld"] = sorted(str(person) for person in withheld)
    about = one.id if one else actor.person_id
    whose = one.client_id if one else actor.person_id
    fact = Fact("supervised_view", about, whose, actor.environment, body, {}, RetentionClass.ACCESS)
    record = await archive.append_one(tx, fact)
    await store.viewed(tx, actor.person_id, one.id if one else None, purpose, record)
