"""How suitability looks on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.kernel.clock import to_ms
from visavis.suitability.types import (
    Assessment,
    ClientRequest,
    Document,
    Documents,
    InvestorCategory,
    MatchDecision,
    ProductVersion,
    Proof,
    Question,
    Standing,
    View,
)


def standing(one: Standing) -> dict[str, Any]:
    """Level, category and until when they hold; level is null where no assessment counts."""
    valid = one.assessed == "valid"
    return {
        "state": one.assessed.value,
        "level": one.level.name if one.level and valid else None,
        "lowest": one.lowest and valid,
        "category": one.category.value,
        "taken_at": _ms(one.taken_at),
        "expires_at": _ms(one.expires_at),
        "professional_until": _ms(one.professional_until),
    }


def questions(asked: Sequence[Question], language: str) -> list[dict[str, Any]]:
    """Questions with their options in the reader's language, without what they count."""
    return [
        {
            "id": one.id,
            "text": _text(one.text, language),
            "many": one.many,
            "options": [
                {"id": option.id, "text": _text(option.text, language)} for option in one.options
            ],
        }
        for one in asked
    ]


def product(one: ProductVersion, language: str) -> dict[str, Any]:
    """A product as a client reads it."""
    details = one.details
    return {
        "id": one.product_id, "code": one.code, "version": one.version, "name": _text(details.names, language),
        "kind": details.kind.value, "risk": details.risk.name, "term_months": details.term_months,
        "min_amount": details.min_amount, "professional_only": details.professional_only,
        "summary": _text(details.summaries, language),
        "risk_points": list(details.risk_points.get(language) or details.risk_points["zh-CN"]),
        "effective_from": details.effective_from,
    }  # fmt: skip


def view(one: View, language: str) -> dict[str, Any]:
    """A product page: whole, or locked with the reason and the next lawful steps, nothing of its content."""
    shown = product(one.version, language)
    if one.reason is not None:
        shown = {key: shown[key] for key in ("id", "code", "version", "name", "risk")}
    return {
        "product": shown,
        "locked": None if one.reason is None else {"reason": one.reason.value, **one.params},
        "next": list(one.next_steps),
        "special": one.special,
        "request": request(one.request) if one.request else None,
    }


def request(one: ClientRequest) -> dict[str, Any]:
    """Where a client's own request stands."""
    return {
        "id": one.id, "client": one.client_id, "product": one.product_id, "version": one.product_version,
        "amount_upto": one.amount_upto, "mismatch": one.mismatch, "special": one.special, "state": one.state.value,
        "steps": [{"step": step.value, "at": to_ms(at)} for step, at in one.steps],
        "confirmed_at": _ms(one.confirmed_at), "permitted_at": _ms(one.permitted_at),
        "expires_at": _ms(one.expires_at),
    }  # fmt: skip


def warning(
    one: ClientRequest,
    documents: Documents,
    points: Mapping[str, Sequence[str]],
    language: str,
) -> dict[str, Any]:
    """The special warning with the product's own risk points, and the extra questions where there are any."""
    text = documents.warning
    return {
        "request": request(one),
        "title": _text(text.title, language),
        "text": _text(text.text, language),
        "sentence": _text(text.sentence, language),
        "hash": one.warning_hash,
        "seconds": documents.terms.warning_seconds,
        "risk_points": list(points.get(language) or points["zh-CN"]),
        "cooling_hours": documents.terms.cooling_hours if one.special else 0,
        "questions": questions(documents.high_risk.questions, language) if one.special else [],
    }


def assessment(one: Assessment) -> dict[str, Any]:
    """An attempt with its outcome."""
    return {
        "id": one.id, "client": one.client_id, "state": one.state.value, "score": one.score,
        "level": one.level.name if one.level else None, "lowest": one.lowest, "taken_at": to_ms(one.taken_at),
        "expires_at": to_ms(one.expires_at), "questionnaire": one.questionnaire_version,
        "bands": one.bands_version, "alert": one.alert, "record": one.record_id,
    }  # fmt: skip


def category(one: InvestorCategory) -> dict[str, Any]:
    """A conversion."""
    return {
        "id": one.id, "client": one.client_id, "state": one.state.value, "basis": one.basis, "score": one.score,
        "evidence": one.evidence, "answer": one.answer, "applied_at": to_ms(one.applied_at),
        "decided_at": _ms(one.decided_at), "valid_until": _ms(one.valid_until),
    }  # fmt: skip


def proofs(found: Sequence[Proof]) -> list[dict[str, Any]]:
    """What was handed in with an application."""
    return [{"id": one.id, "name": one.name, "type": one.type, "size": one.size} for one in found]


def decision(one: MatchDecision) -> dict[str, Any]:
    """A decision with its inputs and versions."""
    return {
        "id": one.id, "client": one.client_id, "product": one.product_id, "version": one.product_version,
        "path": one.path.value, "allowed": one.allowed, "reason": one.reason, "inputs": one.inputs,
        "versions": one.versions, "actor": one.actor_id, "conversation": one.conversation_id,
        "reference": one.reference, "at": to_ms(one.at), "record": one.record_id,
    }  # fmt: skip


def document(one: Document) -> dict[str, Any]:
    """A document's version."""
    return {
        "kind": one.kind.value, "version": one.version, "state": one.state.value, "content": one.content,
        "effective_from": one.effective_from, "author": one.author_id, "approver": one.approver_id,
        "note": one.note, "created_at": to_ms(one.created_at), "record": one.record_id,
    }  # fmt: skip


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("zh-CN") or ""


def _ms(at: Any) -> int | None:
    return to_ms(at) if at else None
