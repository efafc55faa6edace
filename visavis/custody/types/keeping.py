"""Retention, holds and destruction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from visavis.archive.types import RetentionClass


@dataclass(frozen=True)
class Regime:
    """One rule that says how long something must be kept; `applies` names the classes it covers.

    `code` is what the catalogue calls it, `source` its name in English, as refusals and certificates give it.
    """

    code: str
    source: str
    months: int
    applies: frozenset[RetentionClass]


@dataclass(frozen=True)
class Kept:
    """What is kept of a client in one class: how much, since when at most, and until when it must be."""

    retention: RetentionClass
    records: int
    newest_us: int
    until_us: int
    code: str
    source: str


@dataclass(frozen=True)
class Hold:
    """A legal hold on a client, or with `client_id` None on everybody; it beats every expiry."""

    id: UUID
    client_id: UUID | None
    reason: str
    basis: str
    placed_by: UUID
    placed_at: datetime
    released_by: UUID | None = None
    released_at: datetime | None = None
    release_reason: str = ""


class DestructionState(StrEnum):
    """Where a destruction stands."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    DONE = "done"


@dataclass(frozen=True)
class Destruction:
    """The destruction of all that is kept of a client: asked by one, decided by another; `certificate` once done."""

    id: UUID
    client_id: UUID
    state: DestructionState
    reason: str
    asked_by: UUID
    asked_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    note: str = ""
    done_at: datetime | None = None
    certificate: Mapping[str, Any] | None = None
