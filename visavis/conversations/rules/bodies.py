"""What a message may hold: known fields, storable text, files and cards as the platform knows them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from visavis.conversations.rules.rights import TEXTUAL, by_of
from visavis.conversations.types import (
    Attachment,
    Body,
    Card,
    Draft,
    Kind,
    Limits,
    MessageBody,
    Stream,
    TooLong,
)  # fmt: skip
from visavis.kernel.errors import Malformed

# A record holds at most 65,535 bytes; this leaves room for its header and a verdict.
BODY_BYTES = 48_000
# The most bytes that a character of JSON takes: an escape.
LONGEST = 6
EXCERPT = 400
_ordered = msgspec.json.Encoder(order="deterministic").encode

Files = Mapping[tuple[UUID, UUID], tuple[UUID, Attachment, str]]
# Approved (title, answer) of an entry's version, one per language.
Wordings = Mapping[tuple[UUID, int], Sequence[tuple[str, str]]]


def tidy(draft: Draft, limits: Limits) -> Body:
    """The body as it is kept: known fields only, storable, within the limits; raises `Malformed` or `TooLong`."""
    if draft.kind is Kind.RECALL:
        return {}
    if draft.kind not in TEXTUAL:
        return draft.body
    text = draft.body.get("text")
    if type(text) is str and len(draft.body) == 1 and len(text) * LONGEST < BODY_BYTES:
        body = MessageBody(text)
        _check_text(body, limits)
        return {"text": text}
    try:
        body = msgspec.convert(draft.body, MessageBody)
    except msgspec.ValidationError as error:
        raise Malformed(field="body", reason=str(error)) from None
    _check_text(body, limits)
    if len(body.cards) > 5 or len(body.attachments) > 9 or len(body.citations) > 20:
        raise Malformed(field="body", reason="too many parts")
    if body.citations and by_of(draft.actor) == "client":
        raise Malformed(field="body.citations", reason="not yours to make")
    for card in body.cards:
        _check_card(card)
    if len(msgspec.json.encode(body)) > BODY_BYTES:
        raise TooLong(limit=limits.characters)
    kept: Body = msgspec.to_builtins(body)
    return kept


def _check_text(body: MessageBody, limits: Limits) -> None:
    if len(body.text) > limits.characters:
        raise TooLong(limit=limits.characters)
    if "\x00" in body.text:
        raise Malformed(field="body.text", reason="U+0000")
    if not (body.text.strip() or body.cards or body.attachments):
        raise Malformed(field="body", reason="empty")


def files_of(draft: Draft) -> list[tuple[UUID, UUID]]:
    """The files that a draft names, by (conversation, id); a malformed body names none."""
    try:
        named = draft.body.get("attachments")
        return [(draft.conversation_id, UUID(str(one["id"]))) for one in named] if named else []
    except (TypeError, KeyError, ValueError, AttributeError):
        return []


def knowledge_cards(drafts: Iterable[Draft]) -> set[UUID]:
    """The knowledge entries that cards of these drafts name; a malformed body names none."""
    named: set[UUID] = set()
    for draft in drafts:
        cards = draft.body.get("cards")
        for card in cards if isinstance(cards, Sequence) else ():
            if isinstance(card, Mapping) and card.get("kind") == "knowledge":
                with suppress(ValueError):
                    named.add(UUID(str(card.get("entry"))))
    return named


def resolve(draft: Draft, body: Body, files: Files, wordings: Wordings) -> Body:
    """The body with files as they were uploaded here by the sender, and knowledge in its approved wording.

    Raises `Malformed` for a file or an entry that is not what it claims to be.
    """
    if "attachments" not in body and "cards" not in body:
        return body
    resolved = dict(body)
    if body.get("attachments"):
        resolved["attachments"] = [_file(draft, one, files) for one in body["attachments"]]
    if body.get("cards"):
        resolved["cards"] = [_card(one, wordings) for one in body["cards"]]
    return resolved


def _file(draft: Draft, one: Mapping[str, Any], files: Files) -> Mapping[str, Any]:
    owner, file, _ = files.get((draft.conversation_id, UUID(one["id"])), (None, None, ""))
    if owner != draft.actor.person_id:
        raise Malformed(field="body.attachments", reason="not uploaded here by you")
    known: Mapping[str, Any] = msgspec.to_builtins(file)
    return known


def _card(card: Mapping[str, Any], wordings: Wordings) -> Mapping[str, Any]:
    if card["kind"] != "knowledge":
        return card
    approved = wordings.get((UUID(card["entry"]), card.get("version", 0)))
    if not approved:
        raise Malformed(field="body.cards", reason="no such approved entry")
    title, answer = next((one for one in approved if one[0] == card["title"]), approved[0])
    return {**card, "title": title, "excerpt": answer[:EXCERPT]}


def _check_card(card: Card) -> None:
    if card.kind not in ("page", "knowledge", "product"):
        raise Malformed(field="body.cards.kind", reason="page, knowledge or product")
    if (card.kind == "product") != (card.product is not None) or (card.view and not card.product):
        raise Malformed(field="body.cards.product", reason="a product card names its product")
    if card.kind == "page" and not card.url.startswith(("https://", "http://")):
        raise Malformed(field="body.cards.url", reason="http or https")
    if card.kind == "knowledge" and card.entry is None:
        raise Malformed(field="body.cards.entry", reason="missing")
    longest = max(len(card.url), len(card.excerpt), len(card.view))
    if not card.title or len(card.title) > 200 or longest > 2000:
        raise Malformed(field="body.cards", reason="card")
    if "\x00" in card.title + card.url + card.excerpt + card.view:
        raise Malformed(field="body.cards", reason="U+0000")


def fingerprint(draft: Draft) -> bytes:
    """SHA-256 of what a retry must repeat: stream, kind, target and body as they were sent."""
    of = str(draft.of_id).encode() if draft.of_id else b""
    sent = b"%b%b %b" % (_head(draft.stream, draft.kind), of, _ordered(draft.body))
    return hashlib.sha256(sent).digest()


@lru_cache(maxsize=64)
def _head(stream: Stream, kind: Kind) -> bytes:
    return f"{stream} {kind} ".encode()


def text_of(body: Mapping[str, Any]) -> str:
    """Everything in a body that can be read as text: words, names of files, titles and excerpts of cards."""
    if len(body) == 1 and "text" in body:
        return str(body["text"])
    parts = [str(body.get("text", ""))]
    parts += [
        f"{card.get('title', '')} {card.get('excerpt', '')} {card.get('view', '')}".rstrip()
        for card in body.get("cards", ())
    ]
    parts += [str(file.get("name", "")) for file in body.get("attachments", ())]
    return " ".join(part for part in parts if part)
