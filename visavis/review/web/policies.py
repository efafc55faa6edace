"""The house's policies: documents proposed, tried on the past, decided on by another, retired."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.kernel import clock
from visavis.kernel.http import Signed, answer
from visavis.review import api
from visavis.review.api.policing import Example, HouseDocument, Policy, mask
from visavis.review.api.wording import Names, names

router = APIRouter(prefix="/api/policies", tags=["policies"])

LONGEST = 500_000


class PolicyIn(BaseModel):
    """A version of a document; an empty source retires the document of that name from the day on."""

    name: Annotated[str, Field(max_length=40)]
    source: Annotated[str, Field(max_length=LONGEST)]
    format: Literal["json", "yaml"] = "json"
    effective: date
    note: Annotated[str, Field(max_length=2000)] = ""


class PolicyDecisionIn(BaseModel):
    """Whether it comes into force, and why."""

    approve: bool
    note: Annotated[str, Field(max_length=2000)] = ""


class MarkIn(BaseModel):
    """What a text of the sample is."""

    entry: UUID
    breach: bool


@router.get("")
async def list_policies(edge: Signed) -> Response:
    """All versions of the house's documents, newest first, and the policies that this process judges by."""
    async with edge.transaction() as tx:
        found = await api.policing.listed(tx, edge.who)
        people = {key for one in found.documents for key in (one.author_id, one.approver_id)}
        known = await names(tx, people)
    items = [_short(one, found.standing[one.id], known) for one in found.documents]
    bound = [_bound(one, edge.language) for one in found.policies]
    told = {"pack": found.pack, "policies": bound, "broken": dict(found.broken)}
    return answer({"items": items, **told, "next": None})


@router.post("", status_code=201)
async def propose_policy(policy: PolicyIn, edge: Signed) -> Response:
    """Propose a version; its tests have passed, and its back-test begins."""
    async with edge.transaction() as tx:
        one = await api.policing.propose(
            tx, edge.who, policy.name, policy.source, policy.format, policy.effective, policy.note
        )
        known = await names(tx, {one.author_id})
    return answer(_short(one, one.state.value, known), 201)


@router.get("/{policy}")
async def read_policy(policy: UUID, edge: Signed) -> Response:
    """A version with its source, what it changes, what it would have done, and a sample of that."""
    async with edge.transaction() as tx:
        found = await api.policing.read(tx, edge.who, policy)
        one = found.document
        people = {one.author_id, one.approver_id, *(each.sender_id for each in found.examples)}
        known = await names(tx, people)
    figures = {key: value for key, value in (one.backtest or {}).items() if key != "sample"}
    return answer(
        {
            **_short(one, found.standing, known),
            "source": one.source,
            "diff": found.difference,
            "backtest": figures or None,
            "sample": [_example(each, known) for each in found.examples],
        }
    )


@router.post("/{policy}/backtest", status_code=202)
async def backtest_policy(policy: UUID, edge: Signed) -> Response:
    """Try a proposal on the past again, for example after another one has come into force."""
    async with edge.transaction() as tx:
        one = await api.policing.again(tx, edge.who, policy)
        known = await names(tx, {one.author_id})
    return answer(_short(one, one.state.value, known), 202)


@router.post("/{policy}/sample")
async def mark_policy_sample(policy: UUID, mark: MarkIn, edge: Signed) -> Response:
    """Say whether a text of the sample is a breach; the precision of the sample by now."""
    async with edge.transaction() as tx:
        told = await api.policing.marked(tx, edge.who, policy, mark.entry, mark.breach)
    return answer({"sample_precision": told["sample_precision"]})


@router.post("/{policy}/decision")
async def decide_policy(policy: UUID, decision: PolicyDecisionIn, edge: Signed) -> Response:
    """Bring a version into force on its day, or refuse it; never one's own."""
    async with edge.transaction() as tx:
        one = await api.policing.decide(tx, edge.who, policy, decision.approve, decision.note)
        known = await names(tx, {one.author_id, one.approver_id})
    return answer(_short(one, one.state.value, known))


def _example(one: Example, known: Names) -> dict[str, Any]:
    """A text of the sample; identifiers are masked."""
    return {
        "entry": one.entry_id, "conversation": one.conversation_id, "sender": known.get(one.sender_id),
        "text": mask(one.text), "policies": list(one.policies), "at": one.at,
        "stopped_now": one.stopped_now, "breach": one.breach,
    }  # fmt: skip


def _bound(one: Policy, language: str) -> dict[str, Any]:
    """A policy in force: what it forbids and why, and what it does to whom."""
    words = one.worded(language)
    return {
        "id": one.id, "version": one.version, "category": one.category,
        "title": words["title"], "reason": words["reason"],
        "actions": {way.value: act.value for way, act in one.actions.items()},
        "departments": sorted(one.departments), "effective": one.effective.isoformat(),
    }  # fmt: skip


def _short(one: HouseDocument, state: str, known: Names) -> dict[str, Any]:
    """A version as lists show it."""
    return {
        "id": one.id, "name": one.name, "number": one.number, "format": one.format, "state": state,
        "retires": not one.source, "note": one.note, "author": known.get(one.author_id),
        "approver": known.get(one.approver_id) if one.approver_id else None,
        "decision_note": one.decision_note, "effective": one.effective.isoformat(),
        "created_at": clock.to_ms(one.created_at),
        "tested_at": clock.to_ms(one.tested_at) if one.tested_at else None,
        "decided_at": clock.to_ms(one.decided_at) if one.decided_at else None,
    }  # fmt: skip
