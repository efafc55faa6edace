"""Looking into the archive: scopes, grants, what is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.auth import Environment


@dataclass(frozen=True)
class Scope:
    """The part of the record that somebody may look into; `clients` None: everybody's. Times in microseconds UTC.

    What is withheld from `viewer` he does not find, and nothing of the clients whom he serves or served.
    """

    environment: Environment
    clients: frozenset[UUID] | None
    from_us: int
    until_us: int
    purpose: str
    grant_id: UUID | None = None
    watermark: str = ""
    viewer: UUID | None = None
    served: frozenset[UUID] = frozenset()

    def covers(self, client_id: UUID, at: datetime | None = None) -> bool:
        """Whether what concerns this client, and happened then, may be looked into."""
        if self.clients is not None and client_id not in self.clients:
            return False
        return at is None or self.from_us <= clock.to_us(at) < self.until_us


@dataclass(frozen=True)
class Grant:
    """An examiner's key to a part of the record: whose, of which period, from when to when it opens."""

    id: UUID
    examiner_id: UUID
    purpose: str
    clients: tuple[UUID, ...] | None
    from_us: int
    until_us: int
    starts_at: datetime
    ends_at: datetime
    granted_by: UUID
    granted_at: datetime
    revoked_by: UUID | None
    revoked_at: datetime | None
    record_id: UUID


@dataclass(frozen=True)
class Query:
    """What is looked for: words, whose, of which kind, when (microseconds UTC); newest first, before `before`."""

    words: str = ""
    client_id: UUID | None = None
    kind: str = ""
    from_us: int = 0
    until_us: int = 2**62
    before: tuple[int, UUID] | None = None
    limit: int = 50


@dataclass(frozen=True)
class Found:
    """A record as its finder sees it; `body` is None once its key has been destroyed."""

    record_id: UUID
    kind: str
    object_id: UUID
    client_id: UUID | None
    at_us: int
    environment: str
    retention: str | None
    leaf_index: int | None
    clear: Mapping[str, Any]
    body: Mapping[str, Any] | None
    excerpt: str = ""


@dataclass(frozen=True)
class Look:
    """One look that was taken."""

    id: UUID
    viewer_id: UUID
    grant_id: UUID | None
    what: str
    about: UUID | None
    query: str
    purpose: str
    at: datetime
