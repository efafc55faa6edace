"""Routes of knowledge: lists and entries for staff, the cited version for clients, and the steps
of an entry's life.
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, StringConstraints

from visavis.kernel.auth import Actor
from visavis.kernel.clock import to_ms
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.http import Signed, answer
from visavis.knowledge import api
from visavis.knowledge.types import Entry, NewEntry, Text, Version, VersionState

router = APIRouter(prefix="/api/knowledge", tags=["knowledge"])

Note = Annotated[str, StringConstraints(max_length=1000)]


class TextIn(BaseModel):
    """An entry's wording in one language."""

    title: str
    question: str
    similar: list[str] = []
    answer: str


class VersionIn(BaseModel):
    """A draft: `content` by language (zh-CN, en)."""

    topic: str
    content: dict[Literal["zh-CN", "en"], TextIn]
    source: str = ""
    review_by: date | None = None


class EntryIn(VersionIn):
    """A new entry; `slug` is its short name: letters, digits, hyphens."""

    slug: str


class Decision(BaseModel):
    """Why a version was approved, returned or retired."""

    note: Note = ""


@router.get("", operation_id="list_knowledge")
async def list_knowledge(
    edge: Signed,
    q: Annotated[str, Query(max_length=200)] = "",
    topic: str | None = None,
    state: Literal["draft", "submitted", "approved", "returned", "retired"] | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Entries: all of them for the editors, those in force for other staff; with `q` the best
    first.
    """
    async with edge.transaction() as tx:
        found = await api.entries(
            tx, edge.who, query=q, topic=topic, state=state, after=after, limit=limit
        )
    more = str(found[-1].id) if len(found) == limit and not q.strip() else None
    return answer({"items": [_row(one, edge.language) for one in found], "next": more})


@router.post("", status_code=201, operation_id="create_knowledge")
async def create_knowledge(new: EntryIn, edge: Signed) -> Response:
    """A new entry with its first draft."""
    async with edge.transaction() as tx:
        made = await api.create(tx, edge.who, _new(new, new.slug))
        return answer(await _full(tx, edge.who, made, edge.language), 201)


@router.get("/{entry_id}", operation_id="read_knowledge")
async def read_knowledge(entry_id: UUID, edge: Signed, version: int | None = None) -> Response:
    """An entry: the version in force, or the one that was cited."""
    async with edge.transaction() as tx:
        found = await api.entry(tx, edge.who, entry_id)
        return answer(await _full(tx, edge.who, found, edge.language, version))


@router.post("/{entry_id}/versions", status_code=201, operation_id="revise_knowledge")
async def revise_knowledge(entry_id: UUID, new: VersionIn, edge: Signed) -> Response:
    """A new draft, or another wording of one's own open draft."""
    async with edge.transaction() as tx:
        made = await api.revise(tx, edge.who, entry_id, _new(new, ""))
        return answer(await _full(tx, edge.who, made, edge.language), 201)


@router.post("/{entry_id}/versions/{number}/submit", operation_id="submit_knowledge")
async def submit_knowledge(entry_id: UUID, number: int, edge: Signed) -> Response:
    """Hand a draft over for approval."""
    async with edge.transaction() as tx:
        one = await api.submit(tx, edge.who, entry_id, number)
        return answer(await _full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/versions/{number}/approve", operation_id="approve_knowledge")
async def approve_knowledge(
    entry_id: UUID, number: int, decision: Decision, edge: Signed
) -> Response:
    """Put a version in force; its author cannot."""
    async with edge.transaction() as tx:
        one = await api.approve(tx, edge.who, entry_id, number, decision.note)
        return answer(await _full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/versions/{number}/return", operation_id="return_knowledge")
async def return_knowledge(
    entry_id: UUID, number: int, decision: Decision, edge: Signed
) -> Response:
    """Send a version back to its author with a reason."""
    async with edge.transaction() as tx:
        one = await api.send_back(tx, edge.who, entry_id, number, decision.note)
        return answer(await _full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/retire", operation_id="retire_knowledge")
async def retire_knowledge(entry_id: UUID, decision: Decision, edge: Signed) -> Response:
    """Take an entry out of force."""
    async with edge.transaction() as tx:
        one = await api.retire(tx, edge.who, entry_id, decision.note)
        return answer(await _full(tx, edge.who, one, edge.language))


def _new(new: VersionIn, slug: str) -> NewEntry:
    texts = {
        str(language): Text(
            text.title.strip(), text.question.strip(), tuple(one.strip() for one in text.similar),
            text.answer.strip(),
        )
        for language, text in new.content.items()
    }  # fmt: skip
    return NewEntry(slug, new.topic, texts, new.source.strip(), new.review_by)


def _row(one: Entry, language: str) -> dict[str, Any]:
    """An entry in a list: the version in force, else the newest."""
    head = _head(one)
    newest = one.versions[-1]
    text = _text(head, language)
    return {
        "id": str(one.id),
        "slug": one.slug,
        "topic": one.topic,
        "version": head.version,
        "state": "retired" if one.retired_at else head.state.value,
        "title": text.title,
        "question": text.question,
        "answer": text.answer,
        "languages": sorted(head.texts),
        "reviewed": head.approved_at.date().isoformat() if head.approved_at else None,
        "review_by": head.review_by.isoformat() if head.review_by else None,
        "pending": None
        if newest is head
        else {"version": newest.version, "state": newest.state.value},
    }


async def _full(
    tx: Tx, actor: Actor, one: Entry, language: str, number: int | None = None
) -> dict[str, Any]:
    if number is None:
        version = _head(one)
    else:
        named = [each for each in one.versions if each.version == number]
        if not named:
            raise NotFound
        version = named[0]
    text = _text(version, language)
    row = _row(one, language) | {
        "version": version.version,
        "state": "retired" if one.retired_at else version.state.value,
        "title": text.title,
        "question": text.question,
        "similar": list(text.similar),
        "answer": text.answer,
        "source": version.source,
        "reviewed": version.approved_at.date().isoformat() if version.approved_at else None,
    }
    if not actor.is_staff:
        return {
            key: row[key]
            for key in ("id", "version", "state", "title", "answer", "reviewed", "topic")
        }
    names = await api.writers(tx, one)
    return row | {
        "content": {key: _plain(each) for key, each in version.texts.items()},
        "versions": [_step(each, names) for each in reversed(one.versions)],
        "may": api.steps(actor, one),
    }


def _head(one: Entry) -> Version:
    """The version in force, else the newest there is."""
    current = [each for each in one.versions if each.state is VersionState.APPROVED]
    return (current or one.versions)[-1]


def _text(version: Version, language: str) -> Text:
    return version.texts.get(language) or next(iter(version.texts.values()))


def _plain(text: Text) -> dict[str, Any]:
    return {
        "title": text.title,
        "question": text.question,
        "similar": list(text.similar),
        "answer": text.answer,
    }


def _step(version: Version, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "version": version.version,
        "state": version.state.value,
        "author": {"id": str(version.author_id), "name": names.get(version.author_id, "")},
        "approver": {"id": str(version.approver_id), "name": names.get(version.approver_id, "")}
        if version.approver_id
        else None,
        "note": version.note,
        "created_at": to_ms(version.created_at),
        "approved_at": to_ms(version.approved_at) if version.approved_at else None,
        "review_by": version.review_by.isoformat() if version.review_by else None,
    }
