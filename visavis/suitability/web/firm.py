"""The firm's routes: a client's level, call-backs, conversions, documents, proof."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from visavis.kernel.clock import to_ms
from visavis.kernel.http import Signed, answer
from visavis.suitability import api
from visavis.suitability.types import CategoryState, DocumentKind, Evidence
from visavis.suitability.web import present
from visavis.suitability.web.client import Amount

router = APIRouter(prefix="/api", tags=["suitability"])

Note = Annotated[str, Field(max_length=2000)]


class CallIn(BaseModel):
    """Whether the client insists, and what was said."""

    insists: bool
    note: Note = ""


class RecognitionIn(BaseModel):
    """Proofs that a client is professional by law; money in whole yuan."""

    organisation: bool = False
    financial: Amount = 0
    income: Amount = 0
    net: Amount = 0
    years: Annotated[float, Field(ge=0, le=100)] = 0
    relevant_job: bool = False
    licensed_institution: bool = False
    basis: Annotated[str, Field(max_length=500)]


class AnswerIn(BaseModel):
    """The answer to an application, with reasons."""

    accepted: bool
    answer: Note


class DocumentIn(BaseModel):
    """Another version of a document."""

    content: dict[str, Any]
    effective_from: date


class DocumentDecision(BaseModel):
    """Whether a version comes into force."""

    approved: bool
    note: Note = ""


@router.get("/clients/{client_id}/suitability")
async def read_client_suitability(client_id: UUID, edge: Signed) -> Response:
    """A client's level, category and expiry, for his own staff and supervisors."""
    async with edge.transaction() as tx:
        return answer(present.standing(await api.of_client(tx, edge.who, client_id)))


@router.post("/clients/{client_id}/professional", status_code=201)
async def recognise_professional(client_id: UUID, body: RecognitionIn, edge: Signed) -> Response:
    """Recognise a client as professional by law."""
    evidence = Evidence(**body.model_dump(exclude={"basis"}))
    async with edge.transaction() as tx:
        one = await api.recognise(tx, edge.who, client_id, evidence, body.basis)
    return answer(present.category(one), 201)


@router.get("/suitability/applications")
async def list_applications(
    edge: Signed, state: Literal["applied", "accepted"] = "applied"
) -> Response:
    """Applications to be professional that wait for their answer; or who is professional, due proofs first."""
    async with edge.transaction() as tx:
        found = await api.applications(tx, edge.who, CategoryState(state))
        names = await api.named(tx, {one.client_id for one in found}, edge.language)
        proofs = await api.proofs.of(tx, found)
    items = [
        present.category(one)
        | {"client_name": names[one.client_id], "proofs": present.proofs(proofs[one.id])}
        for one in found
    ]
    return answer({"items": items, "next": None})


@router.post("/suitability/applications/{application}/answer")
async def answer_application(application: UUID, body: AnswerIn, edge: Signed) -> Response:
    """Answer an application with reasons."""
    async with edge.transaction() as tx:
        one = await api.professional.decide(tx, edge.who, application, body.accepted, body.answer)
    return answer(present.category(one))


@router.get("/suitability/callbacks")
async def list_callbacks(edge: Signed) -> Response:
    """Requests that wait for an independent call-back."""
    async with edge.transaction() as tx:
        found = await api.to_call(tx, edge.who)
        named = await api.names_of(tx, found, edge.language)
    items = [
        present.request(one) | {"client_name": client, "product_name": product}
        for one, (client, product) in zip(found, named, strict=True)
    ]
    return answer({"items": items, "next": None})


@router.post("/suitability/requests/{request_id}/callback")
async def record_callback(request_id: UUID, body: CallIn, edge: Signed) -> Response:
    """Keep what an independent call-back has brought."""
    async with edge.transaction() as tx:
        one = await api.call_back(tx, edge.who, request_id, insists=body.insists, note=body.note)
    return answer(present.request(one))


@router.get("/suitability/alerts")
async def list_assessment_alerts(edge: Signed) -> Response:
    """Attempts whose answers changed towards a higher score."""
    async with edge.transaction() as tx:
        found = await api.alerts(tx, edge.who)
        names = await api.named(tx, {one.client_id for one in found}, edge.language)
        mark = await api.watermark(tx, edge.who)
    items = [present.assessment(one) | {"client_name": names[one.client_id]} for one in found]
    return answer({"items": items, "next": None, "watermark": mark})


@router.get("/suitability/documents")
async def list_documents(edge: Signed) -> Response:
    """All versions of questionnaire, bands, matrix and the other terms."""
    async with edge.transaction() as tx:
        found = await api.configuring.documents(tx, edge.who)
        names = await api.named(tx, {one.author_id for one in found}, edge.language)
        versions = (await api.configuring.in_force(tx)).versions
    items = [
        present.document(one)
        | {
            "author_name": names.get(one.author_id, ""),
            "in_force": versions[one.kind.value] == one.version,
        }
        for one in found
    ]
    return answer({"items": items, "next": None})


@router.post("/suitability/documents/{kind}", status_code=201)
async def propose_document(kind: DocumentKind, body: DocumentIn, edge: Signed) -> Response:
    """Another version of a document, for a supervisor to decide on."""
    async with edge.transaction() as tx:
        one = await api.configuring.propose(tx, edge.who, kind, body.content, body.effective_from)
    return answer(present.document(one), 201)


@router.post("/suitability/documents/{kind}/{number}/decision")
async def decide_document(
    kind: DocumentKind, number: int, body: DocumentDecision, edge: Signed
) -> Response:
    """Approve a version or return it; never its author."""
    async with edge.transaction() as tx:
        one = await api.configuring.decide(tx, edge.who, kind, number, body.approved, body.note)
    return answer(present.document(one))


@router.get("/suitability/decisions/{decision}/replay")
async def replay_decision(decision: UUID, edge: Signed) -> Response:
    """An old decision, and what its own inputs and versions give today."""
    async with edge.transaction() as tx:
        one, reason = await api.replay(tx, edge.who, decision)
        mark = await api.watermark(tx, edge.who)
    said = {"decision": present.decision(one), "replayed": reason, "same": reason == one.reason}
    return answer(said | {"watermark": mark})


@router.get("/suitability/dossier")
async def read_dossier(
    edge: Signed,
    client: UUID,
    product: UUID,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
) -> Response:
    """Everything about one client and product in a time, with the records that prove it."""
    first = since or datetime(2000, 1, 1, tzinfo=UTC)
    last = until or datetime(9000, 1, 1, tzinfo=UTC)
    async with edge.transaction() as tx:
        one = await api.dossier(tx, edge.who, client, product, first, last)
        mark = await api.watermark(tx, edge.who)
    return answer(dossier_out(one, edge.language) | {"watermark": mark})


def dossier_out(one: api.Dossier, language: str) -> dict[str, Any]:
    """A dossier on the wire."""
    return {
        "client": one.client_id,
        "product": [present.product(each, language) for each in one.product],
        "assessments": [present.assessment(each) for each in one.assessments],
        "categories": [present.category(each) for each in one.categories],
        "decisions": [present.decision(each) for each in one.decisions],
        "requests": [
            present.request(asked)
            | {
                "evidence": [
                    {
                        "step": step.step.value,
                        "at": to_ms(step.at),
                        "actor": step.actor_id,
                        "evidence": step.evidence,
                        "record": step.record_id,
                    }
                    for step in steps
                ]
            }
            for asked, steps in one.requests
        ],
        "documents": [present.document(each) for each in one.documents],
        "records": [
            {
                "id": each.record_id,
                "kind": each.kind,
                "object": each.object_id,
                "previous": each.previous.hex() if each.previous else None,
                "digest": each.digest.hex(),
                "at": to_ms(each.at),
                "clear": each.clear,
                "body": each.body,
            }
            for each in one.records
        ],
    }
