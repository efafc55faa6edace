"""The log as anybody may fetch it (C2SP tlog-tiles): checkpoint and hashes for all, entries for those who may.

Entries are sealed, but their headers are not: VISAVIS_ARCHIVE_ENTRIES says whether everybody gets them.
"""

import asyncio

from fastapi import APIRouter, Request, Response

from visavis.archive import api
from visavis.kernel.http import Anyone, Unsigned

router = APIRouter(prefix="/log", tags=["archive"])

# A tile never changes; the checkpoint is the only file that does (C2SP tlog-tiles, HTTP headers).
FOREVER = "public, max-age=31536000, immutable"
FLEETING = "public, max-age=1"
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def _served(content: bytes, media_type: str, caching: str) -> Response:
    headers = {**ANY_ORIGIN, "Cache-Control": caching}
    return Response(content, media_type=media_type, headers=headers)


@router.head("/checkpoint", include_in_schema=False)
@router.get("/checkpoint", response_class=Response)
def get_checkpoint(edge: Unsigned) -> Response:  # noqa: ARG001  # public, and said to be
    """The newest checkpoint, a signed note with the witnesses' signatures."""
    return _served(api.log_file("checkpoint"), "text/plain; charset=utf-8", FLEETING)


@router.head("/vkey", include_in_schema=False)
@router.get("/vkey", response_class=Response)
def get_vkey(edge: Unsigned) -> Response:  # noqa: ARG001  # public, and said to be
    """The log's public key; compare it with one that came another way before trusting it."""
    return _served(f"{api.vkey()}\n".encode(), "text/plain; charset=utf-8", FLEETING)


@router.head("/tile/entries/{path:path}", include_in_schema=False)
@router.get("/tile/entries/{path:path}", response_class=Response)
async def get_entries(path: str, edge: Anyone, request: Request) -> Response:
    """A bundle of up to 256 sealed records; for supervisors and examiners, or for all where the setting says so.

    An examiner's grant has to cover everybody and all time.
    """
    name, open_to = f"tile/entries/{path}", edge.settings.archive_entries
    content = await asyncio.to_thread(api.entries_file, edge.actor, name, open_to)
    if open_to != "all":
        async with edge.transaction() as tx:
            await request.app.state.bundle_taken(tx, edge.who, name)
    caching = FOREVER if open_to == "all" else "private, max-age=3600"
    return _served(content, "application/octet-stream", caching)


@router.head("/tile/{path:path}", include_in_schema=False)
@router.get("/tile/{path:path}", response_class=Response)
def get_tile(path: str, edge: Unsigned) -> Response:  # noqa: ARG001  # public, and said to be
    """A tile of up to 256 hashes."""
    return _served(api.tile_file(f"tile/{path}"), "application/octet-stream", FOREVER)
