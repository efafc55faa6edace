"""Cases: items grouped for one inquiry."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.kernel.db import Tx
from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api.wording import names
from visavis.review.types import Case, Outcome
from visavis.review.web import present

router = APIRouter(prefix="/api/review/cases", tags=["review"])

Words = Annotated[str, Field(max_length=4000)]


class CaseIn(BaseModel):
    """A title and the items that belong together."""

    title: Annotated[str, Field(max_length=200)]
    items: Annotated[list[UUID], Field(max_length=200)] = []


class ItemIn(BaseModel):
    """An item."""

    item: UUID


class WordsIn(BaseModel):
    """What was found, or why."""

    words: Words


class AssignIn(BaseModel):
    """Who is in charge."""

    to: UUID


class EndIn(BaseModel):
    """What a case has come to, and why."""

    outcome: Outcome
    words: Words


async def _shown(tx: Tx, one: Case) -> dict[str, Any]:
    return present.case(one, await names(tx, {one.opened_by, one.assignee_id}))


@router.get("")
async def list_cases(edge: Signed, state: Literal["going", "closed"] = "going") -> Response:
    """Cases that the caller may know of, newest first."""
    async with edge.transaction() as tx:
        found = await api.cases.listed(tx, edge.who, state == "closed")
        people = {key for one in found for key in (one.opened_by, one.assignee_id)}
        known = await names(tx, people)
    return answer({"items": [present.case(one, known) for one in found], "next": None})


@router.post("", status_code=201)
async def open_case(case: CaseIn, edge: Signed) -> Response:
    """Open a case; the caller is in charge."""
    async with edge.transaction() as tx:
        one = await api.cases.open_case(tx, edge.who, case.title, case.items)
        return answer(await _shown(tx, one), 201)


@router.get("/{case}")
async def read_case(case: UUID, edge: Signed) -> Response:
    """A case with its items and what was done."""
    async with edge.transaction() as tx:
        one, items, steps = await api.cases.look_at(tx, edge.who, case)
        people = {one.opened_by, one.assignee_id, *(each.by_id for each in steps)}
        known = await names(tx, people | present.people_of(items))
    about = [present.item(each, known, edge.language) for each in items]
    done = [present.note(each, known) for each in steps]
    return answer({**present.case(one, known), "about": about, "steps": done})


@router.post("/{case}/items")
async def add_to_case(case: UUID, which: ItemIn, edge: Signed) -> Response:
    """Put another item into a case."""
    async with edge.transaction() as tx:
        return answer(await _shown(tx, await api.cases.add_item(tx, edge.who, case, which.item)))


@router.post("/{case}/notes", status_code=204)
async def note_in_case(case: UUID, note: WordsIn, edge: Signed) -> Response:
    """Add a note."""
    async with edge.transaction() as tx:
        await api.cases.write(tx, edge.who, case, note.words)
    return Response(status_code=204)


@router.post("/{case}/assign")
async def assign_case(case: UUID, whom: AssignIn, edge: Signed) -> Response:
    """Put another supervisor in charge."""
    async with edge.transaction() as tx:
        return answer(await _shown(tx, await api.cases.assign(tx, edge.who, case, whom.to)))


@router.post("/{case}/escalate")
async def escalate_case(case: UUID, note: WordsIn, edge: Signed) -> Response:
    """Leave a case to the chief."""
    async with edge.transaction() as tx:
        return answer(await _shown(tx, await api.cases.escalate(tx, edge.who, case, note.words)))


@router.post("/{case}/close")
async def close_case(case: UUID, end: EndIn, edge: Signed) -> Response:
    """End a case with its outcome."""
    async with edge.transaction() as tx:
        one = await api.cases.close(tx, edge.who, case, end.outcome, end.words)
        return answer(await _shown(tx, one))
