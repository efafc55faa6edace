"""Routes without sign-in: the firm, the public look at a registration code, and reports."""

from datetime import date
from typing import Annotated, Literal

from annotated_types import Len
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from visavis.identity import api
from visavis.identity.types import Verification
from visavis.identity.web.present import FirmOut
from visavis.kernel.http import Edge, Unsigned
from visavis.kernel.languages import LANGUAGES

router = APIRouter(tags=["public"])

Code = Annotated[str, Path(max_length=40)]


class NoticeOut(BaseModel):
    """The recording notice in force."""

    version: str
    text: str


class PublicFirmOut(BaseModel):
    """What anybody may know about the firm."""

    firm: FirmOut
    languages: list[str]
    notice: NoticeOut
    register_url: str


class VerificationOut(BaseModel):
    """What the firm says about a registration code; `register_url` is the association's own register."""

    code: str
    found: bool
    name: str = ""
    name_en: str = ""
    role: str = ""
    firm: FirmOut
    branch: str = ""
    branch_en: str = ""
    status: Literal[
        "unknown", "valid", "expired", "suspended", "revoked", "left", "none", "simulated", "test"
    ]
    valid_to: date | None = None
    left_on: date | None = None
    photo: str | None = None
    capabilities: list[str] = []
    environment: Literal["real", "simulated", "test"] | None = None
    register_url: str


class ReportIn(BaseModel):
    """What somebody tells about a suspicious code."""

    code: Annotated[str, Len(0, 40)]
    text: Annotated[str, Len(1, 2000)]


def firm_of(edge: Edge) -> FirmOut:
    """The firm's names."""
    return FirmOut(name=edge.settings.firm_name, name_en=edge.settings.firm_name_en)


def verification_out(edge: Edge, found: Verification) -> VerificationOut:
    """The look at a code on the wire."""
    return VerificationOut(
        code=found.code,
        found=found.found,
        name=found.name,
        name_en=found.name_en,
        role=found.role,
        firm=firm_of(edge),
        branch=found.branch,
        branch_en=found.branch_en,
        status=found.status,
        valid_to=found.valid_to,
        left_on=found.left_on,
        photo=found.photo_url,
        capabilities=[one.value for one in found.capabilities],
        environment=found.environment.value if found.found else None,
        register_url=edge.settings.register_url,
    )


async def look(edge: Edge, code: str) -> VerificationOut:
    """The look at a code, counted by address. Raises `TooMany`."""
    async with edge.transaction() as tx:
        refusal = await api.admit_look(tx, edge.address)
    if refusal is not None:
        raise refusal
    async with edge.transaction() as tx:
        return verification_out(edge, await api.verify_code(tx, code))


async def keep_report(edge: Edge, code: str, text: str) -> None:
    """Keep a report, counted by address. Raises `TooMany`."""
    async with edge.transaction() as tx:
        refusal = await api.admit_report(tx, edge.address)
    if refusal is not None:
        raise refusal
    async with edge.transaction() as tx:
        await api.report(tx, code, text)


@router.get("/api/public/firm")
async def read_firm(request: Request, edge: Unsigned) -> PublicFirmOut:
    """The firm's names, languages, recording notice and the association's register."""
    firm = edge.settings.firm_name if edge.language == "zh-CN" else edge.settings.firm_name_en
    text = request.app.state.catalogue.text("recording_notice", edge.language, {"firm": firm})
    return PublicFirmOut(
        firm=firm_of(edge),
        languages=list(LANGUAGES),
        notice=NoticeOut(version=edge.settings.notice_version, text=text),
        register_url=edge.settings.register_url,
    )


@router.get("/api/public/verify/{code}")
async def verify_code(edge: Unsigned, code: Code) -> VerificationOut:
    """What the firm says about a registration code."""
    return await look(edge, code)


@router.post("/api/public/reports", status_code=204, response_class=Response)
async def report_code(edge: Unsigned, body: ReportIn) -> None:
    """Tell the firm about a suspicious code; nobody needs to give a name."""
    await keep_report(edge, body.code, body.text)
