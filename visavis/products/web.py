"""Routes of the product register, for staff; clients find products with a guide (suitability)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from visavis.kernel.clock import to_ms
from visavis.kernel.http import Signed, answer
from visavis.kernel.importing import Report, answered
from visavis.kernel.languages import Language
from visavis.products import api
from visavis.products.types import (
    Goal,
    ProductDetails,
    ProductKind,
    ProductRiskLevel,
    ProductVersion,
)

router = APIRouter(prefix="/api/products", tags=["products"])
MOST_BYTES = 8_000_000


class ProductIn(BaseModel):
    """A version of a product; money in whole yuan, `term_months` 0: it can be left at any time."""

    names: dict[Language, str]
    kind: ProductKind
    risk: Annotated[int, Field(ge=1, le=5)]
    term_months: int = 0
    goals: Annotated[list[Goal], Field(max_length=4)]
    min_amount: int = 0
    professional_only: bool = False
    summaries: dict[Language, str] = {}
    risk_points: dict[Language, list[str]]
    effective_from: date
    effective_to: date | None = None

    def details(self) -> ProductDetails:
        """The same in the words of the context."""
        return ProductDetails(
            _plain(self.names), self.kind, ProductRiskLevel(self.risk), self.term_months,
            frozenset(self.goals), self.min_amount, self.professional_only, _plain(self.summaries),
            {language: tuple(points) for language, points in self.risk_points.items()},
            self.effective_from, self.effective_to,
        )  # fmt: skip


class NewProduct(ProductIn):
    """A product with its first version; `code` is the firm's own."""

    code: Annotated[str, Field(max_length=64)]


class ProductDecision(BaseModel):
    """Whether a version comes into force; a return needs a note."""

    approved: bool
    note: Annotated[str, Field(max_length=1000)] = ""


class VersionRef(BaseModel):
    """One version of one product."""

    id: UUID
    version: int


class ProductApprovals(BaseModel):
    """Versions to be approved together."""

    products: Annotated[list[VersionRef], Field(min_length=1, max_length=500)]
    note: Annotated[str, Field(max_length=1000)] = ""


@router.get("")
async def list_products(
    edge: Signed,
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The register in the order of codes: all versions for who makes and checks, those in force for other staff."""
    async with edge.transaction() as tx:
        found = await api.listed(tx, edge.who, q, after, limit)
    items = [_out(versions, edge.language) for versions in found]
    return answer({"items": items, "next": items[-1]["code"] if len(items) == limit else None})


@router.post("", status_code=201)
async def propose_product(new: NewProduct, edge: Signed) -> Response:
    """A new product, for another person to decide on."""
    async with edge.transaction() as tx:
        one = await api.propose(tx, edge.who, new.code, new.details())
    return answer(_out([one], edge.language), 201)


@router.post("/approvals")
async def approve_products(body: ProductApprovals, edge: Signed) -> Response:
    """Approve many versions: all of them or none, and none by its author."""
    async with edge.transaction() as tx:
        for one in body.products:
            await api.decide(tx, edge.who, one.id, one.version, True, body.note)
    return answer({"approved": len(body.products)})


@router.post("/import")
async def import_products(
    request: Request,
    edge: Signed,
    file: UploadFile,
    dry_run: bool = False,
    report: Report = "json",
) -> Response:
    """Bring the firm's product list (CSV): all rows or none; errors as JSON or as a harmless CSV."""
    data = await file.read(MOST_BYTES + 1)
    async with edge.transaction() as tx:
        result = await api.import_list(tx, edge.who, data, dry_run=dry_run)
    return answered(request, edge.language, result, report)


@router.get("/{product}")
async def read_product(product: UUID, edge: Signed) -> Response:
    """A product with the versions that the caller may read."""
    async with edge.transaction() as tx:
        versions = await api.product(tx, edge.who, product)
    return answer(_out(versions, edge.language))


@router.post("/{product}/versions", status_code=201)
async def revise_product(product: UUID, new: ProductIn, edge: Signed) -> Response:
    """Another version of a product, for another person to decide on."""
    async with edge.transaction() as tx:
        one = await api.revise(tx, edge.who, product, new.details())
    return answer(_out([one], edge.language), 201)


@router.post("/{product}/versions/{number}/decision")
async def decide_product(
    product: UUID, number: int, body: ProductDecision, edge: Signed
) -> Response:
    """Approve a version or return it with a reason; never its author."""
    async with edge.transaction() as tx:
        one = await api.decide(tx, edge.who, product, number, body.approved, body.note)
    return answer(_out([one], edge.language))


def _out(versions: list[ProductVersion], language: str) -> dict[str, Any]:
    newest = versions[-1]
    names = newest.details.names
    return {
        "id": newest.product_id,
        "code": newest.code,
        "name": names.get(language) or names["zh-CN"],
        "risk": int(newest.details.risk),
        "state": newest.state.value,
        "versions": [_version(one) for one in reversed(versions)],
    }


def _version(one: ProductVersion) -> dict[str, Any]:
    details = one.details
    return {
        "version": one.version, "state": one.state.value, "names": details.names, "kind": details.kind.value,
        "risk": int(details.risk), "term_months": details.term_months, "goals": sorted(details.goals),
        "min_amount": details.min_amount, "professional_only": details.professional_only,
        "summaries": details.summaries, "risk_points": details.risk_points,
        "effective_from": details.effective_from, "effective_to": details.effective_to,
        "author": one.author_id, "approver": one.approver_id, "note": one.note,
        "created_at": to_ms(one.created_at), "decided_at": to_ms(one.decided_at) if one.decided_at else None,
    }  # fmt: skip


def _plain(texts: Mapping[Language, str]) -> dict[str, str]:
    return {str(language): text for language, text in texts.items()}
