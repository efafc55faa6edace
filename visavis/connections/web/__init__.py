"""Routes of connections: my clients, the firm's list, dissolving, leaving, the book, the client's wish."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from visavis.connections import api
from visavis.connections.types import (
    Reason,
    State,
    Tie,
)
from visavis.connections.web import handovers, present, wishing
from visavis.kernel.http import Signed, answer
from visavis.kernel.importing import Report, answered

router = APIRouter(tags=["connections"])
MOST_BYTES = 32_000_000
Limit = Annotated[int, Query(ge=1, le=200)]


class Dissolving(BaseModel):
    """Why a connection ends, and who shall succeed; without a successor the rule decides."""

    reason: Reason
    successor: UUID | None = None


class Resting(BaseModel):
    """Why a connection rests."""

    reason: Reason


class Leaving(BaseModel):
    """Why somebody leaves the firm, as it goes on record; `chosen`: successors of single clients, by client."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    chosen: Annotated[dict[UUID, UUID], Field(max_length=1_000)] = {}


class Declining(BaseModel):
    """The client's wish for another advisor; without a choice the rule decides."""

    choice: UUID | None = None


@router.get("/api/clients")
async def list_my_clients(
    request: Request,
    edge: Signed,
    state: State | None = None,
    met: Literal["never", "met"] | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    after: UUID | None = None,
    limit: Limit = 50,
) -> Response:
    """My clients with state, last contact, and whether each may be greeted now or why not; `met=never` filters."""
    wanted = None if met is None else met == "met"
    async with edge.transaction() as tx:
        page = await api.my_clients(tx, edge.who, state, wanted, q, after, limit)
        refusals = await api.greetable(tx, edge.who, page.items)
        levels = await request.app.state.levels(tx, [one.client_id for one in page.items])
    items = [
        present.connection(one)
        | {
            "client": present.person(page, one.client_id, levels.get(one.client_id)),
            "greetable": refusals[one.client_id] is None,
            "greet_refusal": present.refusal(request, edge.language, refusals[one.client_id]),
        }
        for one in page.items
    ]
    return answer({"items": items, "next": page.next})


@router.get("/api/connections")
async def list_connections(
    edge: Signed,
    state: State | None = None,
    staff: UUID | None = None,
    client: UUID | None = None,
    tie: Tie | None = None,
    met: Literal["never", "met"] | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> Response:
    """The firm's connections, the newest first; never what was said in them."""
    wanted = {
        "state": state, "staff_id": staff, "client_id": client, "tie": tie,
        "met": None if met is None else met == "met",
    }  # fmt: skip
    async with edge.transaction() as tx:
        page = await api.firm_list(tx, edge.who, wanted, after, limit)
    items = [
        present.connection(one)
        | {
            "client": present.person(page, one.client_id),
            "staff": present.person(page, one.staff_id),
        }
        for one in page.items
    ]
    return answer({"items": items, "next": page.next})


@router.post("/api/connections/{connection_id}/dissolve")
async def dissolve_connection(edge: Signed, connection_id: UUID, body: Dissolving) -> Response:
    """End a connection at once and propose its successor."""
    async with edge.transaction() as tx:
        ended = await api.dissolve(tx, edge.who, connection_id, body.reason, body.successor)
        heir = (await api.own(tx, [ended.client_id])).get(ended.client_id)
    return answer(
        present.connection(ended) | {"successor": present.connection(heir) if heir else None}
    )


@router.post("/api/connections/{connection_id}/suspend")
async def suspend_connection(edge: Signed, connection_id: UUID, body: Resting) -> Response:
    """Let a connection rest: nobody of the firm speaks in it until it is resumed."""
    async with edge.transaction() as tx:
        one = await api.rest(tx, edge.who, connection_id, body.reason)
    return answer(present.connection(one))


@router.post("/api/connections/{connection_id}/resume")
async def resume_connection(edge: Signed, connection_id: UUID) -> Response:
    """Take a suspended connection up again."""
    async with edge.transaction() as tx:
        one = await api.rest(tx, edge.who, connection_id, None)
    return answer(present.connection(one))


@router.post("/api/staff/{staff_id}/leave")
async def leave_firm(edge: Signed, staff_id: UUID, body: Leaving) -> Response:
    """Mark somebody as left: sessions, sockets and connections end at once, successors are proposed."""
    async with edge.transaction() as tx:
        ending = len(await api.of_staff(tx, staff_id))
        await api.leave(tx, edge.who, staff_id, body.reason, body.chosen)
    return answer({"staff_id": staff_id, "dissolved": ending})


@router.post("/api/connections/import")
async def import_connections(
    request: Request,
    edge: Signed,
    file: UploadFile,
    dry_run: bool = False,
    report: Report = "json",
) -> Response:
    """Bring the firm's client-manager book (CSV): all rows or none; errors as JSON or as a harmless CSV."""
    data = await file.read(MOST_BYTES + 1)
    async with edge.transaction() as tx:
        result = await api.import_book(tx, edge.who, data, dry_run=dry_run)
    return answered(request, edge.language, result, report)


@router.get("/api/client/advisor/choices")
async def list_advisor_choices(edge: Signed) -> Response:
    """Whom I may choose instead of my advisor."""
    async with edge.transaction() as tx:
        found = await api.successors(tx, edge.who)
        cards = await api.cards(tx, found)
    return answer({"items": [present.card(cards[one]) for one in found]})


@router.post("/api/client/advisor/decline")
async def decline_advisor(edge: Signed, body: Declining) -> Response:
    """I want another advisor: the one I choose, or the firm's next."""
    async with edge.transaction() as tx:
        mine = await api.decline(tx, edge.who, body.choice)
        cards = await api.cards(tx, [mine.staff_id]) if mine else {}
    return answer({"advisor": present.card(cards[mine.staff_id]) if mine else None})


ROUTERS = (router, wishing.router, handovers.router)
