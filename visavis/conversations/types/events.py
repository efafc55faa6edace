"""What happens in conversations, for the contexts above."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from visavis.kernel.events import Event

# Messages that one person says in a row are told to the contexts above in spans of this length.
GOES_ON = timedelta(seconds=30)


@dataclass(frozen=True)
class MessagePosted(Event):
    """A message became visible to both sides; `by` is client, staff or assistant.

    With a `count` above 1 it is the last of so many that one person said in a row (`rules.monologues`).
    """

    conversation_id: UUID
    entry_id: UUID
    no: int
    sender_id: UUID
    by: str
    partner: str
    count: int = 1


@dataclass(frozen=True)
class MessageHeld(Event):
    """A message waits for a supervisor."""

    conversation_id: UUID
    entry_id: UUID


@dataclass(frozen=True)
class MessageFlagged(Event):
    """The verdict on a message names a policy; `by` is client, staff or assistant, `action` what became of it."""

    conversation_id: UUID
    entry_id: UUID
    by: str
    action: str


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


@dataclass(frozen=True)
class ConversationSetAside(Event):
    """A member of staff has put it off in his own list, until a moment in UTC milliseconds."""

    conversation_id: UUID
    staff_id: UUID
    until_ms: int


@dataclass(frozen=True)
class ConversationTakenUp(Event):
    """What was set aside stands in the list again; `by` is time, client or self."""

    conversation_id: UUID
    staff_id: UUID
    by: str


@dataclass(frozen=True)
class Monologue:
    """Messages above `after` and before `until` that somebody said in a row, not yet told to the contexts above."""

    conversation_id: UUID
    after: int
    until: datetime
