"""The words of the archive: facts to be recorded, and records as they are read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from visavis.archive.types.origins import Erasure, Numbering, Origin, Stored
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal

__all__ = [
    "Batch",
    "Damaged",
    "Erasure",
    "Fact",
    "Halt",
    "LogFaulty",
    "NotLogged",
    "Numbering",
    "Origin",
    "Record",
    "RetentionClass",
    "Sealed",
    "Standing",
    "Stored",
    "TooLarge",
]


class RetentionClass(StrEnum):
    """How long a record is kept, and why (the longest regime that applies to its kind)."""

    # 20 years: business records, Securities Law of the PRC (2019) art 137.
    BUSINESS = "business"
    # 20 years: suitability records, CSRC order 130 art 32.
    SUITABILITY = "suitability"
    # 6 months at least: network logs, Cybersecurity Law of the PRC (2016) art 21(3).
    ACCESS = "access"


class Fact(msgspec.Struct, frozen=True):
    """Something to be put on record now.

    `object_id` names the chain that the record continues; `relationship_id` whose key seals it (a
    conversation's client, a
    member of staff, the firm); `clear` is the small public part: strings, integers, booleans, pseudonymous
    ids, no floats.
    """

    kind: str
    object_id: UUID
    relationship_id: UUID
    environment: Environment
    body: Mapping[str, Any]
    clear: Mapping[str, Any] = msgspec.field(default_factory=dict)
    retention: RetentionClass = RetentionClass.BUSINESS


class Sealed(msgspec.Struct, frozen=True):
    """A record's bytes, ready to be kept."""

    record_id: UUID
    fact: Fact
    previous: bytes | None
    at_us: int
    envelope: bytes
    digest: bytes


@dataclass(frozen=True)
class Record:
    """A record as it is read back; `body` is None where its key has been destroyed."""

    record_id: UUID
    kind: str
    object_id: UUID
    previous: bytes | None
    at: datetime
    environment: Environment
    clear: Mapping[str, Any]
    body: Mapping[str, Any] | None
    digest: bytes


class TooLarge(Refusal):
    """A record's envelope would exceed 65,535 bytes; attachments go in by the hash of their ciphertext."""

    code = "record_too_large"
    status = 422


class Damaged(Refusal):
    """A stored envelope cannot be opened as what it claims to be."""

    code = "record_damaged"
    status = 500


@dataclass(frozen=True)
class Batch:
    """Leaves of the log from `first` up to, but without, `size`; root and checkpoint once they are published."""

    first: int
    size: int
    root: bytes | None = None
    checkpoint: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class Halt:
    """Why the log signs nothing: `reason` is a word for programs, `place` the file or leaf it was seen at."""

    reason: str
    place: str
    at: datetime


@dataclass(frozen=True)
class Stamp:
    """An outside authority's word (RFC 3161) that the checkpoint of this size existed at that time."""

    size: int
    root: bytes
    taken_at: datetime
    response: bytes


@dataclass(frozen=True)
class Standing:
    """How the log is doing: `size` leaves are published, `waiting` records (10,000 at most) have no place yet.

    `oldest_waiting_us` is when the oldest of them was sealed (microseconds UTC); capture health is measured by it.
    """

    size: int
    sequenced: int
    waiting: int
    oldest_waiting_us: int | None
    published_at: datetime | None
    halt: Halt | None


class NotLogged(Refusal):
    """The record is kept, but no checkpoint covers it yet; it takes seconds."""

    code = "record_not_logged"
    status = 409


class LogFaulty(Refusal):
    """The log's files do not prove the record; the incident is logged."""

    code = "log_faulty"
    status = 500
