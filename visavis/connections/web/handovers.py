"""Routes of handing clients over with notice: the firm's plans, and the client's own say."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from visavis.connections import api
from visavis.connections.types import Handover, HandoverClient, PersonCard, Proposal, Reason, Wish
from visavis.connections.web import present
from visavis.kernel.clock import LATEST_MS, from_us, to_ms
from visavis.kernel.db import Tx
from visavis.kernel.http import Signed, answer

router = APIRouter(tags=["connections"])
MOST_CLIENTS = 20_000
# A preview names so many of its clients; whoever is planned for is on the list.
NAMED = 1_000
Limit = Annotated[int, Query(ge=1, le=200)]


class NewHandover(BaseModel):
    """Whose clients go, why, to whom (absent: by rule), which ones (absent: all), from when on (ms; absent: soon).

    `chosen` names the successors of single clients, by client.
    """

    staff: UUID
    reason: Reason = Reason.REASSIGNED
    successor: UUID | None = None
    clients: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CLIENTS)] | None = None
    effective_at: Annotated[int, Field(ge=0, le=LATEST_MS)] | None = None
    chosen: Annotated[dict[UUID, UUID], Field(max_length=NAMED)] = {}
    dry_run: bool = False


class Redirection(BaseModel):
    """Who takes over instead, and which clients (absent: all)."""

    successor: UUID
    clients: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CLIENTS)] | None = None


class HandoverWish(BaseModel):
    """What the client says: agreed, chosen (with `choice`), or refused."""

    wish: Wish
    choice: UUID | None = None


@router.post("/api/handovers", status_code=201)
async def plan_handover(edge: Signed, body: NewHandover) -> Response:
    """Plan to hand clients over, or with `dry_run` only show what would happen to whom (`lines`: the first 1,000)."""
    wanted = Proposal(
        body.staff, body.reason, body.successor,
        tuple(dict.fromkeys(body.clients)) if body.clients else None,
        from_us(body.effective_at * 1000) if body.effective_at is not None else None,
        body.chosen,
    )  # fmt: skip
    async with edge.transaction() as tx:
        one, counts, lines = await api.plan_handover(tx, edge.who, wanted, dry_run=body.dry_run)
        lines = lines[:NAMED] if body.dry_run else []
        people = await api.handover_people(tx, lines)
        cards = await api.cards(tx, [one.staff_id, one.created_by, *counts])
    shares = [
        {"advisor": present.card(cards[each]), "clients": n}
        for each, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    shown = _shown(one, cards) | {
        "successors": shares, "lines": [_line(each, people) for each in lines],
    }  # fmt: skip
    return answer(shown, 200 if body.dry_run else 201)


@router.get("/api/handovers")
async def list_handovers(edge: Signed, after: UUID | None = None, limit: Limit = 50) -> Response:
    """The firm's hand-overs with their progress, the newest first."""
    async with edge.transaction() as tx:
        found, following = await api.handovers(tx, edge.who, after, limit)
        cards = await api.cards(
            tx, {who for one in found for who in (one.staff_id, one.created_by)}
        )
    return answer({"items": [_shown(one, cards) for one in found], "next": following})


@router.get("/api/handovers/{handover_id}")
async def read_handover(edge: Signed, handover_id: UUID) -> Response:
    """One hand-over with its progress."""
    async with edge.transaction() as tx:
        return await _one(tx, await api.handover(tx, edge.who, handover_id))


@router.get("/api/handovers/{handover_id}/clients")
async def list_handover_clients(
    edge: Signed, handover_id: UUID, after: UUID | None = None, limit: Limit = 50
) -> Response:
    """A hand-over's clients: to whom each goes, what he said, how it ended or why he is left out."""
    async with edge.transaction() as tx:
        page, people, following = await api.handover_clients(
            tx, edge.who, handover_id, after, limit
        )
    return answer({"items": [_line(one, people) for one in page], "next": following})


@router.post("/api/handovers/{handover_id}/successor")
async def redirect_handover(edge: Signed, handover_id: UUID, body: Redirection) -> Response:
    """Give clients of a plan another successor before it takes effect; they are told anew."""
    async with edge.transaction() as tx:
        one = await api.redirect_handover(tx, edge.who, handover_id, body.successor, body.clients)
        return await _one(tx, one)


@router.post("/api/handovers/{handover_id}/cancel")
async def cancel_handover(edge: Signed, handover_id: UUID) -> Response:
    """Take a plan back before it takes effect."""
    async with edge.transaction() as tx:
        return await _one(tx, await api.cancel_handover(tx, edge.who, handover_id))


@router.get("/api/client/handover")
async def read_my_handover(edge: Signed) -> Response:
    """What the firm has planned for me: from when on, whom, whom else I may choose; null where nothing is."""
    async with edge.transaction() as tx:
        mine = await api.my_handover(tx, edge.who)
        if mine is None:
            return answer({"handover": None})
        one, line = mine
        others = await api.successors(tx, edge.who)
        cards = await api.cards(
            tx, [one.staff_id, *others, *([line.successor_id] if line.successor_id else [])]
        )
    shown = {
        "id": one.id,
        "effective_at": to_ms(one.effective_at),
        "advisor": present.card(cards[one.staff_id]),
        "successor": present.card(cards[line.successor_id]) if line.successor_id else None,
        "choices": [present.card(cards[each]) for each in others if each != line.successor_id],
        "wish": line.wish,
    }
    return answer({"handover": shown})


@router.post("/api/client/handover", status_code=204)
async def answer_my_handover(edge: Signed, body: HandoverWish) -> Response:
    """Agree, choose somebody else, or stay with my present advisor as long as he is there."""
    async with edge.transaction() as tx:
        await api.answer_handover(tx, edge.who, body.wish, body.choice)
    return Response(status_code=204)


async def _one(tx: Tx, one: Handover) -> Response:
    return answer(_shown(one, await api.cards(tx, [one.staff_id, one.created_by])))


def _line(one: HandoverClient, people: Mapping[UUID, Any]) -> dict[str, Any]:
    def name(person_id: UUID) -> dict[str, Any]:
        found = people[person_id]
        return {"id": person_id, "name": found.name, "name_en": found.name_en}

    return {
        **msgspec.to_builtins(one),
        "client": name(one.client_id),
        "successor": name(one.successor_id) if one.successor_id else None,
    }


def _shown(one: Handover, cards: Mapping[UUID, PersonCard]) -> dict[str, Any]:
    by = cards.get(one.created_by)  # none: the platform, after news of a leaver
    return {
        "staff": present.card(cards[one.staff_id]),
        "by": {"id": by.id, "name": by.name, "name_en": by.name_en} if by else None,
        "id": one.id, "staff_id": one.staff_id, "reason": one.reason,
        "successor_id": one.successor_id, "stage": one.stage,
        "effective_at": to_ms(one.effective_at), "created_at": to_ms(one.created_at),
        "clients": one.clients, "held": one.held, "announced": one.announced,
        "refused": one.refused, "moved": one.moved, "done": one.done,
    }  # fmt: skip
