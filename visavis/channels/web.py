"""Routes of channels: greetings, the client's panel, push subscriptions, the log of notices."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from visavis.channels import api
from visavis.channels.types import NoticeState, QueuedGreeting
from visavis.kernel.clock import to_ms
from visavis.kernel.db import Tx
from visavis.kernel.http import Anyone, Edge, Signed, answer

router = APIRouter(tags=["channels"])
Limit = Annotated[int, Query(ge=1, le=200)]


class Greeted(BaseModel):
    """Which approved greeting to send; the retry key of its message is optional."""

    template: Annotated[str, Field(max_length=64)]
    client_key: UUID | None = None


class Keys(BaseModel):
    """A browser's keys (W3C Push API), base64url."""

    p256dh: Annotated[str, Field(max_length=200)]
    auth: Annotated[str, Field(max_length=100)]


class Subscribing(BaseModel):
    """What `PushSubscription.toJSON()` gives, and the name of the device."""

    endpoint: Annotated[str, Field(max_length=2000)]
    keys: Keys
    device: Annotated[str, Field(max_length=100)] = ""


@router.get("/api/greetings")
async def list_greetings(edge: Signed) -> Response:
    """The approved greetings in my language."""
    language = edge.who.language
    items = [
        {
            "id": one.id,
            "version": one.version,
            "approved_on": one.approved_on,
            "title": one.title.get(language, one.title["zh-CN"]),
            "text": one.text.get(language, one.text["zh-CN"]),
        }
        for one in api.greetings(edge.who)
    ]
    return answer({"items": items, "next": None})


@router.post("/api/clients/{client_id}/greet", status_code=201)
async def greet_client(request: Request, edge: Signed, client_id: UUID, body: Greeted) -> Response:
    """Send an approved greeting to my client, the first one connects us; beyond the cap and at rest it waits (202)."""
    async with edge.transaction() as tx:
        done = await api.greet(tx, edge.who, client_id, body.template, body.client_key)
        if isinstance(done, QueuedGreeting):
            (item,) = await _queued(tx, request, edge, [done])
            return answer({"queued": item}, 202)
    return answer({"conversation": done.id, "shared": done.shared_no}, 201)


@router.get("/api/greetings/queued")
async def list_queued_greetings(request: Request, edge: Signed) -> Response:
    """My greetings that wait for a moment at which the client may be contacted, and those refused at theirs."""
    async with edge.transaction() as tx:
        found = await api.queued(tx, edge.who)
        return answer({"items": await _queued(tx, request, edge, found), "next": None})


@router.delete("/api/greetings/queued/{greeting}", status_code=204)
async def withdraw_queued_greeting(greeting: UUID, edge: Signed) -> None:
    """Take back a greeting that waits or was refused."""
    async with edge.transaction() as tx:
        await api.withdraw(tx, edge.who, greeting)


async def _queued(
    tx: Tx, request: Request, edge: Edge, found: Sequence[QueuedGreeting]
) -> list[dict[str, Any]]:
    people = await api.named(tx, {one.client_id for one in found})
    text = request.app.state.catalogue.text
    return [
        {
            "id": one.id, "client": people[one.client_id], "template": one.template,
            "send_at": to_ms(one.send_at), "state": one.state, "reason": one.reason,
            "detail": text(one.reason, edge.language, one.params),
        }
        for one in found
    ]  # fmt: skip


@router.get("/api/clients/{client_id}")
async def read_client_panel(edge: Signed, client_id: UUID) -> Response:
    """What I may know of my client: pages he came from, past contacts, the history of his connections."""
    async with edge.transaction() as tx:
        found = await api.panel(tx, edge.who, client_id)
    return answer(present_panel(found))


def present_panel(found: api.Panel) -> dict[str, Any]:
    """The panel on the wire: topics and times, never words."""
    client = found.client
    first = min((one.assigned_at for one in found.connections), default=None)
    return {
        "client": {
            "id": client.id, "name": client.name, "name_en": client.name_en, "language": client.language,
            "environment": client.environment, "level": found.level, "since": to_ms(first) if first else None,
        },
        "context": [dict(one.context) | {"at": to_ms(one.created_at)} for one in found.past if one.context],
        "contacts": [
            {
                "conversation": one.id, "topic": one.topic, "state": one.state, "at": to_ms(one.last_at),
                "rating": one.rating,
            }
            for one in found.past
        ],
        "connections": [
            {
                "id": one.id, "state": one.state, "tie": one.tie, "basis": one.basis, "reason": one.reason,
                "staff": {"id": one.staff_id, "name": found.staff[one.staff_id].name,
                          "name_en": found.staff[one.staff_id].name_en},
                "assigned_at": to_ms(one.assigned_at),
                "established_at": to_ms(one.established_at) if one.established_at else None,
                "dissolved_at": to_ms(one.dissolved_at) if one.dissolved_at else None,
                "last_contact_at": to_ms(one.last_contact_at) if one.last_contact_at else None,
            }
            for one in found.connections
        ],
    }  # fmt: skip


@router.get("/api/push/key")
async def read_push_key(edge: Anyone) -> Response:
    """The key that browsers subscribe with (RFC 8292), base64url."""
    del edge
    return answer({"key": api.push_key()})


@router.post("/api/push/subscriptions", status_code=201)
async def add_push_subscription(edge: Signed, body: Subscribing) -> Response:
    """Tell me on this browser when I am away."""
    async with edge.transaction() as tx:
        kept = await api.subscribe(
            tx, edge.who, body.endpoint, body.keys.p256dh, body.keys.auth, body.device
        )
    return answer({"id": kept}, 201)


@router.delete("/api/push/subscriptions/{subscription_id}", status_code=204)
async def remove_push_subscription(edge: Signed, subscription_id: UUID) -> Response:
    """Tell me no more on that browser."""
    async with edge.transaction() as tx:
        await api.unsubscribe(tx, edge.who, subscription_id)
    return Response(status_code=204)


@router.get("/api/notices")
async def list_notices(
    edge: Signed,
    person: UUID | None = None,
    state: NoticeState | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> Response:
    """What was sent where, with what result; never what was said."""
    async with edge.transaction() as tx:
        found = await api.log_of(tx, edge.who, person, state, after, limit + 1)
        page = found[:limit]
        to = await api.addressees(tx, {one.person_id for one in page})
    items = [
        {
            "id": one.id, "person": one.person_id, "to": to.get(one.person_id), "channel": one.channel,
            "reason": one.reason, "object": one.object_id, "state": one.state, "attempts": one.attempts,
            "detail": one.detail,
            "created_at": to_ms(one.created_at), "ended_at": to_ms(one.ended_at) if one.ended_at else None,
        }
        for one in page
    ]  # fmt: skip
    return answer({"items": items, "next": page[-1].id if len(found) > limit else None})
