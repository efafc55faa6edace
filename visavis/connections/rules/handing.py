"""Planning a hand-over without I/O: who goes to whom, and who is left out (CONN-02, CONN-04)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from visavis.connections.types import Connection, HandoverClient, Held


def allot(
    mine: Mapping[UUID, Connection],
    heirs: Mapping[UUID, UUID | None],
    moves: Mapping[UUID, int],
    cap: int,
) -> list[HandoverClient]:
    """Each client with his successor, or why he is left out: moved `cap` times in the period, or nobody can.

    `mine` and `heirs` are by client; `moves` counts how often each was handed over in the period.
    """
    found = []
    for client_id, one in mine.items():
        heir = heirs.get(client_id)
        held = Held.CAP if moves.get(client_id, 0) >= cap else None if heir else Held.NOBODY
        found.append(HandoverClient(client_id, one.id, None if held else heir, held))
    return found


def earliest(now: datetime, notice_days: int) -> datetime:
    """The first moment at which a hand-over announced now may take effect."""
    return now + timedelta(days=notice_days)
