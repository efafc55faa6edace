"""Held messages by their entry: the same items and verdicts as in the queue."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from visavis.conversations import api as conversations
from visavis.conversations.types import AlreadyDecided, Conversation, Entry
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.review.api.judging import judge, reviewer
from visavis.review.api.opening import from_verdict
from visavis.review.store import items as store
from visavis.review.terms import terms
from visavis.review.types import Grade, Item, ItemKind


async def held(tx: Tx, actor: Actor) -> list[tuple[Conversation, Entry]]:
    """Messages that wait for a decision and may be decided by this reviewer, oldest first."""
    reviewer(actor)
    waiting = await conversations.held(tx, actor)
    staff = await identity.staff(tx, {entry.sender_id for _, entry in waiting})
    branch = None if terms().same_branch == "free" else actor.branch_id
    return [
        (talk, entry)
        for talk, entry in waiting
        if entry.sender_id != actor.person_id
        and not (
            branch
            and (author := staff.get(entry.sender_id)) is not None
            and author.branch_id == branch
        )
    ]


async def refuse(tx: Tx, item: Item) -> None:
    """The platform itself refuses a held message, and its author is told; what is over already stays as it is."""
    # Decided, or gone with its client: then only the clock has to stop.
    with suppress(AlreadyDecided, NotFound):
        await conversations.decide(tx, system(item.environment), item.entry_id, False, "")
    await store.decided(tx, item.entry_id)


async def stop(tx: Tx, whose: Sequence[tuple[UUID, UUID | None]]) -> None:
    """What is held of (an author, for a client or all) who may speak there no more is refused at once (CONN-02)."""
    for item in await store.held_of(tx, whose):
        talk = await conversations.conversation(tx, item.conversation_id)
        if await conversations.barred(tx, talk, item.subject_id):
            await refuse(tx, item)


async def decide_held(tx: Tx, actor: Actor, entry_id: UUID, release: bool, note: str) -> Item:
    """Release or refuse a held message by its entry: the same item and the same verdict as in the queue.

    Raises as `judge`, and `AlreadyDecided`.
    """
    reviewer(actor)
    entry = await conversations.waiting(tx, actor, entry_id)
    talk = await conversations.conversation(tx, entry.conversation_id)
    item = await from_verdict(tx, talk, entry, ItemKind.HOLD)
    now = clock.now()
    await store.claim(
        tx, item.id, actor.person_id, now, now + timedelta(minutes=terms().claim_minutes)
    )
    grade = Grade.FALSE_POSITIVE if release else Grade.MINOR
    return await judge(tx, actor, item.id, grade, note, release=release, reply=note)
