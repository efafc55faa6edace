"""Routes of staff: lists, adding, changing, inviting, locking, suspending, importing."""

from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Len
from fastapi import APIRouter, File, Query, Request, UploadFile
from pydantic import BaseModel, Field

from visavis.identity import api
from visavis.identity.types import (
    Branch,
    PersonStatus,
    Staff,
    StaffDetails,
    StaffFilter,
    Topic,
)
from visavis.identity.web.present import (
    Name,
    Short,
    StaffOut,
    Strict,
    staff_out,
)
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Signed, origin_of
from visavis.kernel.languages import Language

router = APIRouter(tags=["identity"])
MOST_CSV = 20_000_000
StaffRole = Literal[
    "advisor", "client_manager", "broker_agent", "partner_staff", "supervisor", "examiner",
    "operator", "editor", "administrator",
]  # fmt: skip


# What is asked of a field is said once, for a new member of staff and for a change.
NameEn = Annotated[str, Len(0, 60)]
Roles = Annotated[list[StaffRole], Len(1, 9)]
Code = Annotated[str, Len(0, 20)]
EmployeeNo = Annotated[str, Len(0, 40)]
Languages = list[Language]
Capacity = Annotated[int, Field(ge=1, le=20)]
# Codes of branches and names of regions in which his contract lets him serve; empty: everywhere.
Area = Annotated[list[Annotated[str, Len(1, 60)]], Len(0, 200)]


class StaffIn(Strict):
    """A new member of staff."""

    login: Short
    name: Name
    name_en: NameEn = ""
    roles: Roles
    branch: UUID
    code: Code | None = None
    employee_no: EmployeeNo | None = None
    languages: Annotated[Languages, Field(default_factory=lambda: ["zh-CN"])]
    topics: Annotated[list[Topic], Field(default_factory=list)]
    capacity: Capacity = 4
    area: Annotated[Area, Field(default_factory=list)]
    environment: Environment = Environment.REAL


class StaffChangeIn(Strict):
    """What to change about a member of staff; what is absent stays."""

    login: Short | None = None
    name: Name | None = None
    name_en: NameEn | None = None
    roles: Roles | None = None
    branch: UUID | None = None
    code: Code | None = None
    employee_no: EmployeeNo | None = None
    languages: Languages | None = None
    topics: list[Topic] | None = None
    capacity: Capacity | None = None
    area: Area | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Annotated[str, Len(1, 500)]


class StaffPage(BaseModel):
    """A page of staff."""

    items: list[StaffOut]
    next: str | None
    counts: dict[str, int]


class InvitationOut(BaseModel):
    """A link to hand over; whoever opens it sets the password."""

    url: str
    expires_at: int


class RowErrorOut(BaseModel):
    """What is wrong in a row of the file."""

    row: int
    column: str
    code: str
    detail: str


class ImportOut(BaseModel):
    """How an import ended."""

    rows: int
    errors: list[RowErrorOut]
    applied: bool


async def staff_shown(tx: Tx, edge: Signed, one: Staff) -> StaffOut:
    """A member of staff on the wire, with his branch."""
    branches = {branch.id: branch for branch in await api.branches(tx, edge.who)}
    return staff_out(one, branches[one.branch_id])


@router.get("/api/staff")
async def list_staff(
    edge: Signed,
    q: Annotated[str, Query(max_length=100)] = "",
    role: StaffRole | None = None,
    branch: UUID | None = None,
    status: PersonStatus | None = None,
    locked: bool | None = None,
    expiring_days: Annotated[int | None, Query(ge=1, le=3660)] = None,
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StaffPage:
    """Staff by login, filtered, with counts of all."""
    wanted = StaffFilter(
        q.strip(), Role(role) if role else None, branch, status, locked, expiring_days
    )
    async with edge.transaction() as tx:
        found, following = await api.list_staff(tx, edge.who, wanted, after, limit)
        branches: dict[UUID, Branch] = {one.id: one for one in await api.branches(tx, edge.who)}
        counts = await api.staff_counts(tx, edge.who)
    items = [staff_out(one, branches[one.branch_id]) for one in found]
    return StaffPage(items=items, next=following, counts=dict(counts))


@router.post("/api/staff", status_code=201)
async def add_staff(edge: Signed, body: StaffIn) -> StaffOut:
    """Add a member of staff."""
    details = StaffDetails(
        login=body.login, name=body.name, name_en=body.name_en,
        roles=frozenset(Role(one) for one in body.roles), branch_id=body.branch,
        code=body.code or None, employee_no=body.employee_no or None,
        languages=tuple(body.languages), topics=tuple(body.topics), capacity=body.capacity,
        area=tuple(body.area), environment=body.environment,
    )  # fmt: skip
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.add_staff(tx, edge.who, details))


@router.post("/api/staff/import")
async def import_staff(
    edge: Signed, file: Annotated[UploadFile, File()], dry_run: bool = False
) -> ImportOut:
    """Add the staff of a CSV, wholly or not at all; a dry run only says what is wrong."""
    data = await file.read(MOST_CSV + 1)
    if len(data) > MOST_CSV:
        raise Malformed(field="file", reason=f"too_many_bytes {MOST_CSV}")
    async with edge.transaction() as tx:
        result = await api.import_staff(tx, edge.who, data, dry_run=dry_run)
    errors = [
        RowErrorOut(row=one.row, column=one.column, code=one.code, detail=one.detail)
        for one in result.errors
    ]
    return ImportOut(rows=result.rows, errors=errors, applied=result.applied)


@router.get("/api/staff/{staff_id}")
async def read_staff(edge: Signed, staff_id: UUID) -> StaffOut:
    """A member of staff."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.one_staff(tx, edge.who, staff_id))


@router.patch("/api/staff/{staff_id}")
async def edit_staff(edge: Signed, staff_id: UUID, body: StaffChangeIn) -> StaffOut:
    """Change a member of staff."""
    details = StaffDetails(
        login=body.login, name=body.name, name_en=body.name_en,
        roles=frozenset(Role(one) for one in body.roles) if body.roles else None,
        branch_id=body.branch, code=body.code, employee_no=body.employee_no,
        languages=tuple(body.languages) if body.languages is not None else None,
        topics=tuple(body.topics) if body.topics is not None else None, capacity=body.capacity,
        area=tuple(body.area) if body.area is not None else None,
    )  # fmt: skip
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.edit_staff(tx, edge.who, staff_id, details))


@router.post("/api/staff/{staff_id}/invite")
async def invite_staff(request: Request, edge: Signed, staff_id: UUID) -> InvitationOut:
    """A new invitation; earlier ones become worthless."""
    async with edge.transaction() as tx:
        made = await api.invite(tx, edge.who, staff_id)
        invited = await api.one_staff(tx, edge.who, staff_id)
    application = "desk" if invited.roles & SERVING else "console"
    url = f"{origin_of(request, edge.settings)}/{application}/?invitation={made.token}"
    return InvitationOut(url=url, expires_at=clock.to_ms(made.expires_at))


@router.post("/api/staff/{staff_id}/lock")
async def lock_staff(edge: Signed, staff_id: UUID) -> StaffOut:
    """Lock an account and end its sessions."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.lock(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/unlock")
async def unlock_staff(edge: Signed, staff_id: UUID) -> StaffOut:
    """Unlock an account."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.unlock(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/reset-totp")
async def reset_staff_totp(edge: Signed, staff_id: UUID) -> StaffOut:
    """Take the second factor away; the next sign-in enrols anew."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.reset_totp(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/suspend")
async def suspend_staff(edge: Signed, staff_id: UUID, body: ReasonIn) -> StaffOut:
    """Take every right until further notice."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.suspend(tx, edge.who, staff_id, body.reason))


@router.post("/api/staff/{staff_id}/reinstate")
async def reinstate_staff(edge: Signed, staff_id: UUID, body: ReasonIn) -> StaffOut:
    """End a suspension."""
    async with edge.transaction() as tx:
        return await staff_shown(tx, edge, await api.reinstate(tx, edge.who, staff_id, body.reason))
