"""What connections look like on the wire."""

from typing import Any
from uuid import UUID

import msgspec
from fastapi import Request

from visavis.connections import api
from visavis.connections.types import Connection, PersonCard
from visavis.kernel.clock import to_ms
from visavis.kernel.errors import Refusal


def connection(one: Connection) -> dict[str, Any]:
    """A connection on the wire."""
    return {
        "id": one.id,
        "client_id": one.client_id,
        "staff_id": one.staff_id,
        "state": one.state,
        "tie": one.tie,
        "basis": one.basis,
        "reason": one.reason,
        "met": one.met,
        "contacts": one.contacts,
        "assigned_at": to_ms(one.assigned_at),
        "established_at": to_ms(one.established_at) if one.established_at else None,
        "dissolved_at": to_ms(one.dissolved_at) if one.dissolved_at else None,
        "last_contact_at": to_ms(one.last_contact_at) if one.last_contact_at else None,
        "successor_of": one.successor_of,
        "environment": one.environment,
    }


def person(page: api.Listing, person_id: UUID, level: str | None = None) -> dict[str, Any]:
    """A person's name on the wire; a client's level where it counts and its reader may know it."""
    one = page.people[person_id]
    return {
        "id": one.id, "name": one.name, "name_en": one.name_en, "environment": one.environment,
        "language": one.language, "level": level,
    }  # fmt: skip


def refusal(request: Request, language: str, one: Refusal | None) -> dict[str, Any] | None:
    """Why something cannot be done now, as it would be refused."""
    if one is None:
        return None
    text = request.app.state.catalogue.text(one.code, language, one.params)
    return {"error": one.code, "detail": text, "params": one.params}


def card(card: PersonCard) -> dict[str, Any]:
    """What a client may know of a member of staff, on the wire."""
    return dict(msgspec.to_builtins(card))
