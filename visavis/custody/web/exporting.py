"""Routes of exports and of examiners' grants."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from visavis.custody import api
from visavis.custody.types import Export, ExportFormat, Grant
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/custody", tags=["custody"])

LATE = 2**50


class ExportIn(BaseModel):
    """What to write out: a client's records or everybody's, from when until when (milliseconds UTC), and what for."""

    format: ExportFormat
    client: UUID | None = None
    from_: int = Field(0, alias="from", ge=0, le=LATE)
    until: int = Field(LATE, ge=0, le=LATE)
    purpose: str = Field("", max_length=500)


class GrantIn(BaseModel):
    """Who may look at what (no clients: everybody), of which period, from when to when; milliseconds UTC."""

    examiner: UUID
    purpose: str = Field(max_length=500)
    clients: list[UUID] | None = Field(None, max_length=1000)
    from_: int = Field(0, alias="from", ge=0, le=LATE)
    until: int = Field(LATE, ge=0, le=LATE)
    starts_at: int = Field(ge=0, le=10**14)
    ends_at: int = Field(ge=0, le=10**14)


@router.post("/exports", status_code=202)
async def ask_export(edge: Signed, body: ExportIn) -> Response:
    """Put an export in the queue."""
    async with edge.transaction() as tx:
        made = await api.ask_for_export(
            tx,
            edge.who,
            body.format,
            body.client,
            body.from_ * 1000,
            body.until * 1000,
            body.purpose,
        )
    return answer(_export(made), 202)


@router.get("/exports")
async def list_exports(edge: Signed) -> Response:
    """Exports with their progress, newest first."""
    async with edge.transaction() as tx:
        found = await api.exports(tx, edge.who)
        numbers = await api.numbers_of(tx, edge.who, [one.client_id for one in found])
    items = [
        {**_export(one), "client_number": numbers.get(one.client_id or one.id)} for one in found
    ]
    return answer({"items": items, "next": None})


@router.get("/exports/{export}/file", response_class=FileResponse)
async def take_export(edge: Signed, export: UUID) -> FileResponse:
    """The finished file; taking it is a record."""
    async with edge.transaction() as tx:
        made, path = await api.export_file(tx, edge.who, export)
    name = f"export-{made.format.value}-{made.id}.zip"
    return FileResponse(path, media_type="application/zip", filename=name)


@router.post("/grants", status_code=201)
async def give_grant(edge: Signed, body: GrantIn) -> Response:
    """Let an examiner look at a part of the record for a time."""
    async with edge.transaction() as tx:
        made = await api.give_grant(
            tx, edge.who, body.examiner, body.purpose, body.clients, body.from_ * 1000, body.until * 1000,
            clock.from_us(body.starts_at * 1000), clock.from_us(body.ends_at * 1000),
        )  # fmt: skip
    return answer(_grant(made), 201)


@router.get("/grants")
async def list_grants(edge: Signed) -> Response:
    """All grants, or an examiner's own."""
    async with edge.transaction() as tx:
        found = await api.grants(tx, edge.who)
    return answer({"items": [_grant(one) for one in found], "next": None})


@router.post("/grants/{grant}/revoke")
async def revoke_grant(edge: Signed, grant: UUID) -> Response:
    """End a grant now."""
    async with edge.transaction() as tx:
        ended = await api.revoke_grant(tx, edge.who, grant)
    return answer(_grant(ended))


def _export(one: Export) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state.value,
        "format": one.format.value,
        "client": one.client_id,
        "from": one.from_us // 1000,
        "until": one.until_us // 1000,
        "purpose": one.purpose,
        "asked_by": one.asked_by,
        "asked_at": clock.to_ms(one.asked_at),
        "ended_at": clock.to_ms(one.ended_at) if one.ended_at else None,
        "done": one.done,
        "total": one.total,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "error": one.error,
    }


def _grant(one: Grant) -> dict[str, Any]:
    return {
        "id": one.id,
        "examiner": one.examiner_id,
        "purpose": one.purpose,
        "clients": one.clients,
        "from": one.from_us // 1000,
        "until": one.until_us // 1000,
        "starts_at": clock.to_ms(one.starts_at),
        "ends_at": clock.to_ms(one.ends_at),
        "granted_by": one.granted_by,
        "revoked_at": clock.to_ms(one.revoked_at) if one.revoked_at else None,
    }
