"""What happens in suitability, for the contexts above."""

from dataclasses import dataclass
from uuid import UUID

from visavis.kernel.events import Event


@dataclass(frozen=True)
class SuitabilityChanged(Event):
    """A client's level, category or validity is another one now."""

    client_id: UUID


@dataclass(frozen=True)
class MatrixChanged(Event):
    """Another version of the matrix is in force: everything open is matched anew."""

    version: int
