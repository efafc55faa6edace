"""Routes of issuers and origins: who may vouch for clients, and which pages may embed the widget."""

from typing import Annotated, Literal

from annotated_types import Len
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from visavis.identity import api
from visavis.identity.types import (
    Issuer,
)
from visavis.identity.web.present import Short, Strict
from visavis.kernel.auth import Environment
from visavis.kernel.http import Signed

router = APIRouter(tags=["identity"])


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


class IssuersOut(BaseModel):
    """All registered keys."""

    items: list[IssuerOut]


class OriginsOut(BaseModel):
    """All listed origins."""

    items: list[str]


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
