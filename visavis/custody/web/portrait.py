"""Routes of a client's own data: see it, take it home."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from visavis.custody import api
from visavis.custody.api.portraying import explained
from visavis.custody.types import CopyFormat
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/client", tags=["custody"])


class CopyIn(BaseModel):
    """For machines, for the screen or for paper."""

    format: CopyFormat


@router.get("/portrait")
async def read_portrait(request: Request, edge: Signed) -> Response:
    """What the firm holds about me, part by part: where it comes from, and the last rows of each."""
    words = request.app.state.catalogue
    async with edge.transaction() as tx:
        parts = await api.portrait(tx, edge.who)
    items = [
        {
            "name": one.name,
            "title": words.text(f"held_{one.name}", edge.language),
            "source": one.source,
            "rests_on": one.rests_on or None,
            "explanation": explained(one, lambda code: words.text(code, edge.language)),
            "total": one.total,
            "rows": one.rows,
        }
        for one in parts
    ]
    return answer({"items": items, "next": None})


@router.post("/copies", response_class=Response)
async def take_copy(request: Request, edge: Signed, body: CopyIn) -> Response:
    """All that the firm holds about me as one file; taking it is a record."""
    words = request.app.state.catalogue
    async with edge.transaction() as tx:
        content, media_type = await api.take_home(
            tx, edge.who, body.format, lambda code: words.text(code, edge.language)
        )
    name = f"my-data.{body.format.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
