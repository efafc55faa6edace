"""Routes of conversations for both sides; what is asked for often is encoded by msgspec."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from visavis.conversations import api
from visavis.conversations.api import reading
from visavis.conversations.types import Conversation, Draft, Kind, Listed, Mark, Stream
from visavis.conversations.web import wire
from visavis.conversations.web.live import STREAMS, Speaker
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Edge, Signed, answer

router = APIRouter(prefix="/api", tags=["conversations"])


def speaker_of(request: Request) -> Speaker:
    """The writer of this process."""
    speaker: Speaker = request.app.state.speaker
    return speaker


Speaking = Annotated[Speaker, Depends(speaker_of)]
StreamName = Literal["shared", "internal"]


class NoticeIn(BaseModel):
    """The version of the recording notice that was read."""

    version: str


class OpenIn(BaseModel):
    """With whom a client wants to talk, and the page he is on."""

    model_config = {"populate_by_name": True}
    partner: Literal["assistant", "person"] = Field("assistant", alias="with")
    context: dict[str, str | None] | None = None


class EntryIn(BaseModel):
    """An entry to be posted."""

    client_key: UUID
    stream: StreamName = "shared"
    body: dict[str, Any]


class ChangeIn(BaseModel):
    """An edit (with a body) or a recall (without) of an own message."""

    client_key: UUID
    body: dict[str, Any] | None = None


class ReadIn(BaseModel):
    """Everything up to this number has been seen."""

    no: Annotated[int, Field(ge=0)]


class TransferIn(BaseModel):
    """To whom, and what he should know."""

    to: UUID
    note: str


class RatingIn(BaseModel):
    """The client's judgement."""

    stars: int
    text: str = ""


class ForwardIn(BaseModel):
    """A card of an entry that the sender can read, to be sent in this conversation."""

    client_key: UUID
    entry: UUID
    card: dict[str, Any]


@router.post("/client/notice", operation_id="acknowledge_notice")
async def acknowledge_notice(notice: NoticeIn, edge: Signed) -> dict[str, int]:
    """Acknowledge the recording notice; a legal duty before the first word, not a consent."""
    async with edge.transaction() as tx:
        at = await api.acknowledge_notice(tx, edge.who, notice.version)
    return {"acknowledged_at": clock.to_ms(at)}


@router.post("/client/conversations", operation_id="open_conversation")
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


@router.post("/client/conversations/{conversation}/rating", operation_id="rate_conversation")
async def rate_conversation(conversation: UUID, rating: RatingIn, edge: Signed) -> Response:
    """Rate a closed conversation, once."""
    async with edge.transaction() as tx:
        await api.rate(tx, edge.who, conversation, rating.stars, rating.text)
        return answer(await present_header(tx, edge, conversation))


@router.get("/conversations", operation_id="list_conversations")
async def list_conversations(
    edge: Signed,
    request: Request,
    state: Literal["open", "closed"] | None = None,
    q: str = "",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The caller's conversations, newest first; `q` keeps clients whose name holds it."""
    async with edge.transaction() as tx:
        found, clients = await reading.listed(tx, edge.who, state, cursor(after), limit + 1)
    page, more = found[:limit], len(found) > limit
    gateway = getattr(request.app.state, "gateway", None)
    items = [
        {**_line(one, clients), "presence": _presence(gateway, one.conversation.client_id)}
        for one in page
        if not q or q.casefold() in clients[one.conversation.client_id].name.casefold()
    ]
    return answer({"items": items, "next": cursor_of(page[-1].conversation) if more else None})


@router.get("/conversations/{conversation}", operation_id="conversation_header")
async def conversation_header(conversation: UUID, edge: Signed) -> Response:
    """What stands above a conversation, and what the caller may do in it."""
    async with edge.transaction() as tx:
        return answer(await present_header(tx, edge, conversation))


@router.get("/conversations/{conversation}/entries", operation_id="conversation_entries")
async def conversation_entries(
    conversation: UUID,
    edge: Signed,
    speaker: Speaking,
    stream: StreamName = "shared",
    after: Annotated[int, Query(ge=0)] = 0,
    before: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> Response:
    """A page of a stream, in the form of the `entries` frame: above `after`, or the last ones below `before`."""
    which = STREAMS[stream]
    async with edge.transaction() as tx:
        entries, last = await reading.entries(tx, edge.who, conversation, which, after, before, limit)
        await speaker.faces.learn(tx, {entry.sender_id for entry in entries})
    language = edge.language if which is Stream.INTERNAL else None
    data = [wire.encode_entry(speaker.faces, entry, language) for entry in entries]
    return Response(wire.entries_frame(conversation, which, data, last), media_type="application/json")


@router.post("/conversations/{conversation}/entries", operation_id="post_entry")
async def post_entry(conversation: UUID, entry: EntryIn, edge: Signed, speaker: Speaking) -> Response:
    """Post a message or a note, by the same pipeline as the socket; answers as its `ack`."""
    stream = STREAMS[entry.stream]
    kind = Kind.MESSAGE if stream is Stream.SHARED else Kind.NOTE
    return await _enter(speaker, edge, Draft(edge.who, conversation, stream, kind, entry.body, entry.client_key))


@router.post("/conversations/{conversation}/entries/{entry}", operation_id="change_entry")
async def change_entry(
    conversation: UUID, entry: UUID, change: ChangeIn, edge: Signed, speaker: Speaking
) -> Response:
    """Edit or recall an own message; the original stays on record."""
    kind = Kind.RECALL if change.body is None else Kind.EDIT
    draft = Draft(edge.who, conversation, Stream.SHARED, kind, change.body or {}, change.client_key, entry)
    return await _enter(speaker, edge, draft)


@router.post("/conversations/{conversation}/forward", operation_id="forward_card")
async def forward_card(conversation: UUID, forward: ForwardIn, edge: Signed, speaker: Speaking) -> Response:
    """Send a card from an entry that the caller can read."""
    async with edge.transaction() as tx:
        card = await reading.card(tx, edge.who, forward.entry, forward.card)
    body = {"cards": [card]}
    draft = Draft(edge.who, conversation, Stream.SHARED, Kind.MESSAGE, body, forward.client_key)
    return await _enter(speaker, edge, draft)


@router.post("/conversations/{conversation}/read", operation_id="mark_read", status_code=204)
async def mark_read(conversation: UUID, mark: ReadIn, edge: Signed) -> None:
    """Everything up to this number has been seen."""
    async with edge.transaction() as tx:
        await reading.mark(tx, [Mark(edge.who, conversation, mark.no, mark.no)])


@router.post("/conversations/{conversation}/transfer", operation_id="transfer_conversation", status_code=204)
async def transfer_conversation(conversation: UUID, transfer: TransferIn, edge: Signed) -> None:
    """Hand the conversation to a colleague with a note."""
    async with edge.transaction() as tx:
        await api.transfer(tx, edge.who, conversation, transfer.to, transfer.note)


@router.post("/conversations/{conversation}/close", operation_id="close_conversation")
async def close_conversation(conversation: UUID, edge: Signed) -> Response:
    """End the conversation."""
    async with edge.transaction() as tx:
        await api.close(tx, edge.who, conversation)
        return answer(await present_header(tx, edge, conversation))


@router.get("/search", operation_id="search_own")
async def search_own(
    edge: Signed, q: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> Response:
    """Messages of the caller's own conversations that hold all words of `q`, Chinese included."""
    async with edge.transaction() as tx:
        found, clients = await reading.search(tx, edge.who, q[:200], limit)
    hits = [
        {
            "conversation": entry.conversation_id,
            "client": _named(clients[entry.conversation_id]),
            "entry": entry.id,
            "stream": entry.stream.word,
            "no": entry.no,
            "text": reading.text_of(entry.body),
            "at": clock.to_ms(entry.at),
        }
        for entry in found
    ]
    return answer({"items": hits, "next": None})


async def present_header(tx: Tx, edge: Edge, conversation: UUID) -> Mapping[str, Any]:
    """The header as JSON."""
    found = await reading.header(tx, edge.who, conversation)
    one, tie = found.conversation, found.connection
    me = edge.settings
    people = await reading.names(tx, {one.client_id, *([one.handler_id] if one.handler_id else [])})
    return {
        "id": one.id,
        "state": one.state.value,
        "with": one.partner.value,
        "topic": one.topic or None,
        "language": one.language,
        "environment": one.environment.value,
        "firm": {"name": me.firm_name, "name_en": me.firm_name_en},
        "client": _named(found.client),
        "handler": found.handler,
        "people": list(people.values()),
        "connection": {
            "id": tie.id,
            "state": tie.state.value,
            "basis": tie.basis,
            "established_at": clock.to_ms(tie.established_at) if tie.established_at else None,
        }
        if tie
        else None,
        "context": one.context or None,
        "shared": one.shared_no,
        "internal": one.internal_no if edge.who.is_staff else 0,
        "receipts": [
            {"person": mark.person_id, "delivered": mark.delivered_no, "read": mark.read_no}
            for mark in found.receipts
        ],
        "may": found.may,
        "reason": found.reason,
        "opened_at": clock.to_ms(one.created_at),
        "closed_at": clock.to_ms(one.closed_at) if one.closed_at else None,
        "rating": one.rating,
    }


async def _enter(speaker: Speaker, edge: Edge, draft: Draft) -> Response:
    outcome = await speaker.post(draft)
    assert draft.client_key is not None
    data = wire.ack_frame(draft.client_key, speaker.bytes_of(outcome, edge.language))
    return Response(data, media_type="application/json")


def _line(one: Listed, clients: Mapping[UUID, Any]) -> dict[str, Any]:
    talk = one.conversation
    return {
        "id": talk.id,
        "client": _named(clients[talk.client_id]),
        "last": {"text": talk.last_text, "at": clock.to_ms(talk.last_at), "sender": talk.last_sender}
        if talk.last_sender
        else None,
        "unread": one.unread,
        "waiting_since": clock.to_ms(talk.waiting_since) if talk.waiting_since else None,
        "shared": talk.shared_no,
        "internal": talk.internal_no,
        "state": talk.state.value,
        "with": talk.partner.value,
        "topic": talk.topic or None,
        "handler": talk.handler_id,
        "connection_state": "active" if talk.handler_id else None,
    }


def _named(client: Any) -> dict[str, Any]:
    return {"id": client.id, "name": client.name, "level": None, "environment": client.environment.value}


def _presence(gateway: Any, person_id: UUID) -> str:
    return "online" if gateway is not None and gateway.sockets.get(person_id) else "off"


def cursor_of(one: Conversation) -> str:
    """The cursor of whatever follows `one` in a list by time."""
    return base64.urlsafe_b64encode(f"{clock.to_us(one.last_at)} {one.id}".encode()).decode()


def cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """What a cursor names; raises `Malformed`."""
    if not text:
        return None
    try:
        us, _, last = base64.urlsafe_b64decode(text).decode().partition(" ")
        return clock.from_us(int(us)), UUID(last)
    except (binascii.Error, ValueError, OverflowError):
        raise Malformed(field="after", reason="not a cursor") from None
