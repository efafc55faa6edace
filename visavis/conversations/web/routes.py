"""Routes of conversations for both sides; what is asked for often is encoded by msgspec."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from visavis.conversations import api
from visavis.conversations.api import aside, finding, marking, reading
from visavis.conversations.types import Draft, Kind, Mark, Stream
from visavis.conversations.web import wire
from visavis.conversations.web.live import STREAMS, Speaker
from visavis.conversations.web.present import (
    cursor,
    cursor_of,
    line_of,
    named,
    presence_of,
    present_header,
)
from visavis.kernel import clock
from visavis.kernel.http import Edge, Signed, answer

router = APIRouter(prefix="/api", tags=["conversations"])


def speaker_of(request: Request) -> Speaker:
    """The writer of this process."""
    speaker: Speaker = request.app.state.speaker
    return speaker


Speaking = Annotated[Speaker, Depends(speaker_of)]
# The year 9999: what no calendar holds is no moment.
MOST_MS = 253_370_764_800_000
StreamName = Literal["shared", "internal"]


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


class LaterIn(BaseModel):
    """Until when, in UTC milliseconds."""

    until: Annotated[int, Field(ge=0, le=MOST_MS)]


class TransferIn(BaseModel):
    """To whom, and what he should know."""

    to: UUID
    note: str


class ForwardIn(BaseModel):
    """A card of an entry that the sender can read, to be sent in this conversation."""

    client_key: UUID
    entry: UUID
    card: dict[str, Any]


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
        levels = await reading.levels(tx, edge.who, clients)
    page, more = found[:limit], len(found) > limit
    gateway = getattr(request.app.state, "gateway", None)
    items = [
        {
            **line_of(one, clients, levels),
            "presence": presence_of(gateway, one.conversation.client_id),
        }
        for one in page
        if not q or q.casefold() in clients[one.conversation.client_id].name.casefold()
    ]
    after_it = cursor_of(page[-1].conversation, page[-1].at) if more else None
    return answer({"items": items, "next": after_it})


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
        entries, last = await reading.entries(
            tx, edge.who, conversation, which, after, before, limit
        )
        await speaker.faces.learn(tx, {entry.sender_id for entry in entries})
    if edge.who.is_staff:
        speaker.mark(Mark(edge.who, conversation, 0, 0))
    language = edge.language if which is Stream.INTERNAL else None
    data = [wire.encode_entry(speaker.faces, entry, language) for entry in entries]
    return Response(
        wire.entries_frame(conversation, which, data, last), media_type="application/json"
    )


@router.post("/conversations/{conversation}/entries", operation_id="post_entry")
async def post_entry(
    conversation: UUID, entry: EntryIn, edge: Signed, speaker: Speaking
) -> Response:
    """Post a message or a note, by the same pipeline as the socket; answers as its `ack`."""
    stream = STREAMS[entry.stream]
    kind = Kind.MESSAGE if stream is Stream.SHARED else Kind.NOTE
    return await _enter(
        speaker, edge, Draft(edge.who, conversation, stream, kind, entry.body, entry.client_key)
    )


@router.post("/conversations/{conversation}/entries/{entry}", operation_id="change_entry")
async def change_entry(
    conversation: UUID, entry: UUID, change: ChangeIn, edge: Signed, speaker: Speaking
) -> Response:
    """Edit or recall an own message; the original stays on record."""
    kind = Kind.RECALL if change.body is None else Kind.EDIT
    draft = Draft(
        edge.who, conversation, Stream.SHARED, kind, change.body or {}, change.client_key, entry
    )
    return await _enter(speaker, edge, draft)


@router.post("/conversations/{conversation}/forward", operation_id="forward_card")
async def forward_card(
    conversation: UUID, forward: ForwardIn, edge: Signed, speaker: Speaking
) -> Response:
    """Send a card from an entry that the caller can read."""
    async with edge.transaction() as tx:
        card = await finding.card(tx, edge.who, forward.entry, forward.card)
    body = {"cards": [card]}
    draft = Draft(edge.who, conversation, Stream.SHARED, Kind.MESSAGE, body, forward.client_key)
    return await _enter(speaker, edge, draft)


@router.post("/conversations/{conversation}/read", operation_id="mark_read", status_code=204)
async def mark_read(conversation: UUID, mark: ReadIn, edge: Signed) -> None:
    """Everything up to this number has been seen."""
    async with edge.transaction() as tx:
        await marking.mark(tx, [Mark(edge.who, conversation, mark.no, mark.no)])


@router.put("/conversations/{conversation}/later", operation_id="set_aside")
async def set_aside(conversation: UUID, later: LaterIn, edge: Signed) -> Response:
    """Set the conversation aside in the caller's own list; `before` is what to say again in order to undo it."""
    async with edge.transaction() as tx:
        before = await aside.set_aside(
            tx, edge.who, conversation, clock.from_us(later.until * 1000)
        )
    return answer({"until": later.until, "before": clock.to_ms(before) if before else None})


@router.delete("/conversations/{conversation}/later", operation_id="take_up", status_code=204)
async def take_up(conversation: UUID, edge: Signed) -> None:
    """Take the conversation back into the caller's own list."""
    async with edge.transaction() as tx:
        await aside.take_up(tx, edge.who, conversation)


@router.post(
    "/conversations/{conversation}/transfer", operation_id="transfer_conversation", status_code=204
)
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
        found, clients = await finding.search(tx, edge.who, q[:200], limit)
    hits = [
        {
            "conversation": entry.conversation_id,
            "client": named(clients[entry.conversation_id]),
            "entry": entry.id,
            "stream": entry.stream.word,
            "no": entry.no,
            "text": finding.text_of(entry.body),
            "at": clock.to_ms(entry.at),
        }
        for entry in found
    ]
    return answer({"items": hits, "next": None})


async def _enter(speaker: Speaker, edge: Edge, draft: Draft) -> Response:
    outcome = await speaker.post(draft)
    assert draft.client_key is not None
    data = wire.ack_frame(draft.client_key, speaker.bytes_of(outcome, edge.language))
    return Response(data, media_type="application/json")
