"""How something gets into the queue: by a verdict, by chance, by a later policy; each once, and on record."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.conversations.types import Conversation, Entry
from visavis.dispatch import api as dispatch
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.errors import Unavailable
from visavis.kernel.ids import new_id
from visavis.review import rules
from visavis.review.api import learning
from visavis.review.store import items as store
from visavis.review.terms import terms
from visavis.review.types import Fresh, Item, ItemKind

HORIZON_DAYS = 30


async def due_after(tx: Tx, start: datetime, hours: float) -> datetime:
    """The moment at which so many working hours of the firm have passed."""
    spans = await dispatch.working_spans(tx, start, HORIZON_DAYS)
    return rules.after_hours(spans, start, hours)


async def open_item(tx: Tx, fresh: Fresh) -> Item:
    """Open an item with its clock, or find the one that is there."""
    known = await store.known(tx, fresh.entry_id, fresh.kind)
    if known is not None:
        return known
    item_id, now = new_id(), clock.now()
    due = await due_after(tx, now, terms().sla_hours[fresh.severity])
    deadline = None
    if fresh.kind is ItemKind.HOLD:
        deadline = fresh.said_at + timedelta(minutes=terms().held_minutes)
        due = min(due, deadline)
    body = {
        "kind": fresh.kind.value, "entry": str(fresh.entry_id), "conversation": str(fresh.conversation_id),
        "severity": fresh.severity, "withheld": [str(fresh.subject_id)],
    }  # fmt: skip
    fact = Fact("review.item", item_id, fresh.client_id, fresh.environment, body)
    record = await archive.append_one(tx, fact)
    if not await store.insert(tx, item_id, fresh, now, due, deadline, record):
        raise Unavailable  # somebody else has just opened it
    (item,) = await store.about(tx, [item_id])
    return item


async def from_verdict(
    tx: Tx,
    talk: Conversation,
    entry: Entry,
    kind: ItemKind,
    verdict: Mapping[str, Any] | None = None,
) -> Item:
    """An item about what a policy found in an entry; `verdict` where it is not the entry's own."""
    found = verdict or entry.verdict or {}
    staff = await identity.staff(tx, [entry.sender_id])
    author = staff.get(entry.sender_id)
    action, categories = found.get("action", "pass"), found.get("categories", ())
    score = await learning.score(tx, str(entry.body.get("text", "")), found.get("score", 0))
    return await open_item(
        tx,
        Fresh(
            kind, talk.environment, talk.id, entry.id, talk.client_id, entry.sender_id,
            author.branch_id if author else None, entry.at, rules.severity(kind, action, categories), action,
            categories, found.get("policies", ()), found.get("spans", ()), score,
        ),
    )  # fmt: skip


async def flagged(tx: Tx, conversation_id: UUID, entry_id: UUID, action: str) -> None:
    """Words of the firm's side that were not simply passed: a nudge that was ignored, a hold, a block."""
    if action == "pass":
        return
    talk = await conversations.conversation(tx, conversation_id)
    found = await conversations.entries_by_id(tx, [(conversation_id, entry_id)])
    entry = found.get((conversation_id, entry_id))
    if entry is not None:
        kind = ItemKind.HOLD if action == "hold" else ItemKind.ALERT
        await from_verdict(tx, talk, entry, kind)


async def found_in_history(
    tx: Tx, conversation_id: UUID, entry_id: UUID, verdict: Mapping[str, Any]
) -> None:
    """A policy that came later names a message of the past; `verdict` is the newer one, in plain types."""
    talk = await conversations.conversation(tx, conversation_id)
    found = await conversations.entries_by_id(tx, [(conversation_id, entry_id)])
    entry = found.get((conversation_id, entry_id))
    if entry is not None and entry.sender_id != talk.client_id:
        await from_verdict(tx, talk, entry, ItemKind.RESCAN, verdict)
