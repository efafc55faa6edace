"""What dispatch puts on record: requests, offers, claims and decisions, each in the chain of its request."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from visavis.archive.types import Fact, RetentionClass
from visavis.dispatch.store.offers import candidates_json
from visavis.dispatch.types import Decision, Offer, Request, Status
from visavis.kernel.auth import Actor

MILLION = 1_000_000


def about(request: Request, kind: str, **body: Any) -> Fact:
    """A fact about a request; its clear part names the kind of thing alone."""
    clear = {"capability": request.capability, "topic": request.topic}
    return Fact(kind, request.id, request.client_id, request.environment, body, clear)


def presence(actor: Actor, status: Status, capacity: int) -> Fact:
    """A member of staff has said whether he is on duty, and for how many at once."""
    me = actor.person_id
    body = {"status": status.value, "capacity": capacity}
    return Fact("presence", me, me, actor.environment, body, {}, RetentionClass.ACCESS)


def opened(request: Request) -> Fact:
    """A client has asked for a person."""
    return about(
        request, "request", event="opened", conversation=str(request.conversation_id), language=request.language,
        own_advisor=_text(request.own_advisor_id), wait=request.wait_for, context=_plain(request.context),
    )  # fmt: skip


def changed(request: Request, event: str, **body: Any) -> Fact:
    """Something has happened to a request; `state` and `version` are those after it."""
    return about(
        request, "request", event=event, state=request.state.value, version=request.version, **body
    )


def offered(request: Request, offer: Offer) -> Fact:
    """The request was offered to an advisor."""
    return about(
        request, "offer", offer=str(offer.id), advisor=str(offer.advisor_id), rank=offer.rank, of=offer.of,
        decision=str(offer.decision_id), expires_at=str(offer.expires_at), why=[one["code"] for one in offer.why],
    )  # fmt: skip


def decided(request: Request, decision: Decision) -> Fact:
    """Why these advisors: digest of the kept candidates, scores in millionths, refusals counted."""
    refused = Counter(one.refused.value for one in decision.candidates if one.refused is not None)
    scores = {
        str(one.staff_id): round(one.score * MILLION)
        for one in decision.candidates
        if one.refused is None
    }
    return about(
        request, "decision", decision=str(decision.id), mode=decision.mode.value, stage=int(decision.stage),
        policy=decision.policy_version, chosen=[str(one) for one in decision.chosen],
        scores={key: scores[key] for key in sorted(scores)[:200]}, refused=dict(refused),
        candidates_sha256=digest(decision),
    )  # fmt: skip


def claimed(request: Request, advisor: str, how: str, client_key: str, waited_s: float) -> Fact:
    """An advisor has won the request; the wait is in milliseconds."""
    return about(
        request, "claim", advisor=advisor, how=how, client_key=client_key, waited_ms=round(waited_s * 1000),
        conversation=str(request.conversation_id), version=request.version,
    )  # fmt: skip


def digest(decision: Decision) -> str:
    """SHA-256 of the candidates as they are kept, so that the row cannot be changed unnoticed."""
    kept = msgspec.json.encode(candidates_json(decision.candidates), order="deterministic")
    return hashlib.sha256(kept).hexdigest()


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _plain(context: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in context.items()}
