"""Words of handing clients over: a plan with notice, what each client answers, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from visavis.connections.types.words import Reason
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event


class Stage(StrEnum):
    """Where a hand-over stands; until it runs it can be taken back."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Wish(StrEnum):
    """What a client says to a planned hand-over: agreed, another successor chosen, or refused."""

    AGREED = "agreed"
    CHOSEN = "chosen"
    REFUSED = "refused"


class Held(StrEnum):
    """Why a client is left out of a plan: handed over too often lately, or nobody can take over."""

    CAP = "cap"
    NOBODY = "nobody"


class Ending(StrEnum):
    """How it ended for one client: moved, kept with the present advisor, or no longer his client anyway."""

    MOVED = "moved"
    KEPT = "kept"
    GONE = "gone"


@dataclass(frozen=True)
class Proposal:
    """What an administrator asks for: whose clients, why, to whom (None: by rule), which ones (None: all), when.

    `chosen` names the successor of single clients.
    """

    staff_id: UUID
    reason: Reason
    successor_id: UUID | None = None
    client_ids: tuple[UUID, ...] | None = None
    effective_at: datetime | None = None
    chosen: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoverClient:
    """One client of a hand-over."""

    client_id: UUID
    connection_id: UUID
    successor_id: UUID | None
    held: Held | None = None
    wish: Wish | None = None
    ending: Ending | None = None


@dataclass(frozen=True)
class Handover:
    """A hand-over of one member of staff's own clients; `id` is None in a preview, counts are of clients."""

    id: UUID | None
    staff_id: UUID
    environment: Environment
    reason: Reason
    successor_id: UUID | None
    stage: Stage
    effective_at: datetime
    created_at: datetime
    clients: int
    held: int
    announced: int
    refused: int
    moved: int
    done: int
    created_by: UUID


@dataclass(frozen=True)
class HandoverAnnounced(Event):
    """A client is to have another advisor from `effective_ms` on, unless he says otherwise."""

    connection_id: UUID
    client_id: UUID
    staff_id: UUID
    successor_id: UUID
    effective_ms: int


class HandoverUnderWay(Refusal):
    """This member of staff's clients are being handed over already."""

    code = "handover_under_way"
    status = 409


class NothingToHandOver(Refusal):
    """Nobody is left to hand over: no own clients, or all of them are held back."""

    code = "nothing_to_hand_over"
    status = 409


class HandoverTooSoon(Refusal):
    """The notice period is longer; `earliest` is in ms."""

    code = "handover_too_soon"
    status = 409


class HandoverOver(Refusal):
    """The hand-over has begun or ended: it can neither be taken back nor answered."""

    code = "handover_over"
    status = 409
