"""Routes of the client's side: how I may be reached, whom I block or mute."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.connections import api
from visavis.connections.types import Bar, ContactWishes, HalfTheHours
from visavis.connections.web import present
from visavis.kernel.clock import to_ms
from visavis.kernel.db import Tx
from visavis.kernel.http import Edge, Signed, answer

router = APIRouter(tags=["connections"])
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class WishesIn(BaseModel):
    """Whether I may be greeted unasked, when not (`HH:MM`, the firm's zone), how often at most per touch period."""

    greetings: bool
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None
    cap: Annotated[int, Field(ge=0, le=100)] | None = None


@router.get("/api/client/contact")
async def read_contact_wishes(edge: Signed) -> Response:
    """How I may be contacted unasked, the firm's own limits, and whom I have blocked or muted."""
    async with edge.transaction() as tx:
        wished = await api.contact_wishes(tx, edge.who)
        bars = await _bars(tx, edge)
    return answer(_shown(wished) | {"limits": _limits(edge), "bars": bars})


@router.put("/api/client/contact")
async def change_contact_wishes(edge: Signed, body: WishesIn) -> Response:
    """Say how I may be contacted unasked; answers to what I write always come."""
    if (body.quiet_from is None) != (body.quiet_to is None) or (
        body.quiet_from is not None and body.quiet_from == body.quiet_to
    ):
        raise HalfTheHours
    wished = ContactWishes(body.greetings, body.quiet_from, body.quiet_to, body.cap)
    async with edge.transaction() as tx:
        await api.wish_contact(tx, edge.who, wished)
        bars = await _bars(tx, edge)
    return answer(_shown(wished) | {"limits": _limits(edge), "bars": bars})


@router.put("/api/client/bars/{staff_id}/{kind}", status_code=204)
async def lay_bar(edge: Signed, staff_id: UUID, kind: Bar) -> Response:
    """Block somebody (another one serves me) or mute him (no notices about what he writes)."""
    async with edge.transaction() as tx:
        await api.lay_bar(tx, edge.who, staff_id, kind)
    return Response(status_code=204)


@router.delete("/api/client/bars/{staff_id}/{kind}", status_code=204)
async def lift_bar(edge: Signed, staff_id: UUID, kind: Bar) -> Response:
    """Take a block or a mute back."""
    async with edge.transaction() as tx:
        await api.lift_bar(tx, edge.who, staff_id, kind)
    return Response(status_code=204)


async def _bars(tx: Tx, edge: Edge) -> list[dict[str, Any]]:
    laid = await api.my_bars(tx, edge.who)
    cards = await api.cards(tx, {one.staff_id for one in laid})
    return [
        {"kind": one.kind.value, "at": to_ms(one.at), "person": present.card(cards[one.staff_id])}
        for one in laid
    ]


def _shown(one: ContactWishes) -> dict[str, Any]:
    return {
        "greetings": one.greetings,
        "quiet_from": one.quiet_from,
        "quiet_to": one.quiet_to,
        "cap": one.cap,
    }


def _limits(edge: Edge) -> dict[str, Any]:
    known = edge.settings
    return {
        "cap": known.touch_cap, "period_days": known.touch_period_days, "quiet_from": known.quiet_from,
        "quiet_to": known.quiet_to, "zone": known.time_zone,
    }  # fmt: skip
