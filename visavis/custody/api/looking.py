"""Looking into the archive: search, one record, its proof; each look says what for and is on record itself."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, Stored
from visavis.custody.rules import finding, grants
from visavis.custody.store import finding as store
from visavis.custody.store import looks
from visavis.custody.terms import terms
from visavis.custody.types import (
    BeyondGrant,
    Found,
    GrantMissing,
    Look,
    PurposeNeeded,
    Query,
    Scope,
    ServesClient,
    WordsNeeded,
)
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id
from visavis.kernel.words import queries_of
from visavis.tlog.evidence import Evidence

FOREVER_US = 2**62
MOST = 200


async def scope_of(tx: Tx, actor: Actor, purpose: str, under: UUID | None = None) -> Scope:
    """What the actor may look into; a supervisor says why, an examiner's newest grant does, or the one named.

    Raises `Forbidden`, `GrantMissing`, `PurposeNeeded`.
    """
    served = await terms().served(tx, actor.person_id)
    if actor.has(Role.SUPERVISOR):
        purpose = purpose.strip()
        if not grants.PURPOSE[0] <= len(purpose) <= grants.PURPOSE[1] or "\x00" in purpose:
            raise PurposeNeeded
        return Scope(
            actor.environment, None, 0, FOREVER_US, purpose, viewer=actor.person_id, served=served
        )
    if not actor.has(Role.EXAMINER):
        raise Forbidden
    given = await looks.grants(tx, actor.person_id)
    grant = grants.current([one for one in given if under in (None, one.id)], clock.now())
    if grant is None:
        raise GrantMissing
    return replace(grants.scope(grant, actor.name), viewer=actor.person_id, served=served)


async def opened(tx: Tx, actor: Actor) -> Scope | None:
    """What an examiner's grant opens outside of the archive too; None for the firm's own, whom nothing narrows here.

    What he then sees there goes `on_record` as well. Raises `GrantMissing`.
    """
    return await scope_of(tx, actor, "") if actor.has(Role.EXAMINER) else None


async def watermark(tx: Tx, actor: Actor) -> str:
    """What every copy bears that an examiner takes: who he is, under which grant; empty for the firm's own.

    Raises `GrantMissing`.
    """
    within = await opened(tx, actor)
    return within.watermark if within else ""


async def on_record(
    tx: Tx, actor: Actor, within: Scope, what: str, about: UUID | None, client: UUID | None, query: str = ""
) -> Look:  # fmt: skip
    """Put a look on record, with whose record it was: it is kept from whoever serves this client."""
    one = Look(
        new_id(), actor.person_id, within.grant_id, what, about, query[:500].replace("\x00", ""),
        within.purpose, clock.now(),
    )  # fmt: skip
    body = {
        "viewer": str(one.viewer_id), "what": what, "about": str(about) if about else None, "query": one.query,
        "client": str(client) if client else None, "purpose": one.purpose,
        "grant": str(one.grant_id) if one.grant_id else None,
    }  # fmt: skip
    record = await archive.append_one(
        tx, Fact("archive_look", actor.person_id, actor.person_id, actor.environment, body)
    )
    await looks.looked(tx, one, record)
    return one


async def search(
    tx: Tx, actor: Actor, query: Query, purpose: str
) -> tuple[Scope, list[Found], tuple[int, UUID] | None]:
    """Records that hold the words, newest first, and before which ones to go on; the look is on record.

    Raises as `scope_of`, `BeyondGrant`, `ServesClient`, `WordsNeeded`.
    """
    within = await scope_of(tx, actor, purpose)
    if query.words.strip() and not queries_of(query.words)[2]:
        raise WordsNeeded
    asked = replace(grants.narrowed(query, within), limit=max(1, min(query.limit, MOST)))
    await on_record(tx, actor, within, "search", query.client_id, query.client_id, query.words)
    return within, *await _find(tx, asked, within)


async def _find(tx: Tx, query: Query, within: Scope) -> tuple[list[Found], tuple[int, UUID] | None]:
    clients = {query.client_id} if query.client_id else within.clients
    bounds = within.environment.value, clients, within.served
    narrow, wide, parts = queries_of(query.words)
    ids = await store.find(tx, query, *bounds, narrow)
    full = len(ids) == query.limit
    if parts and not full:
        # Chinese can be cut in more than one way: the characters find what the words may miss.
        wider = replace(query, limit=query.limit * 4)
        more = await store.find(tx, wider, *bounds, wide)
        full = len(more) == wider.limit
        ids = [*ids, *(one for one in more if one not in set(ids))]
    seen = sorted(await _records(tx, ids), key=lambda one: _place(one[0]), reverse=True)
    found = [
        one
        for one in seen
        if finding.holds(one[1], parts)
        and not finding.withheld(one[0], within.viewer, within.served)
    ]
    shown = found[: query.limit]
    last = shown[-1] if len(found) > len(shown) else seen[-1] if full else None
    return (
        [found_of(one, finding.excerpt(text, parts)) for one, text in shown],
        _place(last[0]) if last else None,
    )


def _place(one: Stored) -> tuple[int, UUID]:
    return one.at_us, one.record_id


async def _records(tx: Tx, ids: Sequence[UUID]) -> list[tuple[Stored, str]]:
    return [(one, finding.text_of(one.kind, one.body)) for one in await archive.by_ids(tx, ids)]


def found_of(one: Stored, excerpt: str = "") -> Found:
    """A record as its finder may see it."""
    return Found(
        one.record_id, one.kind, one.object_id, one.relationship_id, one.at_us, one.environment, one.retention,
        one.leaf_index, one.clear, finding.shown(one.kind, one.body), excerpt,
    )  # fmt: skip


async def look_at(tx: Tx, actor: Actor, record_id: UUID, purpose: str) -> tuple[Scope, Found]:
    """One record, opened; the look is on record. Raises as `scope_of`, `within_scope`."""
    within = await scope_of(tx, actor, purpose)
    one = await within_scope(tx, record_id, within)
    await on_record(tx, actor, within, "record", record_id, one.relationship_id)
    return within, found_of(one)


async def proof_of(tx: Tx, actor: Actor, record_id: UUID, purpose: str) -> Evidence:
    """The `.tlog-proof` of one record; the look is on record. Raises as `look_at`, and `NotLogged`."""
    within = await scope_of(tx, actor, purpose)
    one = await within_scope(tx, record_id, within)
    await on_record(tx, actor, within, "download", record_id, one.relationship_id)
    return await archive.evidence(tx, record_id)


async def within_scope(tx: Tx, record_id: UUID, within: Scope) -> Stored:
    """The record, if the scope covers it; raises `NotFound`, `ServesClient`, `BeyondGrant`."""
    found = await archive.by_ids(tx, [record_id])
    if not found or found[0].environment != within.environment.value:
        raise NotFound
    one = found[0]
    if one.relationship_id in within.served:
        raise ServesClient
    if finding.withheld(one, within.viewer, within.served):
        raise NotFound
    if within.clients is not None and one.relationship_id not in within.clients:
        raise BeyondGrant
    if not within.from_us <= one.at_us < within.until_us:
        raise BeyondGrant
    return one


async def looks_taken(tx: Tx, actor: Actor, limit: int = 100) -> list[Look]:
    """Who has looked, newest first, but not at whom the reader serves or served; raises `Forbidden`."""
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden
    found = await looks.looks(tx, limit)
    served = await terms().served(tx, actor.person_id)
    records = {one.record_id: one for one in await archive.by_ids(tx, [one for _, one in found])}
    return [
        replace(one, query=str((records[record].body or {}).get("query", "")))
        for one, record in found
        if not finding.withheld(records[record], actor.person_id, served)
    ]
