"""Routes of staff, licences, branches, issuers and origins."""

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


class Strict(BaseModel):
    """Input without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class StaffIn(Strict):
    """A new member of staff."""

    login: Short
    name: Name
    name_en: Annotated[str, Len(0, 60)] = ""
    roles: Annotated[list[StaffRole], Len(1, 9)]
    branch: UUID
    code: Annotated[str, Len(0, 20)] | None = None
    employee_no: Annotated[str, Len(0, 40)] | None = None
    languages: list[Literal["zh-CN", "en"]] = ["zh-CN"]
    topics: list[Topic] = []
    capacity: Annotated[int, Field(ge=1, le=20)] = 4
    environment: Environment = Environment.REAL


class StaffChangeIn(Strict):
    """What to change about a member of staff; what is absent stays."""

    login: Short | None = None
    name: Name | None = None
    name_en: Annotated[str, Len(0, 60)] | None = None
    roles: Annotated[list[StaffRole], Len(1, 9)] | None = None
    branch: UUID | None = None
    code: Annotated[str, Len(0, 20)] | None = None
    employee_no: Annotated[str, Len(0, 40)] | None = None
    languages: list[Literal["zh-CN", "en"]] | None = None
    topics: list[Topic] | None = None
    capacity: Annotated[int, Field(ge=1, le=20)] | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Annotated[str, Len(1, 500)]


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


class IssuerIn(Strict):
    """A key of somebody who vouches for clients: PEM of a public key, or base64 of a secret for HS256."""

    issuer: Short
    key_id: Short
    algorithm: Literal["EdDSA", "ES256", "RS256", "HS256"]
    key: Annotated[str, Len(1, 8192)]
    environment: Environment = Environment.REAL


class IssuerChangeIn(Strict):
    """Switches a key on or off."""

    issuer: Short
    key_id: Short
    active: bool


class IssuerOut(BaseModel):
    """A registered key; a secret is never shown again."""

    issuer: str
    key_id: str
    algorithm: str
    environment: str
    active: bool
    public_key: str | None


class OriginIn(Strict):
    """An origin whose pages may embed the widget."""

    origin: Short


class StaffPage(BaseModel):
    """A page of staff."""

    items: list[StaffOut]
    next: str | None
    counts: dict[str, int]


class LicencesOut(BaseModel):
    """The licences of a member of staff."""

    items: list[LicenceOut]


class BranchesOut(BaseModel):
    """All branches."""

    items: list[BranchOut]


class IssuersOut(BaseModel):
    """All registered keys."""

    items: list[IssuerOut]


class OriginsOut(BaseModel):
    """All listed origins."""

    items: list[str]


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


async def _out(tx: Tx, edge: Signed, one: Staff) -> StaffOut:
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
        environment=body.environment,
    )  # fmt: skip
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.add_staff(tx, edge.who, details))


@router.post("/api/staff/import")
async def import_staff(
    edge: Signed, file: Annotated[UploadFile, File()], dry_run: bool = False
) -> ImportOut:
    """Add the staff of a CSV, wholly or not at all; a dry run only says what is wrong."""
    data = await file.read(MOST_CSV + 1)
    if len(data) > MOST_CSV:
        raise Malformed(field="file", reason=f"<= {MOST_CSV} bytes")
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
        return await _out(tx, edge, await api.one_staff(tx, edge.who, staff_id))


@router.patch("/api/staff/{staff_id}")
async def edit_staff(edge: Signed, staff_id: UUID, body: StaffChangeIn) -> StaffOut:
    """Change a member of staff."""
    details = StaffDetails(
        login=body.login, name=body.name, name_en=body.name_en,
        roles=frozenset(Role(one) for one in body.roles) if body.roles else None,
        branch_id=body.branch, code=body.code, employee_no=body.employee_no,
        languages=tuple(body.languages) if body.languages is not None else None,
        topics=tuple(body.topics) if body.topics is not None else None, capacity=body.capacity,
    )  # fmt: skip
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.edit_staff(tx, edge.who, staff_id, details))


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
        return await _out(tx, edge, await api.lock(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/unlock")
async def unlock_staff(edge: Signed, staff_id: UUID) -> StaffOut:
    """Unlock an account."""
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.unlock(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/reset-totp")
async def reset_staff_totp(edge: Signed, staff_id: UUID) -> StaffOut:
    """Take the second factor away; the next sign-in enrols anew."""
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.reset_totp(tx, edge.who, staff_id))


@router.post("/api/staff/{staff_id}/suspend")
async def suspend_staff(edge: Signed, staff_id: UUID, body: ReasonIn) -> StaffOut:
    """Take every right until further notice."""
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.suspend(tx, edge.who, staff_id, body.reason))


@router.post("/api/staff/{staff_id}/reinstate")
async def reinstate_staff(edge: Signed, staff_id: UUID, body: ReasonIn) -> StaffOut:
    """End a suspension."""
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.reinstate(tx, edge.who, staff_id, body.reason))


@router.put("/api/staff/{staff_id}/photo")
async def set_staff_photo(
    edge: Signed, staff_id: UUID, file: Annotated[UploadFile, File()]
) -> StaffOut:
    """Set a photo; it is cut to a square and encoded anew."""
    encoded = await api.encode_photo(await file.read(MOST_PHOTO + 1), edge.settings.image_pixels)
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.set_photo(tx, edge.who, staff_id, encoded))


@router.delete("/api/staff/{staff_id}/photo")
async def remove_staff_photo(edge: Signed, staff_id: UUID) -> StaffOut:
    """Remove a photo."""
    async with edge.transaction() as tx:
        return await _out(tx, edge, await api.set_photo(tx, edge.who, staff_id, None))


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


def _issuer_out(one: Issuer) -> IssuerOut:
    return IssuerOut(
        issuer=one.issuer, key_id=one.key_id, algorithm=one.algorithm,
        environment=one.environment.value, active=one.active,
        public_key=None if one.algorithm == "HS256" else one.key,
    )  # fmt: skip


@router.get("/api/issuers")
async def list_issuers(edge: Signed) -> IssuersOut:
    """Who may vouch for clients."""
    async with edge.transaction() as tx:
        found = await api.issuers(tx, edge.who)
    return IssuersOut(items=[_issuer_out(one) for one in found])


@router.post("/api/issuers", status_code=201)
async def add_issuer(edge: Signed, body: IssuerIn) -> IssuerOut:
    """Register a key."""
    issuer = Issuer(body.issuer, body.key_id, body.algorithm, body.environment)
    async with edge.transaction() as tx:
        return _issuer_out(await api.add_issuer(tx, edge.who, issuer, body.key))


@router.patch("/api/issuers", status_code=204, response_class=Response)
async def change_issuer(edge: Signed, body: IssuerChangeIn) -> None:
    """Switch a key on or off."""
    async with edge.transaction() as tx:
        await api.set_issuer_active(tx, edge.who, body.issuer, body.key_id, body.active)


@router.get("/api/origins")
async def list_origins(edge: Signed) -> OriginsOut:
    """The origins whose pages may embed the widget."""
    async with edge.transaction() as tx:
        return OriginsOut(items=list(await api.listed_origins(tx, edge.who)))


@router.post("/api/origins", status_code=201)
async def add_origin(edge: Signed, body: OriginIn) -> OriginIn:
    """List an origin."""
    async with edge.transaction() as tx:
        return OriginIn(origin=await api.add_origin(tx, edge.who, body.origin))


@router.delete("/api/origins", status_code=204, response_class=Response)
async def remove_origin(edge: Signed, origin: Annotated[str, Query(max_length=300)]) -> None:
    """Take an origin off the list."""
    async with edge.transaction() as tx:
        await api.remove_origin(tx, edge.who, origin)
