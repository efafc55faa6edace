"""Routes of licences and branches."""

from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import Len
from fastapi import APIRouter
from pydantic import BaseModel

from visavis.identity import api
from visavis.identity.types import (
    LicenceDetails,
    LicenceStatus,
    LicenceType,
)
from visavis.identity.web.present import (
    BranchOut,
    LicenceOut,
    Name,
    Short,
    Strict,
    branch_out,
    licence_out,
)
from visavis.kernel.http import Signed

router = APIRouter(tags=["identity"])


class LicenceIn(Strict):
    """A new licence."""

    type: LicenceType
    number: Short
    valid_from: date
    valid_to: date
    source: Short = "administration"


class LicenceChangeIn(Strict):
    """A licence's new status or last day."""

    status: LicenceStatus | None = None
    valid_to: date | None = None


class BranchIn(Strict):
    """A new branch."""

    code: Annotated[str, Len(1, 20)]
    name: Name
    name_en: Name
    region: Annotated[str, Len(0, 60)] = ""


class BranchChangeIn(Strict):
    """A branch's new names or region."""

    name: Name | None = None
    name_en: Name | None = None
    region: Annotated[str, Len(0, 60)] | None = None


class LicencesOut(BaseModel):
    """The licences of a member of staff."""

    items: list[LicenceOut]


class BranchesOut(BaseModel):
    """All branches."""

    items: list[BranchOut]


@router.get("/api/staff/{staff_id}/licences")
async def list_licences(edge: Signed, staff_id: UUID) -> LicencesOut:
    """The licences of a member of staff; anybody's own too."""
    async with edge.transaction() as tx:
        found = await api.licences(tx, edge.who, staff_id)
    return LicencesOut(items=[licence_out(one, api.today()) for one in found])


@router.post("/api/staff/{staff_id}/licences", status_code=201)
async def add_licence(edge: Signed, staff_id: UUID, body: LicenceIn) -> LicenceOut:
    """Add a licence."""
    details = LicenceDetails(body.type, body.number, body.valid_from, body.valid_to, body.source)
    async with edge.transaction() as tx:
        made = await api.add_licence(tx, edge.who, staff_id, details)
    return licence_out(made, api.today())


@router.patch("/api/licences/{licence_id}")
async def change_licence(edge: Signed, licence_id: UUID, body: LicenceChangeIn) -> LicenceOut:
    """Suspend, revoke, reinstate or extend a licence."""
    async with edge.transaction() as tx:
        changed = await api.change_licence(
            tx, edge.who, licence_id, status=body.status, valid_to=body.valid_to
        )
    return licence_out(changed, api.today())


@router.get("/api/branches")
async def list_branches(edge: Signed) -> BranchesOut:
    """All branches by code."""
    async with edge.transaction() as tx:
        found = await api.branches(tx, edge.who)
    return BranchesOut(items=[branch_out(one) for one in found])


@router.post("/api/branches", status_code=201)
async def add_branch(edge: Signed, body: BranchIn) -> BranchOut:
    """Add a branch."""
    async with edge.transaction() as tx:
        made = await api.add_branch(tx, edge.who, body.code, body.name, body.name_en, body.region)
    return branch_out(made)


@router.patch("/api/branches/{branch_id}")
async def edit_branch(edge: Signed, branch_id: UUID, body: BranchChangeIn) -> BranchOut:
    """Change a branch's names or region."""
    async with edge.transaction() as tx:
        changed = await api.edit_branch(
            tx, edge.who, branch_id, body.name, body.name_en, body.region
        )
    return branch_out(changed)
