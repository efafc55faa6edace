"""Routes for looking into the archive: search, one record, its proof, the dossier, and who has looked."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from visavis.custody import api
from visavis.custody.types import DossierAsk, Found, Look
from visavis.custody.types import Query as Asked
from visavis.kernel import clock
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/custody", tags=["custody"])

Purpose = Annotated[str, Query(max_length=500)]
Ms = Annotated[int, Query(ge=0, le=2**50)]
LATE = 2**50
NOWHERE = UUID(int=0)


class DossierIn(BaseModel):
    """About whom, about which product (empty: everything), from when until when (milliseconds UTC), and what for."""

    client: UUID
    product: str = Field("", max_length=200)
    from_: int = Field(0, alias="from", ge=0, le=2**50)
    until: int = Field(LATE, ge=0, le=2**50)
    purpose: str = Field("", max_length=500)


@router.get("/records")
async def search_records(
    edge: Signed,
    purpose: Purpose = "",
    q: Annotated[str, Query(max_length=200)] = "",
    client: UUID | None = None,
    kind: Annotated[str, Query(max_length=60)] = "",
    from_: Annotated[int, Query(alias="from", ge=0, le=2**50)] = 0,
    until: Ms = LATE,
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Records that hold the words, newest first, none of clients whom the reader serves; each look is a record."""
    asked = Asked(q, client, kind, from_ * 1000, until * 1000, _cursor(after), limit)
    async with edge.transaction() as tx:
        within, found, before = await api.search(tx, edge.who, asked, purpose)
    items = [_found(one) for one in found]
    return answer(
        {
            "items": items,
            "next": f"{before[0]}.{before[1]}" if before else None,
            "watermark": within.watermark,
            "withheld_clients": len(within.served),
        }
    )


@router.get("/records/{record}")
async def look_at_record(edge: Signed, record: UUID, purpose: Purpose = "") -> Response:
    """One record, opened; the look is a record."""
    async with edge.transaction() as tx:
        within, found = await api.look_at(tx, edge.who, record, purpose)
    body = _found(found) | {"clear": found.clear, "body": found.body, "watermark": within.watermark}
    return answer(body)


@router.get("/records/{record}/proof", response_class=Response)
async def record_proof(edge: Signed, record: UUID, purpose: Purpose = "") -> Response:
    """The proof that the record is in the log, with its sealed bytes (C2SP tlog-proof)."""
    async with edge.transaction() as tx:
        found = await api.proof_of(tx, edge.who, record, purpose)
    return download(found.text.encode(), f"{record}.tlog-proof", "text/plain; charset=utf-8")


@router.post("/dossiers", response_class=Response)
async def make_dossier(edge: Signed, body: DossierIn) -> Response:
    """Everything on record about a client, a product and a period: PDF, JSON and proofs in one ZIP."""
    ask = DossierAsk(body.client, body.product, body.from_ * 1000, body.until * 1000, edge.language)
    async with edge.transaction() as tx:
        made = await api.dossier(tx, edge.who, ask, body.purpose)
    return download(made.content, made.name, "application/zip")


@router.get("/looks")
async def list_looks(edge: Signed) -> Response:
    """Who has looked into the archive, at what and why, newest first."""
    async with edge.transaction() as tx:
        found = await api.looks_taken(tx, edge.who)
    return answer({"items": [_look(one) for one in found], "next": None})


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to be kept, whatever the browser would do with it."""
    safe = "".join(one for one in name if one.isalnum() or one in "._-")
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Response(content, media_type=media_type, headers=headers)


def _cursor(text: str) -> tuple[int, UUID] | None:
    if not text:
        return None
    at, _, record = text.partition(".")
    try:
        found = int(at), UUID(record)
    except ValueError:
        found = -1, NOWHERE
    if not 0 <= found[0] < 2**63:
        raise Malformed(field="after", reason="not a cursor")
    return found


def _found(one: Found) -> dict[str, Any]:
    return {
        "record": one.record_id,
        "kind": one.kind,
        "object": one.object_id,
        "client": one.client_id,
        "at": one.at_us // 1000,
        "environment": one.environment,
        "retention": one.retention,
        "leaf": one.leaf_index,
        "excerpt": one.excerpt,
        "destroyed": one.body is None,
    }


def _look(one: Look) -> dict[str, Any]:
    return {
        "id": one.id,
        "viewer": one.viewer_id,
        "grant": one.grant_id,
        "what": one.what,
        "about": one.about,
        "query": one.query,
        "purpose": one.purpose,
        "at": clock.to_ms(one.at),
    }
