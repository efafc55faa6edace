"""Conversations as JSON: headers, lines of lists, cursors."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.conversations.api import finding, reading
from visavis.conversations.types import Conversation, Listed
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed
from visavis.kernel.http import Edge


async def present_header(tx: Tx, edge: Edge, conversation: UUID) -> Mapping[str, Any]:
    """The header as JSON."""
    found = await reading.header(tx, edge.who, conversation)
    one, tie = found.conversation, found.connection
    me = edge.settings
    people = await finding.names(tx, {one.client_id, *([one.handler_id] if one.handler_id else [])})
    return {
        "id": one.id,
        "state": one.state.value,
        "with": one.partner.value,
        "topic": one.topic or None,
        "language": one.language,
        "environment": one.environment.value,
        "firm": {"name": me.firm_name, "name_en": me.firm_name_en},
        "client": named(found.client, found.level),
        "handler": found.handler,
        "people": list(people.values()),
        "connection": {
            "id": tie.id,
            "state": tie.state.value,
            "basis": tie.basis,
            "established_at": clock.to_ms(tie.established_at) if tie.established_at else None,
        }
        if tie
        else None,
        "context": one.context or None,
        "shared": one.shared_no,
        "internal": one.internal_no if edge.who.is_staff else 0,
        "receipts": [
            {"person": mark.person_id, "delivered": mark.delivered_no, "read": mark.read_no}
            for mark in found.receipts
        ],
        "may": found.may,
        "reason": found.reason,
        "opened_at": clock.to_ms(one.created_at),
        "closed_at": clock.to_ms(one.closed_at) if one.closed_at else None,
        "rating": one.rating,
    }


def line_of(one: Listed, clients: Mapping[UUID, Any], levels: Mapping[UUID, str]) -> dict[str, Any]:
    """A line of somebody's list."""
    talk = one.conversation
    return {
        "id": talk.id,
        "client": named(clients[talk.client_id], levels.get(talk.client_id)),
        "last": {
            "text": talk.last_text,
            "at": clock.to_ms(talk.last_at),
            "sender": talk.last_sender,
        }
        if talk.last_sender
        else None,
        "unread": one.unread,
        "later_until": clock.to_ms(one.until) if one.until else None,
        "waiting_since": clock.to_ms(talk.waiting_since) if talk.waiting_since else None,
        "shared": talk.shared_no,
        "internal": talk.internal_no,
        "state": talk.state.value,
        "with": talk.partner.value,
        "topic": talk.topic or None,
        "handler": talk.handler_id,
        "connection_state": "active" if talk.handler_id else None,
    }


def named(client: Any, level: str | None = None) -> dict[str, Any]:
    """A client as lists name him, with his level where it is known there."""
    return {
        "id": client.id, "name": client.name, "name_en": client.name_en, "level": level,
        "environment": client.environment.value,
    }  # fmt: skip


def presence_of(gateway: Any, person_id: UUID) -> str:
    """Whether somebody has a page open at this process."""
    return "online" if gateway is not None and gateway.sockets.get(person_id) else "off"


def cursor_of(one: Conversation, at: datetime | None = None) -> str:
    """The cursor of whatever follows `one` in a list by time; `at` is its place where that is not its last word's."""
    place = clock.to_us(at or one.last_at)
    return base64.urlsafe_b64encode(f"{place} {one.id}".encode()).decode()


def cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """What a cursor names; raises `Malformed`."""
    if not text:
        return None
    try:
        us, _, last = base64.urlsafe_b64decode(text).decode().partition(" ")
        return clock.from_us(int(us)), UUID(last)
    except (binascii.Error, ValueError, OverflowError):
        raise Malformed(field="after", reason="not a cursor") from None
