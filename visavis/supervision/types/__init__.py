"""The words of supervision: what is judged, by which policies, and with which verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

# Marks in a judged text, one line each: a file; a code in it that leads where the firm is not; what nobody could read.
FILE, ELSEWHERE, UNREAD = "\ufffc", "\ufff9", "\ufffa"


class Direction(StrEnum):
    """Who speaks to whom; the same words are a breach from staff and a question from a client."""

    STAFF_TO_CLIENT = "staff_to_client"
    CLIENT_TO_STAFF = "client_to_staff"
    BROADCAST = "broadcast"

    __hash__ = (
        str.__hash__
    )  # asked for with every text; the one of an enumeration is several times slower


class Action(StrEnum):
    """What happens to a message, mildest first; an alert is any action but `pass`."""

    PASS = "pass"  # noqa: S105 - an action, not a secret
    NUDGE = "nudge"
    HOLD = "hold"
    BLOCK = "block"


SEVERITY = {action: rank for rank, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Judged:
    """One text to be judged; an assistant's words are judged as staff's.

    `licensed` says that the speaker may advise at this moment (LIC-01), `department` whose policies bind the
    speaker besides the firm's; `day` says which policies are in force, without it all are. `before` is what the same
    speaker said here just before, oldest first: words may be split over messages.
    """

    text: str
    direction: Direction
    licensed: bool = False
    department: str | None = None
    day: date | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One policy found in one text, by its id; `spans` are (start, end) offsets in UTF-16 units of the
    original.
    """

    id: str
    version: int
    category: str
    action: Action
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the pack says about one text: the gravest action, every policy behind it, the places in the original.

    `spans` are those of all policies, in order and merged, in UTF-16 units. A verdict may pass and still name
    policies: what a client reports is no breach of the client's, but somebody ought to see it. `score` orders what
    people look at, 0 to 1000.
    """

    action: Action
    policies: tuple[Hit, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    pack_version: str = ""
    categories: tuple[str, ...] = ()
    score: int = 0


@dataclass(frozen=True)
class Policy:
    """One rule of the pack as people read it; `words` holds title, reason and alternative per language.

    `licensed` are the actions for a speaker who may advise, where they differ; without `departments` it binds all.
    It binds from the day it becomes `effective`; its author has not approved it.
    """

    id: str
    version: int
    category: str
    actions: Mapping[Direction, Action]
    words: Mapping[str, Mapping[str, str]]
    guards: frozenset[str] = field(default_factory=frozenset)
    licensed: Mapping[str, Action] = field(default_factory=dict)
    departments: frozenset[str] = field(default_factory=frozenset)
    effective: date = date.min
    author: str = ""
    approver: str = ""

    def worded(self, language: str) -> Mapping[str, str]:
        """Title, reason and alternative in the reader's language, in English where that one is missing."""
        return self.words.get(language) or self.words["en"]


class Alert(Protocol):
    """An entry that was not simply passed, as its context keeps it; `verdict` is a `Verdict` in plain types."""

    @property
    def id(self) -> UUID:
        """The entry."""
        ...

    @property
    def conversation_id(self) -> UUID:
        """Where it was entered."""
        ...

    @property
    def at(self) -> datetime:
        """When it was entered."""
        ...

    @property
    def record_id(self) -> UUID:
        """The record that holds entry and verdict."""
        ...

    @property
    def verdict(self) -> Mapping[str, Any] | None:
        """The verdict's fields."""
        ...
