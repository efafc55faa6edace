"""What is entered: streams, bodies, drafts, entries, outcomes.

`Draft`, `Entry` and `Outcome` are msgspec structs: as frozen as dataclasses, and several times cheaper on the hot path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import msgspec

from visavis.kernel.auth import Actor

Body = Mapping[str, Any]


class Stream(IntEnum):
    """What both sides see, and what only the firm sees; each numbered from 1 without a gap."""

    SHARED = 0
    INTERNAL = 1

    @property
    def word(self) -> str:
        """The stream's name on the wire."""
        return "internal" if self else "shared"


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


class Card(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A page, a knowledge entry or a product inside a message; `excerpt` is the entry's own wording.

    A product's name, version, risk level and risk points come from the register; `view` is the sender's own.
    """

    kind: str
    title: str
    url: str = ""
    entry: UUID | None = None
    version: int = 0
    excerpt: str = ""
    product: UUID | None = None
    risk: str = ""
    view: str = ""


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
    cards: list[Card] = []
    attachments: list[Attachment] = []
    citations: list[Citation] = []


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
class Receipt:
    """How far one person has got in the shared stream."""

    person_id: UUID
    delivered_no: int
    read_no: int
