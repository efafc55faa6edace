"""What the routes of knowledge answer with: rows of a list, and whole entries by reader."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from visavis.kernel.auth import Actor
from visavis.kernel.clock import to_ms
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.knowledge import api
from visavis.knowledge.types import Entry, Text, Version, VersionState


class Writer(Protocol):
    """Whoever wrote or approved a version."""

    @property
    def name(self) -> str:
        """In Chinese."""

    @property
    def name_en(self) -> str:
        """In English, empty where there is none."""


def row(one: Entry, language: str) -> dict[str, Any]:
    """An entry in a list: the version in force, else the newest."""
    head = _head(one)
    newest = one.versions[-1]
    text = _text(head, language)
    return {
        "id": str(one.id),
        "slug": one.slug,
        "topic": one.topic,
        "version": head.version,
        "state": "retired" if one.retired_at else head.state.value,
        "title": text.title,
        "question": text.question,
        "answer": text.answer,
        "languages": sorted(head.texts),
        "reviewed": head.approved_at.date().isoformat() if head.approved_at else None,
        "review_by": head.review_by.isoformat() if head.review_by else None,
        "pending": None
        if newest is head
        else {"version": newest.version, "state": newest.state.value},
    }


async def full(
    tx: Tx, actor: Actor, one: Entry, language: str, number: int | None = None
) -> dict[str, Any]:
    """An entry whole, at the version in force or at the one named; clients get the words and the date alone."""
    if number is None:
        version = _head(one)
    else:
        named = [each for each in one.versions if each.version == number]
        if not named:
            raise NotFound
        version = named[0]
    text = _text(version, language)
    shown = row(one, language) | {
        "version": version.version,
        "state": "retired" if one.retired_at else version.state.value,
        "title": text.title,
        "question": text.question,
        "similar": list(text.similar),
        "answer": text.answer,
        "source": version.source,
        "reviewed": version.approved_at.date().isoformat() if version.approved_at else None,
    }
    if not actor.is_staff:
        return {
            key: shown[key]
            for key in ("id", "version", "state", "title", "answer", "reviewed", "topic")
        }
    people = await api.writers(tx, one)
    return shown | {
        "content": {key: _plain(each) for key, each in version.texts.items()},
        "versions": [_step(each, people) for each in reversed(one.versions)],
        "may": api.steps(actor, one),
    }


def _head(one: Entry) -> Version:
    """The version in force, else the newest there is."""
    current = [each for each in one.versions if each.state is VersionState.APPROVED]
    return (current or one.versions)[-1]


def _text(version: Version, language: str) -> Text:
    return version.texts.get(language) or next(iter(version.texts.values()))


def _plain(text: Text) -> dict[str, Any]:
    return {
        "title": text.title,
        "question": text.question,
        "similar": list(text.similar),
        "answer": text.answer,
    }


def _step(version: Version, people: Mapping[UUID, Writer]) -> dict[str, Any]:
    return {
        "version": version.version,
        "state": version.state.value,
        "author": _writer(version.author_id, people),
        "approver": _writer(version.approver_id, people) if version.approver_id else None,
        "note": version.note,
        "created_at": to_ms(version.created_at),
        "approved_at": to_ms(version.approved_at) if version.approved_at else None,
        "review_by": version.review_by.isoformat() if version.review_by else None,
    }


def _writer(person_id: UUID, people: Mapping[UUID, Writer]) -> dict[str, Any]:
    one = people.get(person_id)
    return {
        "id": str(person_id),
        "name": one.name if one else "",
        "name_en": one.name_en if one else None,
    }
