"""Dispatch on live sockets: what a hint becomes on its person's pages, and the command that sets a presence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from visavis.dispatch import api
from visavis.dispatch.types import OfferState, Status
from visavis.dispatch.web import present
from visavis.kernel.auth import Actor
from visavis.kernel.commands import Call, Command, Handler
from visavis.kernel.db import Tx

Frame = Mapping[str, Any] | None
Payload = Mapping[str, object]


async def offer_frame(tx: Tx, actor: Actor, payload: Payload) -> Frame:
    """An offer to me, if it still stands."""
    found = await api.offer_view(tx, actor, _id(payload))
    return {"offer": present.offer(found)} if present.standing(found) else None


async def offer_gone_frame(tx: Tx, actor: Actor, payload: Payload) -> Frame:
    """An offer of mine has ended, and who was faster."""
    found = await api.offer_view(tx, actor, _id(payload))
    if found.state is OfferState.LIVE:
        return None
    frame: dict[str, Any] = {"offer": found.id, "state": found.state}
    if found.ended_by is not None:
        frame["by"] = await api.name_of(tx, found.ended_by) or None
    return frame


async def pool_frame(tx: Tx, actor: Actor, payload: Payload) -> Frame:
    """How many pooled requests I could serve now."""
    del payload
    return {"count": len(await api.pool(tx, actor))}


async def request_frame(tx: Tx, actor: Actor, payload: Payload) -> Frame:
    """My request as it stands."""
    found = await api.request(tx, actor, _id(payload))
    return {"request": await present.request(tx, found, actor.language)}


async def presence_frame(tx: Tx, actor: Actor, payload: Payload) -> Frame:
    """A presence has changed: mine, or that of the advisor who serves me."""
    person = _id(payload)
    if person == actor.person_id:
        found = await api.my_presence(tx, actor)
    else:
        # Whoever is served need not know how many others are.
        found = replace((await api.presences(tx, [person]))[person], capacity=0, used=0)
    return {"person": person, **present.presence(found)}


FRAMES = {
    "offer": offer_frame,
    "offer_gone": offer_gone_frame,
    "pool": pool_frame,
    "request": request_frame,
    "presence": presence_frame,
}


class SetPresence(Command, frozen=True, tag="presence"):
    """An advisor's page says whether he is here, and for how many at once."""

    status: Literal["online", "busy", "break", "off"]
    capacity: int | None = None


async def set_presence(call: Call, command: SetPresence) -> Mapping[str, Any]:
    """Set the presence; the answer is the presence as it is now."""
    async with call.gateway.database.transaction() as tx:
        found = await api.set_presence(tx, call.actor, Status(command.status), command.capacity)
    return {"t": "presence", "person": call.actor.person_id, **present.presence(found)}


COMMANDS: Mapping[type[Command], Handler] = {SetPresence: set_presence}


def _id(payload: Payload) -> UUID:
    return UUID(str(payload["id"]))
