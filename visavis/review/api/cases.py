"""Cases: items grouped for one inquiry, with notes, somebody in charge, an outcome, and the way to the chief."""

from collections.abc import Sequence
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id
from visavis.review import rules
from visavis.review.api.judging import is_chief, reviewer
from visavis.review.store import cases as store
from visavis.review.store import items
from visavis.review.terms import terms
from visavis.review.types import (
    Case,
    CaseClosed,
    CaseState,
    Conflicted,
    Item,
    Note,
    Outcome,
)

PAGE = 200


async def listed(tx: Tx, actor: Actor, closed: bool) -> list[Case]:
    """Cases that this reviewer may know of, newest first."""
    reviewer(actor)
    return await store.listed(tx, *_eyes(actor), closed, PAGE)


async def look_at(tx: Tx, actor: Actor, case_id: UUID) -> tuple[Case, list[Item], list[Note]]:
    """A case with its items and steps; raises `NotFound`, also for whom it is about."""
    one = await _found(tx, actor, case_id)
    return one, await items.about(tx, one.items), await store.steps(tx, one.id)


async def open_case(tx: Tx, actor: Actor, title: str, item_ids: Sequence[UUID]) -> Case:
    """Open a case about some items; who opens it is in charge. Raises `NotFound`, `Conflicted`, `NothingSaid`."""
    reviewer(actor)
    title = rules.words_of(title)[:200]
    one = Case(
        new_id(), actor.environment, title, CaseState.OPEN, actor.person_id, actor.person_id, None, clock.now(), None
    )  # fmt: skip
    await store.insert(tx, one)
    for item_id in item_ids:
        await _put(tx, actor, one, item_id)
    one = await _found(tx, actor, one.id)
    await _step(tx, actor, one, "opened", title)
    for item_id in item_ids:
        await _step(tx, actor, one, "item", str(item_id))
    return one


async def add_item(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> Case:
    """Put another item into a case."""
    await _put(tx, actor, await _going(tx, actor, case_id), item_id)
    one = await _found(tx, actor, case_id)
    await _step(tx, actor, one, "item", str(item_id))
    return one


async def write(tx: Tx, actor: Actor, case_id: UUID, words: str) -> None:
    """Add a note to a case."""
    await _step(tx, actor, await _going(tx, actor, case_id), "note", rules.words_of(words))


async def assign(tx: Tx, actor: Actor, case_id: UUID, to: UUID) -> Case:
    """Put another supervisor in charge, who must be free of conflicts himself.

    Raises `NotFound`, `Conflicted`.
    """
    one = await _going(tx, actor, case_id)
    other = (await identity.staff(tx, [to])).get(to)
    if other is None or Role.SUPERVISOR not in other.roles:
        raise NotFound
    for item in await items.about(tx, one.items):
        barred = terms().same_branch == "barred" and item.branch_id == other.branch_id
        if item.subject_id == to or barred:
            raise Conflicted(reason="subject" if item.subject_id == to else "branch")
    await _step(tx, actor, one, "assigned", str(to))
    await store.change(tx, one.id, one.state, to, None, None)
    return await _found(tx, actor, case_id)


async def escalate(tx: Tx, actor: Actor, case_id: UUID, words: str) -> Case:
    """Leave a case to the chief, with a reason."""
    one = await _going(tx, actor, case_id)
    await _step(tx, actor, one, "escalated", rules.words_of(words))
    await store.change(tx, one.id, CaseState.ESCALATED, None, None, None)
    return await _found(tx, actor, case_id)


async def close(tx: Tx, actor: Actor, case_id: UUID, outcome: Outcome, words: str) -> Case:
    """End a case with its outcome; an escalated one is the chief's to end, and not by who opened it.

    Raises `Forbidden`, `Conflicted`.
    """
    one = await _going(tx, actor, case_id)
    if one.state is CaseState.ESCALATED:
        if not await is_chief(tx, actor):
            raise Forbidden(reason="chief")
        if actor.person_id == one.opened_by:
            raise Conflicted(reason="judged_before")
    elif one.assignee_id != actor.person_id:
        raise Forbidden(reason="assignee")
    await _step(tx, actor, one, f"closed:{outcome.value}", rules.words_of(words))
    await store.change(tx, one.id, CaseState.CLOSED, one.assignee_id, outcome, clock.now())
    return await _found(tx, actor, case_id)


async def _put(tx: Tx, actor: Actor, one: Case, item_id: UUID) -> None:
    found = await items.about(tx, [item_id])
    if not found or found[0].environment is not actor.environment:
        raise NotFound
    if actor.person_id == found[0].subject_id:
        raise NotFound
    if (branch := rules.barred_branch(actor, terms())) and found[0].branch_id == branch:
        raise Conflicted(reason="branch")
    await store.add_item(tx, one.id, item_id)


async def _step(tx: Tx, actor: Actor, one: Case, what: str, words: str) -> None:
    """Keep a step with its record; what is written of a single client is sealed as his, and goes with his keys."""
    about = await items.about(tx, one.items)
    clients = {item.client_id for item in about}
    client = clients.pop() if len(clients) == 1 else None
    body = {
        "what": what, "by": str(actor.person_id), "words": words,
        "withheld": sorted({str(item.subject_id) for item in about}),
    }  # fmt: skip
    record = await archive.append_one(
        tx, Fact("review.case", one.id, client or actor.person_id, one.environment, body)
    )
    await store.step(tx, one.id, Note(actor.person_id, what, words, clock.now()), record, client)


def _eyes(actor: Actor) -> tuple[str, UUID, UUID | None]:
    return actor.environment.value, actor.person_id, rules.barred_branch(actor, terms())


async def _found(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    reviewer(actor)
    one = await store.find(tx, case_id, *_eyes(actor))
    if one is None:
        raise NotFound
    return one


async def _going(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    one = await _found(tx, actor, case_id)
    if one.state is CaseState.CLOSED:
        raise CaseClosed
    return one
