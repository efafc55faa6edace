"""Routes of dispatch; what they answer is in `present`, its live frames and commands in `live`."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from visavis.dispatch import api
from visavis.dispatch.types import (
    Choice,
    DeclineReason,
    RequestTopic,
    Status,
)
from visavis.dispatch.web import present, timetable
from visavis.dispatch.web.live import COMMANDS, FRAMES
from visavis.kernel import clock
from visavis.kernel.errors import NotFound
from visavis.kernel.http import Signed, answer
from visavis.kernel.languages import Language

__all__ = ["COMMANDS", "FRAMES", "ROUTERS"]

router = APIRouter(prefix="/api", tags=["dispatch"])


class NewRequest(BaseModel):
    """A client asks for a person in his conversation."""

    conversation: UUID
    topic: RequestTopic | None = None
    language: Language | None = None
    context: (
        Annotated[dict[str, Annotated[str, Field(max_length=2000)] | None], Field(max_length=10)]
        | None
    ) = None
    wait: Literal["mine", "anyone"] = "anyone"


class Choosing(BaseModel):
    """What the waiting client wants."""

    choice: Choice


class Booking(BaseModel):
    """The start of the slot in UTC milliseconds."""

    starts_at: Annotated[int, Field(ge=0, le=clock.LATEST_MS)]


class Declining(BaseModel):
    """Why the offer is passed on."""

    reason: DeclineReason = DeclineReason.OTHER


class Grabbing(BaseModel):
    """The retry key: one key, one answer."""

    client_key: UUID


class PresenceBody(BaseModel):
    """Whether one is here, and for how many at once."""

    status: Status
    capacity: int | None = Field(default=None, ge=1, le=20)


@router.get("/client/home")
async def client_home(edge: Signed, request: Request) -> Response:
    """Who serves the client, what he has open, and the hours."""
    settings = edge.settings
    firm = settings.firm_name_en if edge.language == "en" else settings.firm_name
    text = request.app.state.catalogue.text("recording_notice", edge.language, {"firm": firm})
    notice = {"version": settings.notice_version, "text": text}
    async with edge.transaction() as tx:
        found = await api.home(tx, edge.who)
        return answer(await present.home(tx, found, edge.who, edge.language, notice))


@router.post("/client/requests")
async def open_request(edge: Signed, body: NewRequest) -> Response:
    """Ask for a person; the live request, if there is one, is the answer."""
    context = {key: value for key, value in (body.context or {}).items() if value} or None
    async with edge.transaction() as tx:
        made = await api.open_request(
            tx, edge.who, body.conversation, topic=body.topic, language=body.language, context=context,
            wait=body.wait,
        )  # fmt: skip
        return answer(await present.request(tx, made, edge.language))


@router.get("/client/requests/{request_id}")
async def get_request(edge: Signed, request_id: UUID) -> Response:
    """Where the request stands; asking says that the client is still there."""
    async with edge.transaction() as tx:
        await api.heartbeat(tx, edge.who)
        found = await api.request(tx, edge.who, request_id)
        return answer(await present.request(tx, found, edge.language))


@router.post("/client/requests/{request_id}/choice")
async def choose(edge: Signed, request_id: UUID, body: Choosing) -> Response:
    """Wait for the own advisor, leave a message, take another one now, or stop."""
    async with edge.transaction() as tx:
        found = await api.choose(tx, edge.who, request_id, body.choice)
        return answer(await present.request(tx, found, edge.language))


@router.get("/client/slots")
async def slots(edge: Signed) -> Response:
    """The times that the client may book."""
    async with edge.transaction() as tx:
        mine = await api.client_request(tx, edge.who.person_id)
        found = await api.slots(tx, edge.who, mine.capability if mine else None)
        return answer({"items": [present.slot(one) for one in found], "next": None})


@router.post("/client/requests/{request_id}/slot")
async def book(edge: Signed, request_id: UUID, body: Booking) -> Response:
    """Book a time for the request."""
    async with edge.transaction() as tx:
        found = await api.book(tx, edge.who, request_id, clock.from_us(body.starts_at * 1000))
        return answer(await present.request(tx, found, edge.language))


@router.get("/offers")
async def my_offers(edge: Signed) -> Response:
    """The advisor's live offers."""
    async with edge.transaction() as tx:
        found = await api.offers(tx, edge.who)
        return answer({"items": [present.offer(one) for one in found], "next": None})


@router.post("/offers/{offer_id}/accept")
async def accept(edge: Signed, offer_id: UUID) -> Response:
    """Accept an offer: one winner, one answer however often it is sent."""
    async with edge.transaction() as tx:
        claimed = await api.accept(tx, edge.who, offer_id)
        return answer({"request": claimed.request_id, "conversation": claimed.conversation_id})


@router.post("/offers/{offer_id}/decline", status_code=204)
async def decline(edge: Signed, offer_id: UUID, body: Declining) -> None:
    """Pass an offer on; the request moves on at once."""
    async with edge.transaction() as tx:
        await api.decline(tx, edge.who, offer_id, body.reason)


@router.get("/pool")
async def pool(edge: Signed) -> Response:
    """The grab pool as this advisor may serve it, best for him first."""
    async with edge.transaction() as tx:
        found = await api.pool(tx, edge.who)
        return answer({"items": [present.offer(one) for one in found], "next": None})


@router.post("/pool/{request_id}/grab")
async def grab(edge: Signed, request_id: UUID, body: Grabbing) -> Response:
    """Grab a pooled request; 409 `already_taken` when a colleague was faster."""
    async with edge.transaction() as tx:
        claimed = await api.grab(tx, edge.who, request_id, body.client_key)
        return answer({"request": claimed.request_id, "conversation": claimed.conversation_id})


@router.get("/presence")
async def get_presence(edge: Signed) -> Response:
    """The advisor's own presence."""
    async with edge.transaction() as tx:
        return answer(present.presence(await api.my_presence(tx, edge.who)))


@router.put("/presence")
async def put_presence(edge: Signed, body: PresenceBody) -> Response:
    """Say whether one is here, and for how many at once."""
    async with edge.transaction() as tx:
        return answer(
            present.presence(await api.set_presence(tx, edge.who, body.status, body.capacity))
        )


@router.get("/requests/{request_id}/decision")
async def decision(edge: Signed, request_id: UUID) -> Response:
    """Why this advisor: the latest decision as it was kept, with all earlier ones."""
    async with edge.transaction() as tx:
        found = [present.decision(one) for one in await api.decisions(tx, edge.who, request_id)]
        if not found:
            raise NotFound
        return answer({**found[-1], "items": found})


@router.get("/decisions")
async def decisions(
    edge: Signed, conversation: UUID | None = None, environment: Literal["real", "simulated"] = "real",
    after: UUID | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:  # fmt: skip
    """The decisions of a conversation's requests, oldest first; without one, the firm's latest."""
    async with edge.transaction() as tx:
        if conversation is not None:
            found = await api.conversation_decisions(tx, edge.who, conversation)
            return answer({"items": [present.decision(one) for one in found], "next": None})
        latest = await api.latest_decisions(tx, edge.who, present.world(environment), after, limit)
        cursor = latest[-1].decision.id if len(latest) == limit else None
        return answer({"items": [present.decision(one) for one in latest], "next": cursor})


@router.get("/conversations/{conversation_id}/colleagues")
async def colleagues(
    edge: Signed,
    request: Request,
    conversation_id: UUID,
    q: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    """Who could take the conversation over, the able first, and why the others could not."""
    async with edge.transaction() as tx:
        found = await api.colleagues(tx, edge.who, conversation_id, q)
    catalogue = request.app.state.catalogue
    items = [present.colleague(one, edge.language, catalogue) for one in found]
    return answer({"items": items, "next": None})


ROUTERS = (router, timetable.router)
