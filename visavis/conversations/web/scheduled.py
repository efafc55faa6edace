"""Routes of messages for later: written, seen, changed and withdrawn by their author."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from visavis.conversations.api import finding, scheduling
from visavis.conversations.types import Scheduled
from visavis.conversations.web.routes import MOST_MS
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.http import Edge, Signed, answer

router = APIRouter(prefix="/api", tags=["conversations"])

Moment = Annotated[int, Field(ge=0, le=MOST_MS)]


class ScheduledIn(BaseModel):
    """A message and when to send it, in UTC milliseconds; the key is its id from then on."""

    client_key: UUID
    body: dict[str, Any]
    send_at: Moment


class ScheduledChange(BaseModel):
    """Other words, or another moment in UTC milliseconds."""

    body: dict[str, Any]
    send_at: Moment


@router.post("/conversations/{conversation}/scheduled", status_code=201)
async def schedule_message(
    conversation: UUID, message: ScheduledIn, request: Request, edge: Signed
) -> Response:
    """Write a message to be sent later; it is judged when it is sent."""
    async with edge.transaction() as tx:
        one = await scheduling.plan(
            tx,
            edge.who,
            conversation,
            message.client_key,
            message.body,
            clock.from_us(message.send_at * 1000),
        )
        (item,) = await _out(tx, request, edge, [one])
    return answer(item, 201)


@router.get("/conversations/{conversation}/scheduled")
async def list_scheduled(conversation: UUID, request: Request, edge: Signed) -> Response:
    """What the caller has waiting in a conversation, and what was refused at its moment."""
    async with edge.transaction() as tx:
        found = await scheduling.planned(tx, edge.who, conversation)
        return answer({"items": await _out(tx, request, edge, found), "next": None})


@router.get("/scheduled")
async def list_all_scheduled(request: Request, edge: Signed) -> Response:
    """What the caller has waiting in all conversations, and what was refused at its moment."""
    async with edge.transaction() as tx:
        found = await scheduling.planned(tx, edge.who)
        return answer({"items": await _out(tx, request, edge, found), "next": None})


@router.put("/scheduled/{message}")
async def change_scheduled(
    message: UUID, change: ScheduledChange, request: Request, edge: Signed
) -> Response:
    """Other words or another moment for what waits or was refused."""
    moment = clock.from_us(change.send_at * 1000)
    async with edge.transaction() as tx:
        one = await scheduling.change(tx, edge.who, message, change.body, moment)
        (item,) = await _out(tx, request, edge, [one])
    return answer(item)


@router.delete("/scheduled/{message}", status_code=204)
async def withdraw_scheduled(message: UUID, edge: Signed) -> None:
    """Take back what waits or was refused."""
    async with edge.transaction() as tx:
        await scheduling.withdraw(tx, edge.who, message)


async def _out(
    tx: Tx, request: Request, edge: Edge, found: Sequence[Scheduled]
) -> list[dict[str, Any]]:
    people = await finding.names(tx, {one.client_id for one in found})
    text = request.app.state.catalogue.text
    return [
        {
            "id": one.id,
            "conversation": one.conversation_id,
            "client": people[one.client_id],
            "body": one.body,
            "send_at": clock.to_ms(one.send_at),
            "state": one.state.value,
            "reason": one.reason or None,
            "detail": text(one.reason, edge.language, one.params) if one.reason else "",
        }
        for one in found
    ]
