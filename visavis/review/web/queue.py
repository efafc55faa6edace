"""The review queue: what waits, the next item, a verdict; and what the desk's advice came to."""

from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api.wording import names
from visavis.review.types import Grade, ItemKind, Which
from visavis.review.web import present

router = APIRouter(prefix="/api/review", tags=["review"])

Words = Annotated[str, Field(max_length=4000)]


class NextIn(BaseModel):
    """Which kind alone, if any."""

    kind: ItemKind | None = None


class VerdictIn(BaseModel):
    """A verdict; for a held message also whether it goes out, and what its author reads."""

    grade: Grade
    note: Words = ""
    release: bool | None = None
    reply: Words = ""


class NudgeIn(BaseModel):
    """What became of an advice while somebody wrote."""

    conversation: UUID
    policy: Annotated[str, Field(min_length=1, max_length=100)]
    action: Literal["nudge", "hold", "block"]
    outcome: Literal["edited", "sent", "abandoned"]


@router.get("/summary")
async def review_summary(edge: Signed) -> Response:
    """Counts of what may reach the caller, what the samples say, and what the desk's advice came to."""
    async with edge.transaction() as tx:
        found = await api.looking.summary(tx, edge.who)
    return answer(asdict(found))


@router.get("/items")
async def list_review_items(
    edge: Signed,
    kind: ItemKind | None = None,
    state: Which = "waiting",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Items that may reach the caller: waiting ones by risk, closed ones, or those over: held and refused unjudged."""
    async with edge.transaction() as tx:
        found = await api.looking.listed(tx, edge.who, kind, state, limit)
        known = await names(tx, present.people_of(found))
    items = [present.item(one, known, edge.language) for one in found]
    return answer({"items": items, "next": None})


@router.post("/next")
async def next_review_item(wanted: NextIn, edge: Signed) -> Response:
    """The riskiest item for the caller with its message in context, in his hand from now on."""
    async with edge.transaction() as tx:
        found = await api.judging.next_item(tx, edge.who, wanted.kind)
        item = await present.looked(tx, found, edge.language) if found else None
    return answer({"item": item})


@router.get("/items/{item}")
async def read_review_item(item: UUID, edge: Signed) -> Response:
    """One item with its message in context, taken in hand where it is free."""
    async with edge.transaction() as tx:
        found = await api.judging.look_at(tx, edge.who, item)
        return answer(await present.looked(tx, found, edge.language))


@router.post("/items/{item}/let-go", status_code=204)
async def let_review_item_go(item: UUID, edge: Signed) -> Response:
    """Give an item back to the queue."""
    async with edge.transaction() as tx:
        await api.judging.let_go(tx, edge.who, item)
    return Response(status_code=204)


@router.post("/items/{item}/verdict")
async def judge_review_item(item: UUID, said: VerdictIn, edge: Signed) -> Response:
    """Give a verdict on an item in one's hand."""
    async with edge.transaction() as tx:
        after = await api.judging.judge(
            tx, edge.who, item, said.grade, said.note, release=said.release, reply=said.reply
        )
        known = await names(tx, present.people_of([after]))
    return answer(present.item(after, known, edge.language))


@router.post("/nudges", status_code=204)
async def count_nudge(nudge: NudgeIn, edge: Signed) -> Response:
    """Count what became of an advice while the caller wrote."""
    async with edge.transaction() as tx:
        await api.looking.nudged(
            tx, edge.who, nudge.conversation, nudge.policy, nudge.action, nudge.outcome
        )
    return Response(status_code=204)
