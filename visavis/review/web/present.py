"""Items, cases and tickets as JSON."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.review.api import wording
from visavis.review.api.judging import Looked
from visavis.review.api.wording import Entry, Names, names
from visavis.review.types import Broadcast, Case, Item, ItemKind, Note, Step, Ticket, Verdict


def people_of(items: Collection[Item]) -> set[UUID | None]:
    """Everybody whom a list of items names."""
    return {person for one in items for person in (one.subject_id, one.client_id, one.claimed_by)}


def item(one: Item, known: Names, language: str) -> dict[str, Any]:
    """An item of the queue: no word of the conversation, and no grade before the last reviewer has given his."""
    worded = wording.verdict_of(one, language)
    graded = one.grade if one.state is Step.CLOSED else None
    return {
        "id": one.id, "kind": one.kind.value, "action": one.action, "state": one.state.value,
        "grade": graded.value if graded else None, "severity": one.severity, "score": one.score,
        "risk": one.risk, "categories": list(one.categories), "policies": worded["policies"],
        "spans": worded["spans"], "subject": known.get(one.subject_id), "client": known.get(one.client_id),
        "claimed_by": known.get(one.claimed_by) if one.claimed_at(clock.now()) and one.claimed_by else None,
        "claimed_until": _ms(one.claimed_until) if one.claimed_at(clock.now()) else None,
        "said_at": clock.to_ms(one.said_at), "opened_at": clock.to_ms(one.opened_at),
        "due_at": clock.to_ms(one.due_at), "deadline_at": _ms(one.deadline_at),
        "overdue": _late(one), "closed_at": _ms(one.closed_at),
        "conversation": one.conversation_id, "entry": one.entry_id,
    }  # fmt: skip


def _late(one: Item) -> bool:
    """Whether it waits too long; a held message that was refused before anybody judged it waits for nobody."""
    over = one.kind is ItemKind.HOLD and one.state is Step.OPEN and one.deadline_at is None
    return one.overdue_at is not None and not over


async def looked(tx: Tx, one: Looked, language: str) -> dict[str, Any]:
    """An item with its message in context."""
    scene, about = one.scene, one.item
    said = [*scene.before, scene.entry, *scene.after]
    people = {entry.sender_id for entry in said} | {each.reviewer_id for each in one.verdicts}
    if one.other is not None:
        people.add(one.other.sender_id)
    known = await names(tx, people | people_of([about]))
    client = scene.conversation.client_id
    return {
        **item(about, known, language),
        "before": [entry(each, known, client) for each in scene.before],
        "message": entry(scene.entry, known, client),
        "after": [entry(each, known, client) for each in scene.after],
        "other": entry(one.other, known, client) if one.other else None,
        "verdicts": [verdict(each, known) for each in one.verdicts],
        "reasons": [{"run": run, "weight": weight} for run, weight in one.reasons],
    }


def entry(one: Entry, known: Names, client_id: UUID) -> dict[str, Any]:
    """What somebody said, as a reviewer reads it: identifiers are masked but for their last four figures."""
    body = one.body
    return {
        "id": one.id, "kind": one.kind.value, "at": clock.to_ms(one.at), "state": one.state.value,
        "by": "client" if one.sender_id == client_id else "staff", "sender": known.get(one.sender_id),
        "text": wording.mask(str(body.get("text", ""))), "code": body.get("code"), "params": body.get("params", {}),
        "cards": [str(card.get("title", "")) for card in body.get("cards", ())],
        "files": [str(file.get("name", "")) for file in body.get("attachments", ())],
        "read": wording.mask(str((one.verdict or {}).get("files", ""))),
    }  # fmt: skip


def verdict(one: Verdict, known: Names) -> dict[str, Any]:
    """A reviewer's word."""
    return {
        "step": one.step.value, "reviewer": known.get(one.reviewer_id), "grade": one.grade.value,
        "note": one.note, "at": clock.to_ms(one.at),
    }  # fmt: skip


def note(one: Note, known: Names) -> dict[str, Any]:
    """A step of a case or ticket."""
    return {
        "by": known.get(one.by_id), "what": one.what, "words": one.words, "at": clock.to_ms(one.at),
    }  # fmt: skip


def case(one: Case, known: Names) -> dict[str, Any]:
    """A case as lists show it."""
    return {
        "id": one.id, "title": one.title, "state": one.state.value, "items": len(one.items),
        "opened_by": known.get(one.opened_by), "assignee": known.get(one.assignee_id) if one.assignee_id else None,
        "outcome": one.outcome.value if one.outcome else None, "opened_at": clock.to_ms(one.opened_at),
        "closed_at": _ms(one.closed_at),
    }  # fmt: skip


def ticket(one: Ticket, known: Names) -> dict[str, Any]:
    """A ticket for who handles it."""
    return {
        "id": one.id, "client": known.get(one.client_id), "source": one.source, "category": one.category,
        "state": one.state.value, "assignee": known.get(one.assignee_id) if one.assignee_id else None,
        "opened_at": clock.to_ms(one.opened_at), "due_at": clock.to_ms(one.due_at),
        "overdue": one.overdue_at is not None, "answer": one.answer, "closed_at": _ms(one.closed_at),
        "concerned": [known[key] for key in one.concerned if key in known],
    }  # fmt: skip


def own_ticket(one: Ticket) -> dict[str, Any]:
    """A ticket for the client who brought it."""
    return {
        "id": one.id, "category": one.category, "words": one.words, "state": one.state.value,
        "opened_at": clock.to_ms(one.opened_at), "answer": one.answer, "closed_at": _ms(one.closed_at),
    }  # fmt: skip


def broadcast(one: Broadcast, known: Names, language: str) -> dict[str, Any]:
    """A broadcast for its author and for who approves."""
    return {
        "id": one.id, "author": known.get(one.author_id), "words": one.words, "state": one.state,
        "verdict": wording.explain(one.verdict, language),
        "approver": known.get(one.approver_id) if one.approver_id else None, "note": one.note,
        "recipients": one.recipients, "reached": one.reached, "created_at": clock.to_ms(one.created_at),
        "decided_at": _ms(one.decided_at), "sent_at": _ms(one.sent_at), "product": one.product_id,
        "group": one.group_id,
    }  # fmt: skip


def _ms(at: Any) -> int | None:
    return clock.to_ms(at) if at else None
