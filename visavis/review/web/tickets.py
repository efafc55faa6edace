"""Protected tickets: clients bring them, staff pass them on, whoever is not concerned handles them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api.wording import names
from visavis.review.web import present

router = APIRouter(prefix="/api", tags=["tickets"])

Words = Annotated[str, Field(max_length=4000)]
Category = Literal["complaint", "fraud", "distress", "credentials", "other"]


class ComplaintIn(BaseModel):
    """What happened, in the client's words."""

    category: Category = "complaint"
    words: Words


class ReportIn(BaseModel):
    """What a client has told staff, and whom of the firm it concerns besides those who serve him."""

    client: UUID
    category: Category = "complaint"
    words: Words
    concerned: Annotated[list[UUID], Field(max_length=20)] = []


class WordsIn(BaseModel):
    """What was done, or the answer."""

    words: Words


@router.post("/complaints", status_code=201)
async def bring_complaint(complaint: ComplaintIn, edge: Signed) -> Response:
    """Bring something; whoever serves the client does not learn of it."""
    async with edge.transaction() as tx:
        one = await api.tickets.complain(tx, edge.who, complaint.category, complaint.words)
    return answer(present.own_ticket(one), 201)


@router.get("/complaints")
async def own_complaints(edge: Signed) -> Response:
    """What the client has brought, with the firm's answers."""
    async with edge.transaction() as tx:
        found = await api.tickets.mine(tx, edge.who)
    return answer({"items": [present.own_ticket(one) for one in found], "next": None})


@router.post("/review/tickets", status_code=202)
async def pass_on_complaint(report: ReportIn, edge: Signed) -> Response:
    """Pass on what a client has told; the answer says only that it has arrived."""
    async with edge.transaction() as tx:
        await api.tickets.report(
            tx, edge.who, report.client, report.category, report.words, report.concerned
        )
    return answer({"received": True}, 202)


@router.get("/review/tickets")
async def list_tickets(edge: Signed, state: Literal["waiting", "closed"] = "waiting") -> Response:
    """Tickets that do not concern the caller: waiting ones by their clock, or closed ones, newest first."""
    async with edge.transaction() as tx:
        found = await api.tickets.listed(tx, edge.who, state == "closed")
        people = {key for one in found for key in (one.client_id, one.assignee_id, *one.concerned)}
        known = await names(tx, people)
    return answer({"items": [present.ticket(one, known) for one in found], "next": None})


@router.get("/review/tickets/{ticket}")
async def read_ticket(ticket: UUID, edge: Signed) -> Response:
    """A ticket with the client's words and what was done; the look is on record."""
    async with edge.transaction() as tx:
        one, steps, words = await api.tickets.look_at(tx, edge.who, ticket)
        people = {one.client_id, one.assignee_id, *one.concerned, *(each.by_id for each in steps)}
        known = await names(tx, people)
    done = [present.note(each, known) for each in steps]
    return answer({**present.ticket(one, known), "words": words, "steps": done})


@router.post("/review/tickets/{ticket}/take")
async def take_ticket(ticket: UUID, edge: Signed) -> Response:
    """Handle a ticket from now on."""
    async with edge.transaction() as tx:
        one = await api.tickets.take(tx, edge.who, ticket)
        known = await names(tx, {one.client_id, one.assignee_id, *one.concerned})
    return answer(present.ticket(one, known))


@router.post("/review/tickets/{ticket}/notes", status_code=204)
async def note_on_ticket(ticket: UUID, note: WordsIn, edge: Signed) -> Response:
    """Note what was done."""
    async with edge.transaction() as tx:
        await api.tickets.write(tx, edge.who, ticket, note.words)
    return Response(status_code=204)


@router.post("/review/tickets/{ticket}/close")
async def close_ticket(ticket: UUID, note: WordsIn, edge: Signed) -> Response:
    """Close a ticket with the firm's answer."""
    async with edge.transaction() as tx:
        one = await api.tickets.close(tx, edge.who, ticket, note.words)
        known = await names(tx, {one.client_id, one.assignee_id, *one.concerned})
    return answer(present.ticket(one, known))
