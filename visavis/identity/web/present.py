"""What the routes of identity answer with: the forms of the wire, and the session's cookie."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Len
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from visavis.identity import api
from visavis.identity.types import Branch, Licence, Me, SignedIn, Staff, Step
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.http import COOKIE, SECURE_COOKIE, Edge, origin_of

Name = Annotated[str, Len(1, 60)]
Short = Annotated[str, Len(1, 200)]


class Strict(BaseModel):
    """Input without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class BranchOut(BaseModel):
    """A branch."""

    id: UUID
    code: str
    name: str
    name_en: str
    region: str


class FirmOut(BaseModel):
    """The firm's two names."""

    name: str
    name_en: str


class MeOut(BaseModel):
    """The signed-in person."""

    id: UUID
    name: str
    name_en: str
    kind: Literal["staff", "client", "visitor", "machine"]
    roles: list[str]
    environment: Literal["real", "simulated", "test"]
    language: str
    firm: FirmOut
    demo: bool
    branch: str | None = None
    branch_en: str | None = None
    branch_id: UUID | None = None
    code: str | None = None
    photo: str | None = None
    capacity: int | None = None
    topics: list[str] = []
    languages: list[str] = []
    capabilities: list[str] = []


class StepOut(BaseModel):
    """The next step of signing in; `demo_code` only where everything is fictional."""

    step: Literal["totp", "enrol"]
    challenge: str
    otpauth: str | None = None
    secret: str | None = None
    qr: str | None = None
    demo_code: str | None = None


class SignedInOut(BaseModel):
    """Somebody is signed in; recovery codes are shown this once."""

    me: MeOut
    recovery_codes: list[str] = []
    recovery_left: int | None = None


class BearerOut(BaseModel):
    """A client's session; the page keeps the bearer in memory."""

    bearer: str
    expires_in: int
    me: MeOut


class LicenceOut(BaseModel):
    """A licence; `valid` is of today."""

    id: UUID
    staff: UUID
    type: str
    number: str
    valid_from: date
    valid_to: date
    status: str
    source: str
    valid: bool


class StaffOut(BaseModel):
    """A member of staff as administration sees him."""

    id: UUID
    name: str
    name_en: str
    environment: str
    status: str
    language: str
    login: str
    employee_no: str | None
    roles: list[str]
    branch: BranchOut
    code: str | None
    languages: list[str]
    topics: list[str]
    capacity: int
    licences: list[LicenceOut]
    capabilities: list[str]
    photo: str | None
    locked_at: int | None
    left_at: int | None
    has_password: bool
    password_set_at: int | None
    has_totp: bool
    area: list[str]


def branch_out(branch: Branch) -> BranchOut:
    """A branch on the wire."""
    return BranchOut(
        id=branch.id, code=branch.code, name=branch.name, name_en=branch.name_en,
        region=branch.region,
    )  # fmt: skip


def me_out(me: Me) -> MeOut:
    """The signed-in person on the wire."""
    return MeOut(
        id=me.id,
        name=me.name,
        name_en=me.name_en,
        kind=me.kind.value,
        roles=[role.value for role in me.roles],
        environment=me.environment.value,
        language=me.language,
        firm=FirmOut(name=me.firm.name, name_en=me.firm.name_en),
        demo=me.demo,
        branch=me.branch.name if me.branch else None,
        branch_en=me.branch.name_en if me.branch else None,
        branch_id=me.branch.id if me.branch else None,
        code=me.code,
        photo=me.photo,
        capacity=me.capacity,
        topics=list(me.topics),
        languages=list(me.languages),
        capabilities=[one.value for one in me.capabilities],
    )


def step_out(step: Step) -> StepOut:
    """The next step on the wire."""
    return StepOut(
        step="totp" if step.step == "totp" else "enrol", challenge=step.challenge,
        otpauth=step.otpauth, secret=step.secret, qr=step.qr, demo_code=step.demo_code,
    )  # fmt: skip


def licence_out(licence: Licence, today: date) -> LicenceOut:
    """A licence on the wire."""
    return LicenceOut(
        id=licence.id, staff=licence.staff_id, type=licence.type.value, number=licence.number,
        valid_from=licence.valid_from, valid_to=licence.valid_to, status=licence.status.value,
        source=licence.source, valid=licence.valid(today),
    )  # fmt: skip


def staff_out(one: Staff, branch: Branch) -> StaffOut:
    """A member of staff on the wire."""
    today = api.today()
    return StaffOut(
        id=one.id,
        name=one.name,
        name_en=one.name_en,
        environment=one.environment.value,
        status=one.status.value,
        language=one.language,
        login=one.login,
        employee_no=one.employee_no,
        roles=sorted(role.value for role in one.roles),
        branch=branch_out(branch),
        code=one.code,
        languages=list(one.languages),
        topics=list(one.topics),
        capacity=one.capacity,
        licences=[licence_out(each, today) for each in one.licences],
        capabilities=sorted(each.value for each in api.capabilities(one, today)),
        photo=one.photo_url,
        locked_at=clock.to_ms(one.locked_at) if one.locked_at else None,
        left_at=clock.to_ms(one.left_at) if one.left_at else None,
        has_password=one.has_password,
        password_set_at=clock.to_ms(one.password_set_at) if one.password_set_at else None,
        has_totp=one.has_totp,
        area=list(one.area),
    )


async def bearer_out(tx: Tx, begun: SignedIn) -> BearerOut:
    """A client's session on the wire."""
    life = int((begun.expires_at - clock.now()).total_seconds())
    return BearerOut(bearer=begun.token, expires_in=life, me=me_out(await api.me(tx, begun.actor)))


def is_https(request: Request, edge: Edge) -> bool:
    """Whether browsers reach the platform over TLS."""
    return origin_of(request, edge.settings).startswith("https://")


def set_session_cookie(request: Request, response: Response, edge: Edge, begun: SignedIn) -> None:
    """Hand the session to the browser: HttpOnly, same-site, and bound to the host where TLS allows it."""
    secure = is_https(request, edge)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        begun.token,
        max_age=int((begun.expires_at - clock.now()).total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response, edge: Edge) -> None:
    """Take the session from the browser."""
    secure = is_https(request, edge)
    response.delete_cookie(
        SECURE_COOKIE if secure else COOKIE, path="/", secure=secure, httponly=True, samesite="lax"
    )
