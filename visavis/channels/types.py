"""The words of channels: reasons, notices, subscriptions, greetings; refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.conversations.types import Plan
from visavis.kernel.errors import Refusal


class Channel(StrEnum):
    """By which way a notice leaves the house."""

    WEB_PUSH = "web_push"
    WEBHOOK = "webhook"


class NoticeReason(StrEnum):
    """Why somebody is told."""

    MESSAGE = "message"
    OFFER = "offer"
    CONNECTION = "connection"
    SLOT = "slot"
    DUTY = "duty"
    CAPTURE = "capture"
    REVIEW = "review"


class NoticeState(StrEnum):
    """What became of a notice; `skipped` was not wanted any more when its turn came."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Subscription:
    """One browser that agreed to be pushed to (W3C Push API); keys are base64url without padding."""

    id: UUID
    person_id: UUID
    endpoint: str
    p256dh: str
    auth: str
    device: str
    created_at: datetime


@dataclass(frozen=True)
class Wake:
    """The wish to tell somebody at `due_at`, unless he has seen it by then; `no` is the number he should have."""

    id: UUID
    person_id: UUID
    reason: NoticeReason
    object_id: UUID
    no: int
    sender_id: UUID | None
    due_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Notice:
    """One notice by one channel; `payload` holds reason, ids and public names, never the text of a message."""

    id: UUID
    person_id: UUID
    channel: Channel
    reason: NoticeReason
    object_id: UUID | None
    state: NoticeState
    attempts: int
    detail: str
    created_at: datetime
    ended_at: datetime | None
    subscription_id: UUID | None = None
    expires_at: datetime | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


class Fate(StrEnum):
    """How one attempt went."""

    SENT = "sent"
    AGAIN = "again"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True)
class Attempt:
    """The result of one attempt: its fate, what the other side said, and how long it asks us to wait."""

    fate: Fate
    detail: str
    retry_after_s: float = 0


@dataclass(frozen=True)
class Greeting:
    """An approved first word in one language; `{client}`, `{advisor}`, `{firm}` and `{code}` are filled in."""

    id: str
    version: int
    approved_on: str
    title: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True)
class QueuedGreeting:
    """A greeting that waits for `send_at`; `reason` is the code of what it waits for, or of what refused it."""

    id: UUID
    client_id: UUID
    staff_id: UUID
    template: str
    version: int
    send_at: datetime
    state: Plan
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class UnfitEndpoint(Refusal):
    """A push endpoint must be a public https address on the usual port, and its keys those of a browser."""

    code = "unfit_push_endpoint"
    status = 422


class PushIsOff(Refusal):
    """The operator has switched Web Push off."""

    code = "push_is_off"
    status = 409
