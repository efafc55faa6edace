"""Routes of photos of staff: set by administrators and their owners, seen by everybody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile

from visavis.identity import api
from visavis.identity.web.present import (
    StaffOut,
)
from visavis.identity.web.staff import staff_shown
from visavis.kernel.errors import NotFound
from visavis.kernel.http import Signed, Unsigned

router = APIRouter(tags=["identity"])
MOST_PHOTO = 5_000_000


@router.put("/api/staff/{staff_id}/photo")
async def set_staff_photo(
    edge: Signed, staff_id: UUID, file: Annotated[UploadFile, File()]
) -> StaffOut:
    """Set a photo; it is cut to a square and encoded anew."""
    encoded = await api.encode_photo(await file.read(MOST_PHOTO + 1), edge.settings.image_pixels)
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.set_photo(tx, edge.who, staff_id, encoded))


@router.delete("/api/staff/{staff_id}/photo")
async def remove_staff_photo(edge: Signed, staff_id: UUID) -> StaffOut:
    """Remove a photo."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.set_photo(tx, edge.who, staff_id, None))


@router.get("/api/people/{person_id}/photo", response_class=Response)
async def read_photo(edge: Unsigned, person_id: UUID) -> Response:
    """The photo of a member of staff; public, like his registration."""
    async with edge.transaction() as tx:
        found = await api.photo(tx, person_id)
    if found is None:
        raise NotFound
    data, media_type = found
    # The address carries the photo's digest, so a new photo has a new one.
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(data, media_type=media_type, headers=headers)
