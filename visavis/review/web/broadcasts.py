"""Broadcasts: written by one, approved by another, only then said."""

from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from visavis.kernel.errors import Refusal
from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api import foreseeing
from visavis.review.api.wording import names
from visavis.review.web import present

router = APIRouter(prefix="/api/broadcasts", tags=["broadcasts"])


class BroadcastIn(BaseModel):
    """One text, with a product or without, for several of one's own clients or for one of one's own groups."""

    words: Annotated[str, Field(max_length=2000)]
    clients: Annotated[list[UUID], Field(max_length=500)] = []
    product: UUID | None = None
    group: UUID | None = None


class DecisionIn(BaseModel):
    """Whether it goes out, and why."""

    approve: bool
    note: Annotated[str, Field(max_length=2000)] = ""


@router.get("")
async def list_broadcasts(edge: Signed) -> Response:
    """The caller's own, or those that he may approve; waiting ones first."""
    async with edge.transaction() as tx:
        found = await api.broadcasting.listed(tx, edge.who)
        people = {key for one in found for key in (one.author_id, one.approver_id)}
        known = await names(tx, people)
    items = [present.broadcast(one, known, edge.language) for one in found]
    return answer({"items": items, "next": None})


@router.post("", status_code=201)
async def write_broadcast(broadcast: BroadcastIn, edge: Signed) -> Response:
    """Hand in a text; it waits for approval, and nobody sees it."""
    async with edge.transaction() as tx:
        one = await api.broadcasting.hand_in(
            tx, edge.who, broadcast.words, broadcast.clients, broadcast.product, broadcast.group
        )
        known = await names(tx, {edge.who.person_id})
    # What was matched is kept: the refusal is told after the commit.
    if isinstance(one, Refusal):
        raise one
    return answer(present.broadcast(one, known, edge.language), 201)


@router.get("/{broadcast}/preview")
async def preview_broadcast(broadcast: UUID, edge: Signed, request: Request) -> Response:
    """How many it would reach if it went out now, and whom not, counted by reason."""
    async with edge.transaction() as tx:
        one, refused = await foreseeing.preview(tx, edge.who, broadcast)
    catalogue = request.app.state.catalogue
    said = Counter(
        (each.code, catalogue.text(each.code, edge.language, each.params))
        for each in refused.values()
    )
    waiting = one.recipients if one.state in ("waiting", "approved") else 0
    excluded = [
        {"error": code, "detail": text, "clients": count}
        for (code, text), count in said.most_common()
    ]
    return answer({"reaches": max(0, waiting - len(refused)), "excluded": excluded})


@router.post("/{broadcast}/decision")
async def decide_broadcast(broadcast: UUID, decision: DecisionIn, edge: Signed) -> Response:
    """Let a text go out, or refuse it; never one's own."""
    async with edge.transaction() as tx:
        one = await api.broadcasting.decide(
            tx, edge.who, broadcast, decision.approve, decision.note
        )
        known = await names(tx, {one.author_id, one.approver_id})
    return answer(present.broadcast(one, known, edge.language))
