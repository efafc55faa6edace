"""Conversations themselves, who has got how far in them, files, and the installation's limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from visavis.conversations.types.entries import Stream
from visavis.conversations.types.events import GOES_ON
from visavis.kernel.auth import Actor, Environment

# (conversation, sender, client key): under it something is kept once.
RetryKey = tuple[UUID, UUID, UUID]


class State(StrEnum):
    """Whether a conversation goes on."""

    OPEN = "open"
    CLOSED = "closed"


class Partner(StrEnum):
    """Who answers the client: the assistant, or a person."""

    ASSISTANT = "assistant"
    PERSON = "person"


class Conversation(msgspec.Struct, frozen=True):
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


class Tail(msgspec.Struct):
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
            one.id, one.shared_no, one.internal_no, one.last_at, one.last_text, one.last_sender,
            one.waiting_since,
        )  # fmt: skip

    def goes_on(self, at: datetime, sender: UUID) -> bool:
        """Whether a message at `at` follows the same person's last one within `GOES_ON`."""
        return self.last_sender == sender and at - self.last_at < GOES_ON

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
    """A line of somebody's list: others' unread messages up to 100, its place, and until when it is or was aside."""

    conversation: Conversation
    unread: int
    at: datetime
    until: datetime | None = None
