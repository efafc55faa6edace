"""Routes of the archive: how much is on record; reading records comes with supervision's purpose."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from visavis.archive import api
from visavis.kernel.auth import Environment
from visavis.kernel.http import Signed

router = APIRouter(prefix="/api/records", tags=["archive"])


class CountOut(BaseModel):
    """How many records there are."""

    count: int


@router.get("/count")
async def count_records(
    edge: Signed, environment: Literal["real", "simulated", "test"] | None = None
) -> CountOut:
    """How many records there are, in one environment or in all; for those who answer for the record."""
    async with edge.transaction() as tx:
        found = await api.count(tx, edge.who, Environment(environment) if environment else None)
    return CountOut(count=found)
