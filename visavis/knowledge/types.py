"""The words of knowledge: entries, their versions, what a search finds; its events and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event


class VersionState(StrEnum):
    """The life of a version: only an approved one is ever shown to a client."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Text:
    """An entry in one language; the answer is the standard answer that may be sent as it stands."""

    title: str
    question: str
    similar: tuple[str, ...]
    answer: str


Texts = Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of an entry, from draft to superseded; `texts` by language."""

    entry_id: UUID
    version: int
    state: VersionState
    texts: Texts
    source: str
    author_id: UUID
    approver_id: UUID | None
    note: str
    created_at: datetime
    approved_at: datetime | None
    review_by: date | None
    record_id: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A knowledge entry; `current` is the approved version in force, None before the first and
    after retirement.
    """

    id: UUID
    slug: str
    topic: str
    owner_id: UUID | None
    current: int | None
    retired_at: datetime | None
    created_at: datetime
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Searchable:
    """The approved wording of an entry in one language, as the index holds it."""

    entry_id: UUID
    version: int
    slug: str
    topic: str
    reviewed: date
    title: str
    question: str
    similar: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Found:
    """An entry found by a search; `score` is the sureness 0..1, `coverage` the share of the
    question explained.
    """

    item: Searchable
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as an editor or a seed hands it in; `review_by` is when it must be looked at again."""

    slug: str
    topic: str
    texts: Texts
    source: str
    review_by: date | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True)
class KnowledgeChanged(Event):
    """What is in force has changed: an entry was approved, replaced or retired."""

    entry_id: UUID
    version: int | None


class SameHands(Refusal):
    """Whoever wrote a version may not approve it (four eyes)."""

    code = "knowledge_same_hands"
    status = 403


class WrongState(Refusal):
    """The version is not in the state that this step needs; `state` names the one it is in."""

    code = "knowledge_wrong_state"
    status = 409


class SlugTaken(Refusal):
    """Another entry already has this short name."""

    code = "knowledge_slug_taken"
    status = 409


class UnfitText(Refusal):
    """A text of the entry is missing, too long or would be stopped by supervision; `field` and
    `reason` say which.
    """

    code = "knowledge_unfit_text"
    status = 422
