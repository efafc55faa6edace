"""Events: what has happened, as frozen dataclasses that carry ids and numbers, never text."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec

E = TypeVar("E", bound="Event")


@dataclass(frozen=True)
class Event:
    """Something that has happened. The subclass's name is its type on the outbox; names are unique in the product."""


@dataclass(frozen=True)
class Delivery:
    """An event on its way to a reaction: handlers are idempotent by `event_id`."""

    event_id: UUID
    event: Event


def encode(event: Event) -> bytes:
    """The event's fields as JSON."""
    return msgspec.json.encode(event)


def decode(kind: type[E], data: bytes | str) -> E:
    """The event of type `kind` from its JSON."""
    return msgspec.json.decode(data, type=kind)
