"""The client's own routes: questionnaire, shelf, product pages, requests, conversion."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from visavis.kernel.errors import Refusal
from visavis.kernel.http import Edge, Signed, answer
from visavis.suitability import api
from visavis.suitability.types import Device, Evidence, Path
from visavis.suitability.web import present

router = APIRouter(prefix="/api/client", tags=["suitability"])

Answers = dict[Annotated[str, Field(max_length=40)], Annotated[list[str], Field(max_length=20)]]
Code = Annotated[str, InPath(max_length=64)]
Amount = Annotated[int, Field(ge=0, le=10**12)]


class AnswersIn(BaseModel):
    """The client's answers to this version of the questionnaire: chosen options by question."""

    version: int
    answers: Answers


class AmountIn(BaseModel):
    """An amount in whole yuan."""

    amount: Amount = 0


class ConfirmIn(BaseModel):
    """The client's own confirmation; `recording` is the SHA-256 of a notice made on site, where there is one."""

    typed: Annotated[str, Field(max_length=200)]
    scrolled: bool
    answers: Answers = {}
    recording: Annotated[str, Field(max_length=64)] | None = None


class ApplicationIn(BaseModel):
    """An application to be professional; money in whole yuan."""

    organisation: bool = False
    financial: Amount = 0
    income: Amount = 0
    net: Amount = 0
    years: Annotated[float, Field(ge=0, le=100)] = 0
    relevant_job: bool = False
    confirms: bool
    answers: Answers


@router.get("/suitability")
async def my_suitability(edge: Signed) -> Response:
    """How I stand: level, expiry, category, and the attempts left today."""
    async with edge.transaction() as tx:
        standing, left = await api.mine(tx, edge.who)
        conversion = await api.professional.mine(tx, edge.who)
    shown = present.standing(standing)
    return answer(
        shown
        | {
            "attempts_left": left,
            "conversion": present.category(conversion) if conversion else None,
        }
    )


@router.get("/questionnaire")
async def read_questionnaire(edge: Signed) -> Response:
    """The questionnaire in force, without what its answers count."""
    async with edge.transaction() as tx:
        asked, version = await api.questionnaire(tx, edge.who)
    title = asked.title.get(edge.language) or asked.title["zh-CN"]
    return answer(
        {
            "version": version,
            "title": title,
            "valid_months": asked.valid_months,
            "questions": present.questions(asked.questions, edge.language),
        }
    )


@router.post("/assessments", status_code=201)
async def take_assessment(body: AnswersIn, edge: Signed, request: Request) -> Response:
    """Answer the questionnaire; a question left out counts as refused."""
    async with edge.transaction() as tx:
        one = await api.answer(tx, edge.who, body.version, body.answers, _device(edge, request))
    return answer(present.assessment(one), 201)


@router.delete("/assessments", status_code=204)
async def withdraw_assessment(edge: Signed) -> None:
    """Take my assessment back; no product is shown to me from then on."""
    async with edge.transaction() as tx:
        await api.withdraw(tx, edge.who)


@router.get("/shelf")
async def read_shelf(edge: Signed) -> Response:
    """Products within my level and wishes; without an assessment none."""
    async with edge.transaction() as tx:
        standing, found = await api.shelf(tx, edge.who)
    items = [present.product(one, edge.language) for one in found]
    return answer({"items": items, "standing": present.standing(standing), "next": None})


@router.get("/products/{product}")
async def look_at_product(product: Code, edge: Signed, card: bool = False) -> Response:
    """A product by its id or code, whole or locked with the next lawful steps; `card`: from a message."""
    path = Path.OPEN_CARD if card else Path.LOOK
    async with edge.transaction() as tx:
        found = await api.look(tx, edge.who, product, path)
    return answer(present.view(found, edge.language))


@router.post("/products/{product}/requests", status_code=201)
async def request_product(
    product: Code, body: AmountIn, edge: Signed, request: Request
) -> Response:
    """Ask for a product above my level on my own initiative; answers with where the request stands."""
    async with edge.transaction() as tx:
        one = await api.ask_for(tx, edge.who, product, body.amount, _device(edge, request))
    # The refusal's decision is kept: it is told after the commit.
    if isinstance(one, Refusal):
        raise one
    return answer(present.request(one), 201)


@router.post("/products/{product}/order-check")
async def check_order(product: Code, body: AmountIn, edge: Signed) -> Response:
    """May I order this amount now? The firm's order entry asks before it takes an order."""
    async with edge.transaction() as tx:
        refusal = await api.order(tx, edge.who, product, body.amount)
    if refusal is not None:
        raise refusal
    return answer({"allowed": True})


@router.get("/product-requests/{request_id}")
async def read_product_request(request_id: UUID, edge: Signed) -> Response:
    """Where my request stands."""
    async with edge.transaction() as tx:
        return answer(present.request(await api.request(tx, edge.who, request_id)))


@router.post("/product-requests/{request_id}/warning")
async def show_product_warning(request_id: UUID, edge: Signed) -> Response:
    """The special warning; from now on its reading time counts."""
    async with edge.transaction() as tx:
        one, documents, points = await api.show_warning(tx, edge.who, request_id)
    return answer(present.warning(one, documents, points, edge.language))


@router.post("/product-requests/{request_id}/confirm")
async def confirm_product_request(
    request_id: UUID, body: ConfirmIn, edge: Signed, request: Request
) -> Response:
    """Confirm the warning in my own words."""
    async with edge.transaction() as tx:
        one = await api.confirm(
            tx,
            edge.who,
            request_id,
            typed=body.typed,
            scrolled=body.scrolled,
            answers=body.answers,
            recording=body.recording,
            device=_device(edge, request),
        )
    return answer(present.request(one))


@router.delete("/product-requests/{request_id}")
async def withdraw_product_request(request_id: UUID, edge: Signed) -> Response:
    """Give up a request or a permission."""
    async with edge.transaction() as tx:
        return answer(present.request(await api.requesting.withdraw(tx, edge.who, request_id)))


@router.get("/professional")
async def read_professional_test(edge: Signed) -> Response:
    """The test that goes with an application to be professional."""
    async with edge.transaction() as tx:
        law = await api.professional.test(tx, edge.who)
        handed = await api.proofs.waiting(tx, edge.who)
    asked = present.questions(law.questions, edge.language)
    shown = {
        "pass_mark": law.pass_mark,
        "questions": asked,
        "proofs": present.proofs(handed),
        "person": msgspec.to_builtins(law.person_applies),
        "organisation": msgspec.to_builtins(law.organisation_applies),
    }
    return answer(shown)


@router.post("/professional", status_code=201)
async def apply_professional(body: ApplicationIn, edge: Signed) -> Response:
    """Apply to be professional."""
    evidence = Evidence(
        body.organisation, body.financial, body.income, body.net, body.years, body.relevant_job
    )
    async with edge.transaction() as tx:
        one = await api.professional.apply(
            tx, edge.who, evidence, confirms=body.confirms, answers=body.answers
        )
    return answer(present.category(one), 201)


@router.delete("/professional", status_code=204)
async def step_down_professional(edge: Signed) -> None:
    """Be ordinary again, with the full protection, at once."""
    async with edge.transaction() as tx:
        await api.professional.step_down(tx, edge.who)


def _device(edge: Edge, request: Request) -> Device:
    return Device(edge.address, request.headers.get("user-agent", "")[:300])
