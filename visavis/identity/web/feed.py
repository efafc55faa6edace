"""Routes of the personnel feed: the HR system's signed calls, the CSV, and the history (docs/guide/personnel.md)."""

from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from pydantic import BaseModel

from visavis.identity import api
from visavis.identity.types import HrAnswer, HrKind, HrOutcome
from visavis.kernel.clock import to_ms
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Signed, Unsigned

router = APIRouter(tags=["identity"])
MOST_BYTES = 4_000_000


class HrAnswerOut(BaseModel):
    """What became of one piece of news; `detail` is a sentence where it was refused."""

    id: str
    row: int
    outcome: HrOutcome
    column: str
    error: str
    detail: str


class HrAnswersOut(BaseModel):
    """What became of each piece of news, in order."""

    items: list[HrAnswerOut]


class HrErrorOut(BaseModel):
    """What is wrong in a row of the file."""

    row: int
    column: str
    code: str
    detail: str


class HrImportOut(BaseModel):
    """How the import of a file ended: wholly applied or not at all; `items` has what is or would be done."""

    rows: int
    applied: bool
    errors: list[HrErrorOut]
    items: list[HrAnswerOut]


class HrEntryOut(BaseModel):
    """One line of the history; times in ms."""

    id: str
    kind: HrKind
    employee_no: str
    staff_id: str | None
    effective_on: str
    source: str
    outcome: HrOutcome
    error: str
    detail: str
    received_at: int
    applied_at: int | None


class HrPage(BaseModel):
    """A page of the history."""

    items: list[HrEntryOut]
    next: str | None


@router.post("/api/hr/events")
async def receive_hr_events(request: Request, edge: Unsigned) -> HrAnswersOut:
    """News of the firm's HR system, signed like our own webhook; each is applied, scheduled or refused for itself."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Malformed(field="body", reason=f"too_many_bytes {MOST_BYTES}")
    async with edge.transaction() as tx:
        answers = await api.receive(tx, edge.settings.hr_secret, request.headers, body)
    return HrAnswersOut(items=[_answer(request, edge.language, one) for one in answers])


@router.post("/api/hr/import")
async def import_hr_events(
    request: Request, edge: Signed, file: Annotated[UploadFile, File()], dry_run: bool = False
) -> HrImportOut:
    """News as a CSV, wholly or not at all; a dry run only says what would happen."""
    data = await file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Malformed(field="file", reason=f"too_many_bytes {MOST_BYTES}")
    async with edge.transaction() as tx:
        rows, answers, applied = await api.import_feed(tx, edge.who, data, dry_run=dry_run)
    items = [_answer(request, edge.language, one) for one in answers]
    errors = [
        HrErrorOut(row=one.row, column=one.column, code=one.error, detail=one.detail)
        for one in items
        if one.error
    ]
    return HrImportOut(rows=rows, applied=applied, errors=errors, items=items)


@router.get("/api/hr/events")
async def list_hr_events(
    request: Request,
    edge: Signed,
    outcome: HrOutcome | None = None,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HrPage:
    """What the feed has brought, the newest first."""
    async with edge.transaction() as tx:
        found, following = await api.feed_history(tx, edge.who, outcome, after, limit)
    catalogue = request.app.state.catalogue
    items = [
        HrEntryOut(
            id=one.id, kind=one.kind, employee_no=one.employee_no,
            staff_id=str(one.staff_id) if one.staff_id else None,
            effective_on=one.effective_on.isoformat(), source=one.source, outcome=one.outcome,
            error=one.error,
            detail=catalogue.text(one.error, edge.language, {}) if one.error else "",
            received_at=to_ms(one.received_at),
            applied_at=to_ms(one.applied_at) if one.applied_at else None,
        )
        for one in found
    ]  # fmt: skip
    return HrPage(items=items, next=following)


def _answer(request: Request, language: str, one: HrAnswer) -> HrAnswerOut:
    detail = one.detail
    if one.params or (one.error and not detail):
        detail = request.app.state.catalogue.text(one.error, language, one.params)
    return HrAnswerOut(
        id=one.id, row=one.row, outcome=one.outcome, column=one.column, error=one.error,
        detail=detail,
    )  # fmt: skip
