"""Held messages by their entry: the same items and verdicts as in the queue."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.kernel import clock
from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api import wording
from visavis.review.api.wording import names
from visavis.review.web import present

router = APIRouter(prefix="/api/supervision", tags=["supervision"])


class DecisionIn(BaseModel):
    """Why; the sender reads it."""

    note: Annotated[str, Field(max_length=4000)] = ""


@router.get("/held", operation_id="held_messages")
async def held_messages(edge: Signed) -> Response:
    """What waits for a decision, oldest first."""
    async with edge.transaction() as tx:
        found = await api.holding.held(tx, edge.who)
        people = {person for talk, entry in found for person in (talk.client_id, entry.sender_id)}
        known = await names(tx, people)
    items: list[dict[str, Any]] = [
        {
            "id": talk.id,
            "client": known.get(talk.client_id),
            "handler": known.get(talk.handler_id) if talk.handler_id else None,
            "environment": talk.environment.value,
            "opened_at": clock.to_ms(talk.created_at),
            "entry": present.entry(entry, known, talk.client_id)
            | {
                "body": entry.body,
                "verdict": wording.explain(entry.verdict, edge.language),
            },
        }
        for talk, entry in found
    ]
    return answer({"items": items, "next": None})


@router.post("/held/{entry}/{decision}", operation_id="decide_held")
async def decide_held(
    entry: UUID, decision: Literal["release", "refuse"], note: DecisionIn, edge: Signed
) -> Response:
    """Release a held message into the conversation, or refuse it: a verdict on its item."""
    async with edge.transaction() as tx:
        after = await api.holding.decide_held(tx, edge.who, entry, decision == "release", note.note)
        known = await names(tx, present.people_of([after]))
    return answer(present.item(after, known, edge.language))
