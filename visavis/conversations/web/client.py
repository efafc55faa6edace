"""Routes of the client's side: the notice, a conversation, its rating."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.conversations import api
from visavis.conversations.web.present import present_header
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/client", tags=["conversations"])


class NoticeIn(BaseModel):
    """The version of the recording notice that was read."""

    version: str


class OpenIn(BaseModel):
    """With whom a client wants to talk, and the page he is on."""

    model_config = {"populate_by_name": True}
    partner: Literal["assistant", "person"] = Field("assistant", alias="with")
    context: dict[str, str | None] | None = None


class RatingIn(BaseModel):
    """The client's judgement."""

    stars: int
    text: str = ""


@router.post("/notice", operation_id="acknowledge_notice")
async def acknowledge_notice(notice: NoticeIn, edge: Signed) -> dict[str, int]:
    """Acknowledge the recording notice; a legal duty before the first word, not a consent."""
    async with edge.transaction() as tx:
        at = await api.acknowledge_notice(tx, edge.who, notice.version)
    return {"acknowledged_at": clock.to_ms(at)}


@router.post("/conversations", operation_id="open_conversation")
async def open_conversation(wanted: OpenIn, edge: Signed) -> Response:
    """The client's open conversation, or a new one."""
    context = {
        key: value[:2000]
        for key, value in (wanted.context or {}).items()
        if key in ("url", "title", "product") and value
    }
    async with edge.transaction() as tx:
        one = await api.open_with(tx, edge.who, wanted.partner, context)
        return answer(await present_header(tx, edge, one.id))


@router.post("/conversations/{conversation}/rating", operation_id="rate_conversation")
async def rate_conversation(conversation: UUID, rating: RatingIn, edge: Signed) -> Response:
    """Rate a closed conversation, once."""
    async with edge.transaction() as tx:
        await api.rate(tx, edge.who, conversation, rating.stars, rating.text)
        return answer(await present_header(tx, edge, conversation))


@router.get("/entries/{entry}/receipt", operation_id="keep_receipt")
async def keep_receipt(entry: UUID, edge: Signed) -> Response:
    """The proof that a message of the client's own conversation is on record; /receipt checks it offline."""
    async with edge.transaction() as tx:
        made = await api.receipt(tx, edge.who, entry)
    return answer(made)
