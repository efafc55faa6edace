"""What a client hands in with an application to be professional."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.events import Event


@dataclass(frozen=True)
class Proof:
    """A file: what is served lies at `served_path`, the sealed original at `original_path`, below the data folder."""

    id: UUID
    client_id: UUID
    environment: Environment
    category_id: UUID | None
    name: str
    type: str
    size: int
    served_path: str
    original_path: str
    original_digest: bytes
    at: datetime
    record_id: UUID


@dataclass(frozen=True)
class ProofsDue(Event):
    """A professional investor's proofs are due again at `until_ms` (UTC milliseconds)."""

    client_id: UUID
    until_ms: int
