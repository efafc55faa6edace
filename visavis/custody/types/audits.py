"""The audit of completeness: what it compares and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class What(StrEnum):
    """What is wrong at a place."""

    ROW_MISSING = "row_missing"  # on record, but not in its table
    ROW_ADDED = "row_added"  # in its table, but not on record
    ROW_CHANGED = "row_changed"  # says something else than its record
    ROW_SWAPPED = (
        "row_swapped"  # says what another record says, and that row says what this one's does
    )
    ROW_OUTLIVES = "row_outlives"  # its key was destroyed, the row is still there
    RECORD_MISSING = "record_missing"  # something was on record and is not any more
    RECORD_DAMAGED = "record_damaged"  # cannot be opened, or is not what its columns say
    CHAIN_BROKEN = "chain_broken"  # an object's records do not follow one another
    NOT_LOGGED = "not_logged"  # the log has other bytes at its place
    NUMBER_MISSING = "number_missing"  # a stream has a hole
    NUMBER_BEYOND = "number_beyond"  # a stream has more than it says


@dataclass(frozen=True)
class Line:
    """One row of a table of origin; `says` must be borne out by the records of its `thread`."""

    number: int
    table: str
    record_id: UUID | None
    thread: str
    key: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """Something that does not agree: where, what, and which words differ."""

    what: What
    table: str
    key: str
    record_id: UUID | None = None
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The fault on one line."""
        fields = f" ({', '.join(self.fields)})" if self.fields else ""
        record = f" record {self.record_id}" if self.record_id else ""
        return f"{self.what} {self.table} {self.key}{record}{fields}"


class AuditState(StrEnum):
    """Where a comparison stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Audit:
    """One comparison; `records` and `lines` were compared, `faults` are the first thousand of `fault_count`."""

    id: UUID
    state: AuditState
    asked_by: UUID
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    records: int
    lines: int
    fault_count: int
    faults: tuple[Fault, ...]
    record_id: UUID | None
