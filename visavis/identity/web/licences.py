"""Routes of licences and branches."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID
from annotated_types import Len
from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from visavis.identity import api
from visavis.identity.types import (
    Branch,
    Issuer,
    LicenceDetails,
    LicenceStatus,
    LicenceType,
    PersonStatus,
    Staff,
    StaffDetails,
    StaffFilter,
    Topic,
)
from visavis.identity.web.present import (
    BranchOut,
    LicenceOut,
    StaffOut,
    branch_out,
    licence_out,
    staff_out,
)
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Signed, origin_of
router = APIRouter(tags=["identity"])
MOST_CSV = 20_000_000
MOST_PHOTO = 5_000_000
Name = Annotated[str, Len(1, 60)]
Short = Annotated[str, Len(1, 200)]
StaffRole = Literal[
    "advisor", "client_manager", "broker_agent", "partner_staff", "supervisor", "examiner",
    "operator", "editor", "administrator",
]  # fmt: skip

from visavis.identity.web.present import Strict


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
    details = LicenceDetails(
        body.type, body.number, body.valid_from, body.valid_to, body.source
    )
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
        made = await api.add_branch(
            tx, edge.who, body.code, body.name, body.name_en, body.region
        )
    return branch_out(made)


@router.patch("/api/branches/{branch_id}")
async def edit_branch(edge: Signed, branch_id: UUID, body: BranchChangeIn) -> BranchOut:
    """Change a branch's names or region."""
    async with edge.transaction() as tx:
        changed = await api.edit_branch(
            tx, edge.who, branch_id, body.name, body.name_en, body.region
        )
    return branch_out(changed)
