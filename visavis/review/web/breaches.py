"""Routes of breaches of personal information: on record by one supervisor, let out by another."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.kernel import clock
from visavis.kernel.http import Signed, answer
from visavis.review.api import breaching
from visavis.review.api.wording import Names, names
from visavis.review.types import Breach
from visavis.review.web.broadcasts import DecisionIn

router = APIRouter(prefix="/api/breaches", tags=["review"])

Number = Annotated[str, Field(max_length=64)]
Words = Annotated[str, Field(max_length=2000)]
LATEST_MS = 253_402_300_799_000


class NoticeIn(BaseModel):
    """What those affected are told, in both languages."""

    zh: Annotated[Words, Field(alias="zh-CN")]
    en: Words


class BreachIn(BaseModel):
    """What happened, when the firm learned of it (UTC milliseconds), the notice, and who is affected: clients by id, by
    their number at the broker, or both.
    """

    incident: Words
    notice: NoticeIn
    found_at: Annotated[int, Field(ge=0, le=LATEST_MS)]
    clients: Annotated[list[UUID], Field(max_length=5000)] = []
    numbers: Annotated[list[Number], Field(max_length=5000)] = []


@router.get("")
async def list_breaches(edge: Signed) -> Response:
    """Breaches with their clocks, the unsettled first."""
    async with edge.transaction() as tx:
        found = await breaching.listed(tx, edge.who)
        known = await names(tx, {key for one in found for key in (one.author_id, one.approver_id)})
    return answer({"items": [_out(one, known) for one in found], "next": None})


@router.post("", status_code=201)
async def report_breach(breach: BreachIn, edge: Signed) -> Response:
    """Put a breach on record; its notice waits for another supervisor."""
    notice = {"zh-CN": breach.notice.zh, "en": breach.notice.en}
    found_at = clock.from_us(breach.found_at * 1000)
    async with edge.transaction() as tx:
        clients = [*breach.clients, *await breaching.known_by(tx, edge.who, breach.numbers)]
        one = await breaching.put_on_record(
            tx, edge.who, breach.incident, notice, found_at, clients
        )
        known = await names(tx, {one.author_id})
    return answer(_out(one, known), 201)


@router.post("/{breach}/decision")
async def decide_breach(breach: UUID, decision: DecisionIn, edge: Signed) -> Response:
    """Let a notice out, or refuse it; never its author."""
    async with edge.transaction() as tx:
        one = await breaching.decide(tx, edge.who, breach, decision.approve, decision.note)
        known = await names(tx, {one.author_id, one.approver_id})
    return answer(_out(one, known))


def _out(one: Breach, known: Names) -> dict[str, Any]:
    return {
        "id": one.id, "incident": one.incident, "notice": one.notice, "state": one.state,
        "found_at": clock.to_ms(one.found_at), "due_at": clock.to_ms(one.due_at),
        "overdue": breaching.overdue(one), "affected": one.affected, "told": one.told,
        "author": known.get(one.author_id),
        "approver": known.get(one.approver_id) if one.approver_id else None, "note": one.note,
        "told_at": clock.to_ms(one.told_at) if one.told_at else None,
    }  # fmt: skip
