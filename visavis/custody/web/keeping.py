"""Routes of retention: what is kept and why, restriction, holds, destruction."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from visavis.custody import api
from visavis.custody.types import Destruction, Hold, Kept, Regime
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/custody", tags=["custody"])

NOBODY: Mapping[UUID, str] = {}
# The text of a code, in the reader's language.
Words = Callable[[str], str]


class BasisIn(BaseModel):
    """On what ground."""

    basis: str = Field("", max_length=500)


class HoldIn(BaseModel):
    """Whose records are held (nobody named: everybody's), why, and on whose word."""

    client: UUID | None = None
    reason: str = Field("", max_length=500)
    basis: str = Field("", max_length=500)


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field("", max_length=500)


class DestructionIn(BaseModel):
    """Of whom everything is to be destroyed, and why."""

    client: UUID
    reason: str = Field("", max_length=500)


class DecisionIn(BaseModel):
    """Whether it is approved, and a word on it."""

    approve: bool
    note: str = Field("", max_length=500)


@router.get("/retention")
async def retention_classes(request: Request, edge: Signed) -> Response:
    """How long each class is kept, and on whose word, in the reader's language."""
    say = _words(request, edge)
    found = api.retention(edge.who)
    return answer({"items": [_regime(name, one, say) for name, one in found], "next": None})


@router.get("/clients")
async def client_with_number(
    edge: Signed, ref: Annotated[str, Query(min_length=1, max_length=100)]
) -> Response:
    """The client with this number at the broker, whom every other path may have forgotten."""
    async with edge.transaction() as tx:
        one = await api.client_with(tx, edge.who, ref)
    return answer(
        {
            "id": one.id,
            "name": one.called(edge.language),
            "ref": one.external_ref,
            "status": one.status.value,
        }
    )


@router.get("/clients/{client_id}")
async def kept_of_client(request: Request, edge: Signed, client_id: UUID) -> Response:
    """What is kept of a client, until when, and what holds it."""
    say = _words(request, edge)
    async with edge.transaction() as tx:
        person, parts, holds = await api.kept_of(tx, edge.who, client_id)
    return answer(
        {
            "id": person.id,
            "name": person.called(edge.language),
            "ref": person.external_ref,
            "status": person.status.value,
            "kept": [_kept(one, say) for one in parts],
            "holds": [_hold(one) for one in holds],
        }
    )


@router.post("/clients/{client_id}/restrict")
async def restrict_client(edge: Signed, client_id: UUID, body: BasisIn) -> Response:
    """Keep a client's data for the law's sake alone."""
    async with edge.transaction() as tx:
        person = await api.restrict_client(tx, edge.who, client_id, body.basis)
    return answer({"id": person.id, "status": person.status.value})


@router.get("/holds")
async def list_holds(edge: Signed) -> Response:
    """All legal holds, newest first."""
    async with edge.transaction() as tx:
        found = await api.holds(tx, edge.who)
        numbers = await api.numbers_of(tx, edge.who, [one.client_id for one in found])
    return answer({"items": [_hold(one, numbers) for one in found], "next": None})


@router.post("/holds", status_code=201)
async def place_hold(edge: Signed, body: HoldIn) -> Response:
    """Let nothing be destroyed, whatever its age."""
    async with edge.transaction() as tx:
        made = await api.place_hold(tx, edge.who, body.client, body.reason, body.basis)
    return answer(_hold(made), 201)


@router.post("/holds/{hold}/release")
async def release_hold(edge: Signed, hold: UUID, body: ReasonIn) -> Response:
    """Release a hold."""
    async with edge.transaction() as tx:
        ended = await api.release_hold(tx, edge.who, hold, body.reason)
    return answer(_hold(ended))


@router.get("/destructions")
async def list_destructions(edge: Signed) -> Response:
    """All destructions with their certificates, newest first."""
    async with edge.transaction() as tx:
        found = await api.destructions(tx, edge.who)
        numbers = await api.numbers_of(tx, edge.who, [one.client_id for one in found])
    return answer({"items": [_destruction(one, numbers) for one in found], "next": None})


@router.post("/destructions", status_code=201)
async def ask_destruction(edge: Signed, body: DestructionIn) -> Response:
    """Ask that everything of a client be destroyed; somebody else decides."""
    async with edge.transaction() as tx:
        made = await api.ask_for_destruction(tx, edge.who, body.client, body.reason)
    return answer(_destruction(made), 201)


@router.post("/destructions/{destruction}/decide")
async def decide_destruction(edge: Signed, destruction: UUID, body: DecisionIn) -> Response:
    """Approve or refuse what a colleague has asked for."""
    async with edge.transaction() as tx:
        made = await api.decide_destruction(tx, edge.who, destruction, body.approve, body.note)
    return answer(_destruction(made))


def _words(request: Request, edge: Signed) -> Words:
    return lambda code: str(request.app.state.catalogue.text(code, edge.language))


def _regime(name: str, one: Regime, say: Words) -> dict[str, Any]:
    return {
        "class": name,
        "months": one.months,
        "source": say(f"still_retained.{one.code}"),
        "note": say(f"retention_note.{one.code}"),
    }


def _kept(one: Kept, say: Words) -> dict[str, Any]:
    return {
        "class": one.retention.value,
        "records": one.records,
        "newest_at": one.newest_us // 1000,
        "until": one.until_us // 1000,
        "source": say(f"still_retained.{one.code}"),
    }


def _hold(one: Hold, numbers: Mapping[UUID, str] = NOBODY) -> dict[str, Any]:
    return {
        "id": one.id,
        "client": one.client_id,
        "client_number": numbers.get(one.client_id) if one.client_id else None,
        "reason": one.reason,
        "basis": one.basis,
        "placed_by": one.placed_by,
        "placed_at": clock.to_ms(one.placed_at),
        "released_at": clock.to_ms(one.released_at) if one.released_at else None,
        "release_reason": one.release_reason,
    }


def _destruction(one: Destruction, numbers: Mapping[UUID, str] = NOBODY) -> dict[str, Any]:
    return {
        "id": one.id,
        "client": one.client_id,
        "client_number": numbers.get(one.client_id),
        "state": one.state.value,
        "reason": one.reason,
        "asked_by": one.asked_by,
        "asked_at": clock.to_ms(one.asked_at),
        "decided_by": one.decided_by,
        "note": one.note,
        "done_at": clock.to_ms(one.done_at) if one.done_at else None,
        "certificate": one.certificate,
    }
