"""Routes of files: one upload at a time, and the harmless copy back; nothing is served as it came."""

from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response, UploadFile
from fastapi.responses import FileResponse

from visavis.conversations import api
from visavis.conversations.api import proofs
from visavis.kernel.errors import TooMany
from visavis.kernel.http import Edge, Signed, answer


class Shown(Protocol):
    """What a served file is called, and its type."""

    @property
    def name(self) -> str:
        """The name with the ending of its type."""

    @property
    def type(self) -> str:
        """The media type."""


router = APIRouter(prefix="/api", tags=["conversations"])

# A file may neither run, nor load, nor be framed, whatever it turns out to be.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
AT_ONCE = 8

_busy = 0


@router.post("/conversations/{conversation}/attachments", operation_id="upload_attachment")
async def upload_attachment(conversation: UUID, file: UploadFile, edge: Signed) -> Response:
    """Take in an image or a PDF for a message to come."""
    async with edge.transaction() as tx:
        await api.may_attach(tx, edge.who, conversation)
    data, served = await _taken(edge, file)
    async with edge.transaction() as tx:
        kept = await api.attach(tx, edge.who, conversation, file.filename or "", data, served)
    return answer(msgspec.to_builtins(kept), 201)


@router.post("/client/professional/proofs", status_code=201)
async def hand_in_proof(file: UploadFile, edge: Signed) -> Response:
    """Hand in an image or a PDF for an application to be professional."""
    async with edge.transaction() as tx:
        await proofs.may_hand_in(tx, edge.who)
    data, served = await _taken(edge, file)
    async with edge.transaction() as tx:
        one = await proofs.hand_in(tx, edge.who, file.filename or "", data, served)
    return answer({"id": one.id, "name": one.name, "type": one.type, "size": one.size}, 201)


@router.get("/suitability/proofs/{proof}")
async def read_proof(proof: UUID, edge: Signed) -> Response:
    """The harmless copy of a proof, for its client and for those who decide on his application."""
    async with edge.transaction() as tx:
        one, path = await proofs.proof(tx, edge.who, proof)
    return file_response(one, path, download=False)


async def _taken(edge: Edge, file: UploadFile) -> tuple[bytes, api.Served]:
    """An upload with its harmless copy; few are examined at once."""
    global _busy
    if _busy >= AT_ONCE:
        raise TooMany(retry_after=2)
    _busy += 1
    try:
        data = await file.read(edge.settings.attachment_bytes + 1)
        return data, await api.examine(edge.who, data)
    finally:
        _busy -= 1


@router.get("/attachments/{attachment}", operation_id="read_attachment")
async def read_attachment(
    attachment: UUID, edge: Signed, download: Annotated[int, Query(ge=0, le=1)] = 0
) -> Response:
    """The harmless copy of a file."""
    async with edge.transaction() as tx:
        kept, path = await api.attachment(tx, edge.who, attachment)
    return file_response(kept, path, download=bool(download))


def file_response(kept: Shown, path: Path, *, download: bool) -> Response:
    """The served copy with headers under which a browser does nothing but show it."""
    way = "attachment" if download or not kept.type.startswith("image/") else "inline"
    return FileResponse(
        path,
        media_type=kept.type,
        headers={
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(kept.name)}",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=3600, immutable",
        },
    )
