"""Routes of knowledge: lists and entries for staff, the cited version for clients, and the steps
of an entry's life.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from visavis.kernel.http import Signed, answer
from visavis.kernel.languages import Language
from visavis.knowledge import api
from visavis.knowledge.types import NewEntry, Text
from visavis.knowledge.web.present import full, row

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
    content: dict[Language, TextIn]
    source: str = ""
    review_by: date | None = None


class EntryIn(VersionIn):
    """A new entry; `slug` is its short name: letters, digits, hyphens."""

    slug: str


class Decision(BaseModel):
    """Why a version was approved, returned or retired."""

    note: Note = ""


class ImportIn(BaseModel):
    """Entries to be brought in together."""

    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=500)]


class VersionRef(BaseModel):
    """One version of one entry."""

    id: UUID
    version: int


class ApprovalsIn(Decision):
    """Versions to be approved together."""

    entries: Annotated[list[VersionRef], Field(min_length=1, max_length=500)]


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
    return answer({"items": [row(one, edge.language) for one in found], "next": more})


@router.post("", status_code=201, operation_id="create_knowledge")
async def create_knowledge(new: EntryIn, edge: Signed) -> Response:
    """A new entry with its first draft."""
    async with edge.transaction() as tx:
        made = await api.create(tx, edge.who, _new(new, new.slug))
        return answer(await full(tx, edge.who, made, edge.language), 201)


@router.post("/import", status_code=201, operation_id="import_knowledge")
async def import_knowledge(new: ImportIn, edge: Signed) -> Response:
    """Many new entries at once, handed over for approval; all of them or none."""
    async with edge.transaction() as tx:
        made = [await api.create(tx, edge.who, _new(one, one.slug)) for one in new.entries]
        for one in made:
            await api.submit(tx, edge.who, one.id, 1)
    items = [{"id": str(one.id), "slug": one.slug, "version": 1} for one in made]
    return answer({"items": items}, 201)


@router.post("/approvals", operation_id="approve_many_knowledge")
async def approve_many_knowledge(decision: ApprovalsIn, edge: Signed) -> Response:
    """Put many submitted versions in force; all of them or none, and none by its author."""
    async with edge.transaction() as tx:
        for one in decision.entries:
            await api.approve(tx, edge.who, one.id, one.version, decision.note)
    return answer({"approved": len(decision.entries)})


@router.get("/{entry_id}", operation_id="read_knowledge")
async def read_knowledge(entry_id: UUID, edge: Signed, version: int | None = None) -> Response:
    """An entry: the version in force, or the one that was cited."""
    async with edge.transaction() as tx:
        found = await api.entry(tx, edge.who, entry_id)
        return answer(await full(tx, edge.who, found, edge.language, version))


@router.post("/{entry_id}/versions", status_code=201, operation_id="revise_knowledge")
async def revise_knowledge(entry_id: UUID, new: VersionIn, edge: Signed) -> Response:
    """A new draft, or another wording of one's own open draft."""
    async with edge.transaction() as tx:
        made = await api.revise(tx, edge.who, entry_id, _new(new, ""))
        return answer(await full(tx, edge.who, made, edge.language), 201)


@router.post("/{entry_id}/versions/{number}/submit", operation_id="submit_knowledge")
async def submit_knowledge(entry_id: UUID, number: int, edge: Signed) -> Response:
    """Hand a draft over for approval."""
    async with edge.transaction() as tx:
        one = await api.submit(tx, edge.who, entry_id, number)
        return answer(await full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/versions/{number}/approve", operation_id="approve_knowledge")
async def approve_knowledge(
    entry_id: UUID, number: int, decision: Decision, edge: Signed
) -> Response:
    """Put a version in force; its author cannot."""
    async with edge.transaction() as tx:
        one = await api.approve(tx, edge.who, entry_id, number, decision.note)
        return answer(await full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/versions/{number}/return", operation_id="return_knowledge")
async def return_knowledge(
    entry_id: UUID, number: int, decision: Decision, edge: Signed
) -> Response:
    """Send a version back to its author with a reason."""
    async with edge.transaction() as tx:
        one = await api.send_back(tx, edge.who, entry_id, number, decision.note)
        return answer(await full(tx, edge.who, one, edge.language))


@router.post("/{entry_id}/retire", operation_id="retire_knowledge")
async def retire_knowledge(entry_id: UUID, decision: Decision, edge: Signed) -> Response:
    """Take an entry out of force."""
    async with edge.transaction() as tx:
        one = await api.retire(tx, edge.who, entry_id, decision.note)
        return answer(await full(tx, edge.who, one, edge.language))


def _new(new: VersionIn, slug: str) -> NewEntry:
    texts = {
        str(language): Text(
            text.title.strip(), text.question.strip(), tuple(one.strip() for one in text.similar),
            text.answer.strip(),
        )
        for language, text in new.content.items()
    }  # fmt: skip
    return NewEntry(slug, new.topic, texts, new.source.strip(), new.review_by)
