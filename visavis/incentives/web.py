"""Routes of incentives: a partner's codes, a client's code, the ledger, settlement rules."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from visavis.incentives import api
from visavis.incentives.types import ReferralCode, SettlementRule
from visavis.kernel.clock import to_ms
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api", tags=["incentives"])

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


class CodeIn(BaseModel):
    """A partner's own note about a code."""

    label: Annotated[str, Field(max_length=60)] = ""


class ReferredIn(BaseModel):
    """The code by which the client came."""

    code: Annotated[str, Field(max_length=20)]


class DecisionIn(BaseModel):
    """Whether a version counts."""

    approved: bool


@router.get("/referral-codes")
async def list_referral_codes(edge: Signed) -> Response:
    """My own codes."""
    async with edge.transaction() as tx:
        found = await api.codes(tx, edge.who)
    return answer({"items": [_code(one) for one in found], "next": None})


@router.post("/referral-codes", status_code=201)
async def create_referral_code(code: CodeIn, edge: Signed) -> Response:
    """Another code of mine."""
    async with edge.transaction() as tx:
        one = await api.new_code(tx, edge.who, code.label)
    return answer(_code(one), 201)


@router.get("/referrals")
async def list_referrals(edge: Signed) -> Response:
    """Who came by my codes: when, and whether the firm serves them; nobody's name."""
    async with edge.transaction() as tx:
        found = await api.referrals(tx, edge.who)
    items = [
        {
            "code": one.code,
            "at": to_ms(one.at),
            "state": "connected" if one.connected else "referred",
        }
        for one in found
    ]
    return answer({"items": items, "next": None})


@router.put("/client/referral", status_code=204)
async def name_referral(referred: ReferredIn, edge: Signed) -> None:
    """Name the code by which I came."""
    async with edge.transaction() as tx:
        await api.refer(tx, edge.who, referred.code)


@router.get("/attribution")
async def read_attribution(client: UUID, edge: Signed) -> Response:
    """Everything the ledger says of a client."""
    async with edge.transaction() as tx:
        found = await api.ledger(tx, edge.who, client)
    items = [
        {
            "kind": one.kind.value,
            "source": one.source_id,
            "staff": one.staff_id,
            "at": to_ms(one.at),
        }
        for one in found
    ]
    return answer({"items": items, "next": None})


@router.get("/settlement-rules")
async def list_settlement_rules(edge: Signed) -> Response:
    """All versions of the settlement rule; the newest approved one is in force."""
    async with edge.transaction() as tx:
        found = await api.settlement_rules(tx, edge.who)
    return answer({"items": [_rule(one) for one in found], "next": None})


@router.post("/settlement-rules", status_code=201)
async def propose_settlement_rule(content: dict[str, Any], edge: Signed) -> Response:
    """Another version; what must never be paid is refused."""
    async with edge.transaction() as tx:
        one = await api.propose(tx, edge.who, content)
    return answer(_rule(one), 201)


@router.post("/settlement-rules/{version}/decision")
async def decide_settlement_rule(version: Version, decision: DecisionIn, edge: Signed) -> Response:
    """Let a version count, or refuse it; never one's own."""
    async with edge.transaction() as tx:
        one = await api.decide(tx, edge.who, version, decision.approved)
    return answer(_rule(one))


def _code(one: ReferralCode) -> dict[str, Any]:
    return {
        "id": one.id, "code": one.code, "label": one.label, "created_at": to_ms(one.created_at),
    }  # fmt: skip


def _rule(one: SettlementRule) -> dict[str, Any]:
    return {
        "version": one.version, "state": one.state, "author": one.author_id, "approver": one.approver_id,
        "created_at": to_ms(one.created_at), "content": msgspec.to_builtins(one.content),
    }  # fmt: skip
