"""Decisions about conversations without I/O: what may be said by whom, what is storable, which words are searched."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import rjieba

from visavis.conversations.types import (
    AlreadyRecalled,
    Attachment,
    Body,
    Conversation,
    Draft,
    Entry,
    IsClosed,
    Keep,
    Kind,
    Limits,
    MessageBody,
    NotHandler,
    NoticeRequired,
    Partner,
    State,
    Stream,
    TooLate,
    TooLong,
)  # fmt: skip
from visavis.kernel.auth import SYSTEM_ID, Actor, Role
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Refusal

TEXTUAL = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.NOTE, Kind.SUMMARY})
JUDGED = frozenset({Kind.MESSAGE, Kind.EDIT})
CHANGES = frozenset({Kind.EDIT, Kind.RECALL})
SPOKEN = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.RECALL})
STAFF_ONLY = frozenset({Kind.NOTE, Kind.TRANSFER, Kind.VERDICT})
SEPARATOR = "\x1f"
WORDS = 4000
# A word is letters, digits or Han characters; what stands between is not searched.
_WORD = re.compile(r"[\w㐀-䶿一-鿿]+")
_CJK = re.compile(r"[㐀-䶿一-鿿]")


def by_of(actor: Actor) -> str:
    """Which side speaks: client, staff, assistant or system."""
    if actor.has(Role.CLIENT, Role.VISITOR):
        return "client"
    if actor.has(Role.ASSISTANT):
        return "assistant"
    return "system" if actor.has(Role.SYSTEM) else "staff"


def place(draft: Draft, conversation: Conversation | None) -> Refusal | None:
    """Whether this actor has a place in this conversation and this kind of entry is his to make."""
    if conversation is None:
        return NotFound()
    actor, kind, shared = draft.actor, draft.kind, draft.stream is Stream.SHARED
    if conversation.environment is not actor.environment:
        return NotFound()
    by = by_of(actor)
    if by == "system":
        return None
    if by == "client":
        if actor.person_id != conversation.client_id:
            return NotFound()
        return None if shared and kind in SPOKEN else Forbidden()
    if by == "assistant":
        fits = kind in SPOKEN if shared else kind is Kind.SUMMARY
        speaks = not shared or conversation.partner is Partner.ASSISTANT
        return None if fits and speaks else NotHandler()
    if kind is Kind.VERDICT:
        return None if actor.has(Role.SUPERVISOR) and not shared else Forbidden()
    if actor.person_id != conversation.handler_id:
        return NotHandler()
    return None if (kind in SPOKEN) == shared and kind is not Kind.SYSTEM else Forbidden()


def may_assign(actor: Actor, staff_id: UUID) -> bool:
    """Whether `actor` may put `staff_id` into a conversation or take him out: himself, the platform, administration."""
    return actor.person_id == staff_id or actor.has(Role.SYSTEM, Role.ADMINISTRATOR)


def may_close(actor: Actor, one: Conversation) -> bool:
    """Whether `actor` may end the conversation: the client, the handler, the platform."""
    mine = actor.person_id in (one.client_id, one.handler_id)
    return (mine and actor.environment is one.environment) or actor.has(Role.SYSTEM)


def same_world(actor: Actor, one: Conversation) -> bool:
    """Whether the conversation belongs to the actor's environment."""
    return actor.environment is one.environment


def may_do(actor: Actor, one: Conversation) -> dict[str, bool]:
    """What the actor's place in the conversation lets him do, apart from connection and licence."""
    goes_on = one.state is State.OPEN
    handles = actor.is_staff and actor.person_id == one.handler_id
    return {
        "send": goes_on and (handles or actor.person_id == one.client_id),
        "note": handles,
        "transfer": handles and goes_on,
        "close": goes_on and may_close(actor, one),
    }


def why_silent(one: Conversation) -> str:
    """The code of why the actor's place does not let him send."""
    return IsClosed.code if one.state is State.CLOSED else NotHandler.code


def role_word(kind: str) -> str:
    """The role under which somebody who is not staff is shown."""
    return "assistant" if kind == "machine" else "client"


def check_time(draft: Draft, conversation: Conversation, noticed: bool) -> None:
    """Whether now is a time to say this: the conversation goes on, and the client knows that it is recorded."""
    by = by_of(draft.actor)
    if by == "client" and not noticed:
        raise NoticeRequired
    if conversation.state is State.CLOSED and by != "system" and draft.stream is Stream.SHARED:
        raise IsClosed


def check_change(
    draft: Draft, target: tuple[Entry, bool] | None, at: datetime, limits: Limits
) -> None:
    """Whether an edit or recall still fits: an own message, not withdrawn, within the time for changes."""
    of, recalled = target or (None, False)
    if of is None or of.kind is not Kind.MESSAGE:
        raise NotFound
    if of.sender_id != draft.actor.person_id:
        raise Forbidden
    if recalled:
        raise AlreadyRecalled
    if at - of.at > timedelta(minutes=limits.edit_minutes):
        raise TooLate(minutes=limits.edit_minutes)


def tidy(draft: Draft, limits: Limits) -> Body:
    """The body as it is kept: known fields only, storable, within the limits; raises `Malformed` or `TooLong`."""
    if draft.kind is Kind.RECALL:
        return {}
    if draft.kind not in TEXTUAL:
        return draft.body
    try:
        body = msgspec.convert(draft.body, MessageBody)
    except msgspec.ValidationError as error:
        raise Malformed(field="body", reason=str(error)) from None
    if len(body.text) > limits.characters:
        raise TooLong(limit=limits.characters)
    if "\x00" in body.text:
        raise Malformed(field="body.text", reason="U+0000")
    if not (body.text.strip() or body.cards or body.attachments):
        raise Malformed(field="body", reason="empty")
    if len(body.cards) > 5 or len(body.attachments) > 9 or len(body.citations) > 20:
        raise Malformed(field="body", reason="too many parts")
    if body.citations and by_of(draft.actor) == "client":
        raise Malformed(field="body.citations", reason="not yours to make")
    for card in body.cards:
        _check_card(card.kind, card.url, card.title, card.excerpt)
    kept: Body = msgspec.to_builtins(body)
    return kept


def files_of(draft: Draft) -> list[tuple[UUID, UUID]]:
    """The files that a draft names, by (conversation, id); a malformed body names none."""
    try:
        return [
            (draft.conversation_id, UUID(str(one["id"])))
            for one in draft.body.get("attachments", ())
        ]
    except (TypeError, KeyError, ValueError, AttributeError):
        return []


def resolve(
    draft: Draft, body: Body, files: Mapping[tuple[UUID, UUID], tuple[UUID, Attachment]]
) -> Body:
    """The body with its attachments as they were uploaded here by the sender; raises `Malformed` for others."""
    if not body.get("attachments"):
        return body
    known = []
    for one in body["attachments"]:
        owner, file = files.get((draft.conversation_id, UUID(one["id"])), (None, None))
        if owner != draft.actor.person_id:
            raise Malformed(field="body.attachments", reason="not uploaded here by you")
        known.append(msgspec.to_builtins(file))
    return {**body, "attachments": known}


def _check_card(kind: str, url: str, title: str, excerpt: str) -> None:
    # Product cards belong to suitability: while nobody is assessed, none is accepted, whoever sends it.
    if kind not in ("page", "knowledge"):
        raise Malformed(field="body.cards.kind", reason="page or knowledge")
    if kind == "page" and not url.startswith(("https://", "http://")):
        raise Malformed(field="body.cards.url", reason="http or https")
    if not title or len(title) > 200 or len(url) > 2000 or len(excerpt) > 2000:
        raise Malformed(field="body.cards", reason="length")
    if "\x00" in title + url + excerpt:
        raise Malformed(field="body.cards", reason="U+0000")


def fingerprint(draft: Draft) -> bytes:
    """SHA-256 of what a retry must repeat: stream, kind, target and body as they were sent."""
    head = f"{draft.stream} {draft.kind} {draft.of_id or ''} ".encode()
    return hashlib.sha256(head + msgspec.json.encode(draft.body, order="deterministic")).digest()


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(rjieba.cut_for_search(text))


def words(text: str) -> list[str]:
    """The words under which a text is found: folded; Chinese cut into words and single characters."""
    found: set[str] = set()
    for run in _WORD.findall(text.casefold()):
        if _CJK.search(run):
            found.update(_cut(run))
            found.update(_CJK.findall(run))
        else:
            found.add(run[:100])
    return sorted(found)[:WORDS]


def searched(query: str) -> list[str]:
    """The words that a text must all hold to be found by `query`."""
    found: set[str] = set()
    for run in _WORD.findall(query.casefold()):
        found.update(rjieba.cut(run) if _CJK.search(run) else (run[:100],))
    return sorted(found)[:40]


def query_of(query: str) -> str:
    """A full-text query that asks for every word of `query`; empty where it holds none."""
    quoted = [word.replace("\\", "\\\\").replace("'", "''") for word in searched(query)]
    return " & ".join(f"'{word}'" for word in quoted)


def text_of(body: Mapping[str, Any]) -> str:
    """Everything in a body that can be read as text: words, names of files, titles and excerpts of cards."""
    parts = [str(body.get("text", ""))]
    parts += [
        f"{card.get('title', '')} {card.get('excerpt', '')}" for card in body.get("cards", ())
    ]
    parts += [str(file.get("name", "")) for file in body.get("attachments", ())]
    return " ".join(part for part in parts if part)


def changes(draft: Draft) -> bool:
    """Whether the draft changes an earlier message."""
    return draft.kind in CHANGES


def replaces(entry: Entry) -> bool:
    """Whether the entry's text stands for that of an earlier message from now on."""
    return entry.kind is Kind.EDIT and entry.state is Keep.KEPT


def keep_of(action: str) -> Keep:
    """How a message is kept after this action of supervision."""
    return {"hold": Keep.HELD, "block": Keep.BLOCKED}.get(action, Keep.KEPT)


def speaks(draft: Draft) -> bool:
    """Whether the draft is somebody's word to another: no line of the platform, no supervisor's decision."""
    return draft.actor.person_id != SYSTEM_ID and draft.kind is not Kind.VERDICT
