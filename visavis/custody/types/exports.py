"""Exports: whole parts of the record, written to a file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ExportFormat(StrEnum):
    """How the records of an export are written."""

    JSONL = "jsonl"
    CSV = "csv"
    EML = "eml"


class ExportState(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"


@dataclass(frozen=True)
class Export:
    """One export: its bounds (microseconds UTC, `client_id` None: everybody's), progress and result."""

    id: UUID
    state: ExportState
    asked_by: UUID
    grant_id: UUID | None
    environment: str
    format: ExportFormat
    client_id: UUID | None
    from_us: int
    until_us: int
    purpose: str
    total: int
    done: int
    bytes: int
    sha256: str
    error: str
    asked_at: datetime
    ended_at: datetime | None
    record_id: UUID


@dataclass(frozen=True)
class DossierAsk:
    """What a dossier is about: a client, a product or everything, a period (microseconds UTC)."""

    client_id: UUID
    product: str
    from_us: int
    until_us: int
    language: str = "zh-CN"


@dataclass(frozen=True)
class Bundle:
    """A dossier as it is handed over: the ZIP file and what it is called."""

    name: str
    content: bytes
    records: int
    proofs: int
