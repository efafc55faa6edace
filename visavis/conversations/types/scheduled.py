"""What a member of staff has written to be sent later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.conversations.types.entries import Body
from visavis.kernel.errors import Refusal


class Plan(StrEnum):
    """What has become of it: `refused` at its moment, `stopped` when its author's right to speak ended."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Scheduled:
    """A message for later; `reason` is a refusal's code (with its `params`), or `held` or `blocked`."""

    id: UUID
    conversation_id: UUID
    client_id: UUID
    staff_id: UUID
    body: Body
    send_at: datetime
    state: Plan
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class AlreadyGone(Refusal):
    """The message has been sent, stopped or withdrawn; it can be changed no more."""

    code = "scheduled_gone"
    status = 409
