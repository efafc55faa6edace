"""Routes of supervision over conversations: search and read with a purpose."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from visavis.conversations import api
from visavis.conversations.api import finding
from visavis.conversations.types import Conversation, Entry
from visavis.conversations.web import wire
from visavis.conversations.web.files import file_response
from visavis.conversations.web.live import STREAMS
from visavis.conversations.web.present import cursor, cursor_of
from visavis.conversations.web.routes import Speaking, StreamName
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/supervision", tags=["supervision"])

Purpose = Annotated[str, Query(max_length=500)]


@router.get("/conversations", operation_id="supervise_conversations")
async def supervise_conversations(
    edge: Signed,
    purpose: Purpose = "",
    q: str = "",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response:
    """Conversations whose words match, or the newest ones; each look is a record."""
    async with edge.transaction() as tx:
        found = await api.look_through(tx, edge.who, q[:200], purpose, cursor(after), limit + 1)
        names = await _names(tx, [one for one, _ in found])
    items = [_row(one, hit, names) for one, hit in found[:limit]]
    more = len(found) > limit
    return answer({"items": items, "next": cursor_of(found[limit - 1][0]) if more else None})


@router.get("/conversations/{conversation}/entries", operation_id="supervise_entries")
async def supervise_entries(
    conversation: UUID,
    edge: Signed,
    speaker: Speaking,
    purpose: Purpose = "",
    stream: StreamName = "shared",
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> Response:
    """A page of a stream, read only; each look is a record."""
    which = STREAMS[stream]
    async with edge.transaction() as tx:
        one, entries = await api.look_into(tx, edge.who, conversation, which, after, purpose, limit)
        await speaker.faces.learn(tx, {entry.sender_id for entry in entries})
    data = [wire.encode_entry(speaker.faces, entry, edge.language) for entry in entries]
    last = one.shared_no if stream == "shared" else one.internal_no
    return Response(wire.entries_frame(one.id, which, data, last), media_type="application/json")


@router.get("/attachments/{attachment}", operation_id="supervise_attachment")
async def supervise_attachment(attachment: UUID, edge: Signed, purpose: Purpose = "") -> Response:
    """The harmless copy of a file; each look is a record."""
    async with edge.transaction() as tx:
        kept, path = await api.look_at_file(tx, edge.who, attachment, purpose)
    return file_response(kept, path, download=False)


async def _names(tx: Tx, talks: list[Conversation]) -> dict[UUID, dict[str, Any]]:
    ids = {one.client_id for one in talks} | {one.handler_id for one in talks if one.handler_id}
    return await finding.names(tx, ids)


def _row(one: Conversation, hit: Entry | None, names: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": one.id,
        "client": names.get(one.client_id),
        "handler": names.get(one.handler_id) if one.handler_id else None,
        "environment": one.environment.value,
        "state": one.state.value,
        "with": one.partner.value,
        "topic": one.topic or None,
        "shared": one.shared_no,
        "internal": one.internal_no,
        "opened_at": clock.to_ms(one.created_at),
        "last": {"text": one.last_text, "at": clock.to_ms(one.last_at), "sender": one.last_sender},
        "hit": {
            "entry": hit.id,
            "no": hit.no,
            "stream": hit.stream.word,
            "text": finding.text_of(hit.body),
        }
        if hit
        else None,
    }
