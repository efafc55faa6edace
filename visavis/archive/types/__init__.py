"""The words of the archive: facts to be recorded, and records as they are read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from visavis.archive.types.log import (
    Batch,
    Halt,
    LogFaulty,
    Mark,
    NotLogged,
    Stamp,
    Standing,
)
from visavis.archive.types.origins import Erasure, Holding, Numbering, Origin, Stored
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal

__all__ = [
    "Batch",
    "Damaged",
    "Erasure",
    "Fact",
    "Halt",
    "Holding",
    "KeyDestroyed",
    "LogFaulty",
    "Mark",
    "NotLogged",
    "Numbering",
    "Origin",
    "Record",
    "RetentionClass",
    "Sealed",
    "Stamp",
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


class KeyDestroyed(Refusal):
    """Nothing more can be put on record of somebody whose keys were destroyed."""

    code = "key_destroyed"
    status = 410
