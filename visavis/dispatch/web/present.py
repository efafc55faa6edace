"""What dispatch looks like on the wire: requests to clients, offers to advisors, decisions to whoever may read them."""

from datetime import datetime, time
from typing import Any

from visavis.dispatch import api
from visavis.dispatch.types import (
    LIVE_STATES,
    CalendarDay,
    Card,
    Colleague,
    Decision,
    Explained,
    Home,
    Mode,
    OfferState,
    OfferView,
    Opening,
    Presence,
    Request,
    Slot,
    State,
    Status,
)
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.http import Catalogue


async def home(
    tx: Tx, found: Home, actor: Actor, language: str, notice: dict[str, Any]
) -> dict[str, Any]:
    """The client's first page."""
    return {
        "advisor": card(found.advisor, language) if found.advisor else None,
        "successor_of": {"name": card(found.before, language)["name"]} if found.before else None,
        "connection": None
        if found.connection_id is None
        else {
            "id": found.connection_id,
            "state": found.connection_state,
            "since": _ms(found.since),
        },
        "notice": {**notice, "acknowledged_at": _ms(found.noticed_at)},
        "conversation": found.conversation_id,
        "request": await request(tx, found.request, language) if found.request else None,
        "hours": {
            "open": found.opened.now,
            "opens_at": _ms(found.opened.next_at),
            "slots": [slot(one) for one in found.slots],
        },
        "visitor": actor.has(Role.VISITOR),
        "handover": found.handover,
        "breach": {
            "conversation": found.breach.conversation_id,
            "at": clock.to_ms(found.breach.at),
        }
        if found.breach
        else None,
    }


def _ms(at: datetime | None) -> int | None:
    return clock.to_ms(at) if at else None


async def request(tx: Tx, one: Request, language: str) -> dict[str, Any]:
    """A request as its client sees it. A message that was left stays one for him until somebody takes it."""
    stands = await api.queue(tx, one)
    left = one.patient and one.slot_at is None and one.state in LIVE_STATES
    people = await api.cards(tx, [one.advisor_id]) if one.advisor_id else {}
    advisor = people.get(one.advisor_id) if one.advisor_id else None
    return {
        "id": one.id,
        "version": one.version,
        "conversation": one.conversation_id,
        "state": State.MESSAGE_LEFT if left else one.state,
        "stage": one.stage.name.lower(),
        "topic": one.topic,
        "capability": one.capability,
        "wait": one.wait_for,
        "position": None if left else stands.position,
        "estimate": {"seconds": stands.estimate.seconds, "count": stands.estimate.count},
        "opened_at": clock.to_ms(one.opened_at),
        "advisor": card(advisor, language) if advisor else None,
        "choices": [choice for choice in stands.choices if not left or choice == "cancel"],
        "slots": stands.slots and not left,
        "stranded": stands.stranded and not left,
        "slot_at": clock.to_ms(one.slot_at) if one.slot_at else None,
    }


def card(found: Card, language: str) -> dict[str, Any]:
    """One person card: firm, name, role, registration code and where to verify it (LIC-03)."""
    one, english = found.person, language == "en"
    return {
        "id": one.id,
        "name": (one.name_en if english else "") or one.name,
        "role": one.role,
        "code": one.code,
        "firm": one.firm_en if english else one.firm,
        "branch": (one.branch_en if english else "") or one.branch,
        "photo": one.photo,
        "verify_url": one.verify_url,
        "usual_reply_s": one.usual_reply_s,
        "presence": found.presence if one.active else Status.OFF,
    }


def offer(one: OfferView) -> dict[str, Any]:
    """An offer or a pooled request; a pooled one has no end."""
    return {
        "id": one.id,
        "request": one.request_id,
        "conversation": one.conversation_id,
        "topic": one.topic,
        "language": one.language,
        "capability": one.capability,
        "environment": one.environment,
        "waiting_since": clock.to_ms(one.waiting_since),
        "why": one.why,
        "own_client": one.client_id is not None,
        "client": {"id": one.client_id, "name": one.client_name, "name_en": one.client_name_en}
        if one.client_id
        else None,
        "excerpt": one.excerpt or None,
        "rank": one.rank,
        "of": one.of,
        "issued_at": clock.to_ms(one.issued_at),
        "expires_at": clock.to_ms(one.expires_at) if one.expires_at else None,
        "pooled": one.pooled,
    }


def standing(one: OfferView) -> bool:
    """Whether the offer can still be accepted."""
    return one.state is OfferState.LIVE and (one.expires_at is None or one.expires_at > clock.now())


def presence(one: Presence) -> dict[str, Any]:
    """A presence."""
    return {"status": one.status, "capacity": one.capacity, "used": one.used, "away": one.away}


def decision(one: Explained) -> dict[str, Any]:
    """A decision as it was kept; names only where the reader may know them."""
    kept = one.decision
    found: dict[str, Any] = {
        "id": kept.id,
        "request": kept.request_id,
        "at": clock.to_ms(kept.at),
        "stage": kept.stage.name.lower(),
        "mode": kept.mode,
        "chosen": kept.chosen,
        "policy_version": kept.policy_version,
        "candidates": _candidates(kept, one),
        "people": {str(key): name for key, name in one.names.items()},
    }
    if one.state:
        found |= {"topic": one.topic, "capability": one.capability, "state": one.state}
    return found


def _candidates(kept: Decision, one: Explained) -> list[dict[str, Any]]:
    return [
        {
            "staff": each.staff_id,
            "name": one.names.get(each.staff_id),
            "name_en": one.names_en.get(each.staff_id) or None,
            "score": each.score if each.refused is None else None,
            "parts": each.parts,
            "chosen": each.staff_id in kept.chosen
            or (kept.mode is Mode.GRAB and each.refused is None),
            "refused": {"constraint": each.refused, "detail": each.detail}
            if each.refused
            else None,
        }
        for each in kept.candidates
    ]


def colleague(one: Colleague, language: str, catalogue: Catalogue) -> dict[str, Any]:
    """A colleague who could take over, or in words why not."""
    english = language == "en"
    return {
        "id": one.staff_id,
        "name": (one.name_en if english else "") or one.name,
        "branch": (one.branch_name_en if english else "") or one.branch_name,
        "presence": one.presence.status,
        "free": one.free,
        "refused": catalogue.text(f"constraint_{one.refused}", language) if one.refused else None,
    }


def slot(one: Slot) -> dict[str, Any]:
    """A bookable time."""
    return {"starts_at": clock.to_ms(one.starts_at), "free": one.free > 0, "left": one.free}


def week(found: tuple[Opening, ...]) -> list[dict[str, Any]]:
    """Opening hours, local time; a day ends at 24:00."""
    return [
        {
            "weekday": one.weekday,
            "opens": f"{one.opens:%H:%M}",
            "closes": "24:00" if one.closes == time.min else f"{one.closes:%H:%M}",
        }
        for one in found
    ]


def day(one: CalendarDay) -> dict[str, Any]:
    """An exceptional day."""
    return {"day": one.day, "trading": one.trading, "working": one.working, "note": one.note}


def world(name: str) -> Environment:
    """The environment of this name."""
    return Environment(name)
