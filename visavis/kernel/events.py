"""Events: what has happened, as frozen dataclasses that carry ids and numbers, never text."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Something that has happened. The subclass's name is its type on the outbox; names are unique in the product."""


@dataclass(frozen=True)
class Delivery:
    """An event on its way to a reaction: handlers are idempotent by `event_id`."""

    event_id: UUID
    event: Event
