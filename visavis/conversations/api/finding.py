"""Looking things up for a reader: words, cards, names, the wording of a verdict."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from visavis.conversations import rules
from visavis.conversations.api.reading import clients_of
from visavis.conversations.finding import catch_up
from visavis.conversations.store import reading as store
from visavis.conversations.store import threads
from visavis.conversations.types import Entry, Stream
from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.giving_way import loaded
from visavis.supervision import api as supervision

# Whoever looks for something at rest has so many pieces of what waits indexed first.
PIECES = 8


def worded(verdict: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """A kept verdict as the wire shows it, in a reader's language."""
    return supervision.explain(verdict, language)


text_of = rules.text_of


async def search(
    tx: Tx, actor: Actor, query: str, limit: int = 50
) -> tuple[list[Entry], dict[UUID, Person]]:
    """Entries of the actor's own conversations that hold all words of `query`, newest first.

    Beside them the client of each conversation, by conversation. At rest what was just said is among them.
    """
    mine, streams = await _visible(tx, actor)

    async def among(words: str, parts: Sequence[str]) -> list[Entry]:
        return await store.found_among(tx, words, parts, mine, streams, limit)

    found = await find(tx, query, limit, among) if mine else []
    talks = await threads.conversations(tx, {entry.conversation_id for entry in found})
    people = await identity.people(tx, {one.client_id for one in talks.values()})
    return found, {key: people[one.client_id] for key, one in talks.items()}


async def find(
    tx: Tx, query: str, limit: int, among: Callable[[str, Sequence[str]], Awaitable[list[Entry]]]
) -> list[Entry]:
    """Entries that hold `query`: first those with its words, then those that hold it as it was typed."""
    for _ in range(PIECES):
        if loaded() or not await catch_up(tx):
            break
    narrow, wide, parts = rules.queries_of(query)
    # Characters alone say nothing about what stands together.
    found = await among(narrow, []) if narrow and narrow != wide else []
    if wide and len(found) < limit:
        found += await among(wide, parts)
    return list({entry.id: entry for entry in found}.values())[:limit]


async def card(
    tx: Tx, actor: Actor, entry_id: UUID, wanted: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A card of an entry that the actor may read, exactly as it stands there; raises `NotFound`."""
    mine, streams = await _visible(tx, actor)
    entry = await store.entry(tx, entry_id, mine, streams)
    for one in entry.body.get("cards", ()) if entry else ():
        if all(
            one.get(key) == wanted.get(key)
            for key in ("kind", "url", "entry", "version")
            if key in one
        ):
            found: Mapping[str, Any] = one
            return found
    raise NotFound


async def _visible(tx: Tx, actor: Actor) -> tuple[list[UUID], list[int]]:
    if actor.has(Role.CLIENT, Role.VISITOR):
        return await store.visible_to_client(tx, actor.person_id), [int(Stream.SHARED)]
    if not actor.is_staff:
        return [], []
    clients = await clients_of(tx, actor)
    return await store.visible_to_staff(tx, actor.person_id, list(clients)), [
        int(one) for one in Stream
    ]


async def names(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """How people are shown beside what they wrote: name, role and registration code."""
    people = await identity.people(tx, ids)
    staff = await identity.staff(tx, [key for key, one in people.items() if one.kind == "staff"])
    shown = {}
    for key, one in people.items():
        member = staff.get(key)
        role = identity.primary_role(member.roles).value if member else rules.role_word(one.kind)
        shown[key] = {"id": key, "name": one.name, "name_en": one.name_en, "role": role}
        if member and member.code:
            shown[key]["code"] = member.code
        if one.kind == "machine":
            shown[key]["machine"] = True
    return shown
