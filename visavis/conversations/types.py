"""The words of conversations: streams, entries, drafts, outcomes, events, refusals.

`Draft`, `Entry` and `Outcome` are msgspec structs: as frozen as dataclasses, and several times cheaper on the hot path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from visavis.kernel.auth import Actor, Environment
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event

Body = Mapping[str, Any]


class Stream(IntEnum):
    """What both sides see, and what only the firm sees; each numbered from 1 without a gap."""

    SHARED = 0
    INTERNAL = 1

    @property
    def word(self) -> str:
        """The stream's name on the wire."""
        return self.name.lower()


class Kind(StrEnum):
    """What an entry is."""

    MESSAGE = "message"
    EDIT = "edit"
    RECALL = "recall"
    SYSTEM = "system"
    NOTE = "note"
    VERDICT = "verdict"
    TRANSFER = "transfer"
    SUMMARY = "summary"


class Keep(StrEnum):
    """How an entry is kept: visible, waiting for a supervisor, or never to be shown to the other side."""

    KEPT = "kept"
    HELD = "held"
    BLOCKED = "blocked"


class State(StrEnum):
    """Whether a conversation goes on."""

    OPEN = "open"
    CLOSED = "closed"


class Partner(StrEnum):
    """Who answers the client: the assistant, or a person."""

    ASSISTANT = "assistant"
    PERSON = "person"


class Card(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A page or a knowledge entry inside a message; `excerpt` is the entry's own wording."""

    kind: str
    title: str
    url: str = ""
    entry: UUID | None = None
    version: int = 0
    excerpt: str = ""


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An uploaded file as a message shows it; sizes in bytes and pixels."""

    id: UUID
    name: str = ""
    type: str = ""
    size: int = 0
    width: int = 0
    height: int = 0


class Citation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The knowledge entry behind the mark [n] in the assistant's text."""

    n: int
    entry: UUID
    version: int
    title: str
    reviewed: str = ""


class MessageBody(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a message, an edit or a note carries: at least one of text, cards and attachments."""

    text: str = ""
    cards: tuple[Card, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    citations: tuple[Citation, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """Something that `actor` wants to enter; `body` as on the wire, `of_id` names the message of an edit or recall.

    The retry key is optional for the platform's own lines, which are written once, in the transaction of their cause.
    """

    actor: Actor
    conversation_id: UUID
    stream: Stream
    kind: Kind
    body: Body
    client_key: UUID | None = None
    of_id: UUID | None = None


class Entry(msgspec.Struct, frozen=True):
    """One numbered entry of a stream; `verdict` is supervision's, as on the wire, or None."""

    id: UUID
    conversation_id: UUID
    stream: Stream
    no: int
    kind: Kind
    sender_id: UUID
    at: datetime
    body: Body
    state: Keep
    record_id: UUID
    client_key: UUID | None = None
    of_id: UUID | None = None
    verdict: Mapping[str, Any] | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What became of a draft; `again` says that an earlier identical call had already kept it."""

    entry: Entry
    verdict: Mapping[str, Any] | None = None
    again: bool = False


@dataclass(frozen=True)
class Conversation:
    """One thread between a client and whoever answers for the firm, with the last number of each stream."""

    id: UUID
    client_id: UUID
    environment: Environment
    state: State
    partner: Partner
    handler_id: UUID | None
    topic: str
    language: str
    context: Mapping[str, Any]
    shared_no: int
    internal_no: int
    last_at: datetime
    last_text: str
    last_sender: UUID | None
    waiting_since: datetime | None
    created_at: datetime
    closed_at: datetime | None
    rating: int | None


@dataclass(slots=True)
class Tail:
    """The moving end of a conversation while a batch is being numbered."""

    id: UUID
    shared_no: int
    internal_no: int
    last_at: datetime
    last_text: str
    last_sender: UUID | None
    waiting_since: datetime | None

    @classmethod
    def of(cls, one: Conversation) -> "Tail":
        """Where the conversation ends now."""
        return cls(
            one.id,
            one.shared_no,
            one.internal_no,
            one.last_at,
            one.last_text,
            one.last_sender,
            one.waiting_since,
        )

    def take(self, stream: Stream) -> int:
        """The next number of `stream`."""
        if stream is Stream.SHARED:
            self.shared_no += 1
            return self.shared_no
        self.internal_no += 1
        return self.internal_no

    def said(self, at: datetime, text: str, sender: UUID, by: str) -> None:
        """Note a visible message: the client waits from his first unanswered word until staff speak."""
        self.last_at, self.last_text, self.last_sender = at, text[:120], sender
        if by == "client":
            self.waiting_since = self.waiting_since or at
        elif by == "staff":
            self.waiting_since = None


@dataclass(frozen=True)
class Receipt:
    """How far one person has got in the shared stream."""

    person_id: UUID
    delivered_no: int
    read_no: int


@dataclass(frozen=True)
class Kept:
    """An uploaded file as it is kept: what is served, and where the sealed original lies, below the data folder."""

    id: UUID
    conversation_id: UUID
    uploader_id: UUID
    entry_id: UUID | None
    name: str
    type: str
    size: int
    width: int
    height: int
    served_path: str
    original_path: str
    original_digest: bytes
    record_id: UUID


@dataclass(frozen=True)
class Mark:
    """Somebody's word that everything up to `delivered` has arrived and up to `read` has been seen."""

    actor: Actor
    conversation_id: UUID
    delivered: int = 0
    read: int = 0


@dataclass(frozen=True)
class Listed:
    """A line of somebody's list; `unread` counts others' messages and stops at 100."""

    conversation: Conversation
    unread: int


@dataclass(frozen=True)
class Limits:
    """The installation's limits on what may be said; installed once by the composition root."""

    characters: int = 8000
    edit_minutes: float = 15
    notice_version: str = ""
    file_bytes: int = 10_000_000
    image_pixels: int = 40_000_000
    pdf_pages: int = 200
    folder: Path = Path()


@dataclass(frozen=True)
class MessagePosted(Event):
    """A message became visible to both sides; `by` is client, staff or assistant."""

    conversation_id: UUID
    entry_id: UUID
    no: int
    sender_id: UUID
    by: str
    partner: str


@dataclass(frozen=True)
class MessageHeld(Event):
    """A message waits for a supervisor."""

    conversation_id: UUID
    entry_id: UUID


@dataclass(frozen=True)
class ConversationOpened(Event):
    """A client has begun a conversation."""

    conversation_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class ConversationClosed(Event):
    """A conversation has ended; `handler_id` is who had it at the end."""

    conversation_id: UUID
    handler_id: UUID | None = None


@dataclass(frozen=True)
class ConversationRated(Event):
    """The client has rated a closed conversation, 1 to 5 stars."""

    conversation_id: UUID
    stars: int


@dataclass(frozen=True)
class ConversationTransferred(Event):
    """Another member of staff answers from now on."""

    conversation_id: UUID
    from_id: UUID
    to_id: UUID


class ClientKeyReused(Refusal):
    """The same retry key came with another content; the first content stands."""

    code = "client_key_reused"
    status = 409


class NoticeRequired(Refusal):
    """The recording notice must be acknowledged before the first word (Cybersecurity and PI law duty of notice)."""

    code = "notice_required"
    status = 403


class IsClosed(Refusal):
    """The conversation has ended; a new one can be opened."""

    code = "conversation_closed"
    status = 409


class NotHandler(Refusal):
    """Somebody else answers in this conversation."""

    code = "not_handler"
    status = 403


class TooLong(Refusal):
    """The text is longer than `limit` characters."""

    code = "message_too_long"
    status = 422


class TooLate(Refusal):
    """The time in which an own message may be edited or recalled has passed; `minutes` is that time."""

    code = "too_late_to_change"
    status = 409


class AlreadyRecalled(Refusal):
    """The message has been withdrawn before."""

    code = "already_recalled"
    status = 409


class AlreadyRated(Refusal):
    """The client has rated this conversation before."""

    code = "already_rated"
    status = 409


class NotClosed(Refusal):
    """Only a closed conversation can be rated."""

    code = "conversation_not_closed"
    status = 409


class PurposeRequired(Refusal):
    """A supervisor's look needs a purpose of at least 4 characters; it goes on record."""

    code = "purpose_required"
    status = 422


class AlreadyDecided(Refusal):
    """The held message was released or refused before."""

    code = "already_decided"
    status = 409


class UnfitFile(Refusal):
    """The file cannot be taken; `reason` names what is wrong with it."""

    code = "unfit_file"
    status = 422


class FileTooLarge(Refusal):
    """The file exceeds `limit` bytes, pixels or pages."""

    code = "file_too_large"
    status = 413


class TransferImpossible(Refusal):
    """The colleague cannot take over; `reason` names the failed condition."""

    code = "transfer_impossible"
    status = 409
