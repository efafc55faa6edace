"""Reading what is known: search over what is in force, entries and their versions."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.knowledge import store
from visavis.knowledge.rules import entries as rules
from visavis.knowledge.rules.index import THRESHOLD, Index
from visavis.knowledge.rules.words import is_chinese
from visavis.knowledge.types import Entry, Found

SURE = THRESHOLD

# The index of this process, and the stamp of the data it was made from.
_made: tuple[tuple[Any, ...], dict[str, Index]] | None = None


def forget() -> None:
    """Make the index anew at the next search."""
    global _made
    _made = None


async def search(tx: Tx, query: str, language: str, limit: int = 5) -> list[Found]:
    """Entries in force for `query`, best first, each with its sureness 0..1 (`SURE` and above may be answered).

    A question with Chinese characters is searched in Chinese; one without, in the reader's language
    and in English.
    """
    indexes = await _indexes(tx)
    languages = ["zh-CN"] if is_chinese(query) else list(dict.fromkeys([language, "en"]))
    found = [
        hit for one in languages if one in indexes for hit in indexes[one].search(query, limit)
    ]
    best: dict[UUID, Found] = {}
    for hit in sorted(found, key=lambda hit: -hit.score):
        best.setdefault(hit.item.entry_id, hit)
    return list(best.values())[:limit]


async def entry(tx: Tx, actor: Actor, entry_id: UUID) -> Entry:
    """An entry with the versions that `actor` may read. Raises `NotFound` where there is none of
    them.
    """
    found = await store.entry(tx, entry_id)
    if found is None:
        raise NotFound
    versions = tuple(one for one in found.versions if rules.shown(actor, one))
    if not versions:
        raise NotFound
    return replace(found, versions=versions)


async def entries(
    tx: Tx,
    actor: Actor,
    *,
    query: str = "",
    topic: str | None = None,
    state: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """A page of entries for staff: everything for the editors, what is in force for the others;
    found ones best first.

    Raises `Forbidden`.
    """
    if not actor.is_staff:
        raise Forbidden
    if not rules.sees_drafts(actor):
        state = "approved"
    ids: list[UUID] | None = None
    if query.strip():
        found = await search(tx, query, actor.language, limit)
        ids = [hit.item.entry_id for hit in found]
        if rules.sees_drafts(actor):
            ids += [one for one in await store.containing(tx, query.strip()) if one not in ids]
    page = await store.page(tx, after if ids is None else None, topic, ids, state, limit)
    if ids is not None:
        page.sort(key=lambda one: ids.index(one.id))
    return page


async def writers(tx: Tx, one: Entry) -> dict[UUID, Person]:
    """Those who wrote and approved the versions of an entry, with their names in both languages."""
    ids = {each.author_id for each in one.versions}
    ids |= {each.approver_id for each in one.versions if each.approver_id}
    return dict(await identity.people(tx, list(ids)))


def steps(actor: Actor, one: Entry) -> dict[str, bool]:
    """What `actor` may do with the entry now: edit, decide on its submitted version, retire."""
    return rules.steps(actor, one)


async def _indexes(tx: Tx) -> dict[str, Index]:
    """The index per language, made anew where what is in force has changed, in this process or in
    another.
    """
    global _made
    stamp = await store.stamp(tx)
    if _made is None or _made[0] != stamp:
        items = await store.in_force(tx)
        made = await asyncio.to_thread(lambda: {one: Index(items[one]) for one in items})
        _made = (stamp, made)
    return _made[1]
