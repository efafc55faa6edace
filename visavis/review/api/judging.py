"""The queue as a reviewer works it: next, look, judge; a held message is released or refused by the same verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.conversations.api import Scene
from visavis.conversations.types import Entry
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.review import rules
from visavis.review.api import learning
from visavis.review.store import items as store
from visavis.review.terms import terms
from visavis.review.types import (
    AlreadyJudged,
    Conflicted,
    Grade,
    Item,
    ItemClaimed,
    ItemJudged,
    ItemKind,
    NotClaimed,
    NothingSaid,
    Step,
    Verdict,
)

NOTE = 2000
GRAVE = frozenset({Grade.SERIOUS, Grade.ESCALATE})


@dataclass(frozen=True)
class Looked:
    """An item with its message in context; `verdicts` are those this reviewer may see before his own.

    `reasons` are the runs of the message that weigh most for the ranker, with their log odds of a breach.
    """

    item: Item
    scene: Scene
    verdicts: Sequence[Verdict]
    other: Entry | None = None
    reasons: Sequence[tuple[str, float]] = ()


def reviewer(actor: Actor) -> None:
    """Supervisors review; raises `Forbidden` for everybody else."""
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden


async def is_chief(tx: Tx, actor: Actor) -> bool:
    """Whether the actor settles what others escalate: one of the house's chiefs, or anybody where none is named."""
    if not terms().chiefs:
        return True
    me = (await identity.staff(tx, [actor.person_id])).get(actor.person_id)
    return me is not None and me.employee_no in terms().chiefs


async def bounds(tx: Tx, actor: Actor) -> store.Bounds:
    """What of the queue may reach this reviewer."""
    reviewer(actor)
    begins_only = actor.branch_id if terms().same_branch == "second" else None
    return (
        clock.now(), actor.environment.value, actor.person_id, rules.barred_branch(actor, terms()),
        await is_chief(tx, actor), begins_only,
    )  # fmt: skip


async def next_item(tx: Tx, actor: Actor, kind: ItemKind | None = None) -> Looked | None:
    """The riskiest item for this reviewer, in his hand from now on; what he holds already comes first."""
    scope = await bounds(tx, actor)
    until = scope[0] + timedelta(minutes=terms().claim_minutes)
    item = await store.take_next(tx, scope, until, kind)
    return await _look(tx, actor, item) if item else None


async def look_at(tx: Tx, actor: Actor, item_id: UUID) -> Looked:
    """One item, taken in hand where it is free; the look is on record. Raises `NotFound`, `Conflicted`."""
    item, reason = await _mine(tx, actor, item_id)
    now = clock.now()
    free = item.state is not Step.CLOSED and item.claimed_at(now) is None
    if free and not reason:
        until = now + timedelta(minutes=terms().claim_minutes)
        await store.claim(tx, item_id, actor.person_id, now, until)
    return await _look(tx, actor, item)


async def let_go(tx: Tx, actor: Actor, item_id: UUID) -> None:
    """Give an item back to the queue; where it was in the actor's hand, that is on record."""
    item, _ = await _mine(tx, actor, item_id)
    if await store.let_go(tx, item_id, actor.person_id):
        body = {"let_go_by": str(actor.person_id), "withheld": [str(item.subject_id)]}
        fact = Fact("review.item", item.id, item.client_id, item.environment, body)
        await archive.append_one(tx, fact)


async def judge(
    tx: Tx, actor: Actor, item_id: UUID, grade: Grade, note: str = "", *,
    release: bool | None = None, reply: str = "",
) -> Item:  # fmt: skip
    """Give a verdict on an item in one's hand; what follows is `rules.next_step`. A held message goes with it.

    `reply` is what the author of a held message reads. Raises `Conflicted`, `ItemClaimed`, `NotClaimed`,
    `AlreadyJudged`, `NothingSaid` for a grave finding without a word, `Malformed`.
    """
    item, reason = await _mine(tx, actor, item_id)
    now, note = clock.now(), note.strip()[:NOTE].replace("\x00", "")
    if item.state is Step.CLOSED:
        raise AlreadyJudged
    if reason is not None:
        raise AlreadyJudged if reason == "judged_before" else Conflicted(reason=reason)
    holder = item.claimed_at(now)
    if holder != actor.person_id:
        raise NotClaimed if holder is None else ItemClaimed
    if grade in GRAVE and not note:
        raise NothingSaid
    if item.state is Step.CHIEF and grade is Grade.ESCALATE:
        raise Malformed(field="grade", reason="the chief settles it")
    if release and not rules.may_release(grade):
        raise Malformed(field="release", reason="a message of this grade does not go out")
    await _keep(tx, actor, item, grade, note)
    if item.deadline_at is not None:
        wanted = rules.default_release(grade) if release is None else release
        if wanted is not None:
            await conversations.decide(tx, actor, item.entry_id, wanted, reply)
            await store.decided(tx, item.entry_id)
    (after,) = await store.about(tx, [item.id])
    return after


async def _keep(tx: Tx, actor: Actor, item: Item, grade: Grade, note: str) -> None:
    step, now = rules.next_step(item, grade, actor, terms()), clock.now()
    body = {
        "item": str(item.id), "entry": str(item.entry_id), "step": item.state.value,
        "reviewer": str(actor.person_id), "grade": grade.value, "note": note,
        "withheld": [str(item.subject_id)],
    }  # fmt: skip
    fact = Fact("review.verdict", item.id, item.client_id, item.environment, body)
    record = await archive.append_one(tx, fact)
    said = Verdict(item.state, actor.person_id, grade, note, now)
    await store.add_verdict(tx, item.id, said, record)
    closed = step is Step.CLOSED
    await store.move(tx, item.id, step, grade, now if closed else None)
    if closed:
        await store.dispose(tx, item.id, grade, rules.violation(grade), now)
    await outbox.publish(tx, ItemJudged(item.id, grade.value, closed))


async def _mine(tx: Tx, actor: Actor, item_id: UUID) -> tuple[Item, str | None]:
    """An item under its lock, and what bars the actor from judging it; to its subject there is none."""
    reviewer(actor)
    item = await store.locked(tx, item_id)
    if item is None or item.environment is not actor.environment:
        raise NotFound
    judged_by = {one.reviewer_id for one in await store.verdicts(tx, item_id)}
    reason = rules.barred(item, actor, judged_by, terms(), await is_chief(tx, actor))
    if reason == "subject":
        raise NotFound
    if reason == "branch" and item.state is not Step.CLOSED:
        raise Conflicted(reason=reason)
    return item, reason


async def _look(tx: Tx, actor: Actor, item: Item) -> Looked:
    purpose = f"review {item.kind.value} {item.id}"
    scene = await conversations.scene(
        tx, actor, item.conversation_id, item.entry_id, purpose, [item.subject_id]
    )
    said = await store.verdicts(tx, item.id)
    (now,) = await store.about(tx, [item.id])
    blind = (
        item.state is Step.SECOND
        and not terms().second_sees_first
        and actor.person_id not in {one.reviewer_id for one in said}
    )
    if blind:
        said = []
    other = None
    if item.other_entry_id is not None:
        other = await _other(tx, item)
    reasons = await learning.reasons(tx, str(scene.entry.body.get("text", "")))
    return Looked(now, scene, said, other, reasons)


async def _other(tx: Tx, item: Item) -> Entry | None:
    at = await store.advice_at(tx, item.other_entry_id) if item.other_entry_id else None
    found = await conversations.entries_by_id(tx, [at]) if at else {}
    return next(iter(found.values()), None)
