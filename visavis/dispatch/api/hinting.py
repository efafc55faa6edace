"""How offers and requests stand, as hints: for processes that may have missed one."""

from collections.abc import Sequence
from uuid import UUID

from visavis.dispatch.store import clients, offers
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.live import Hint


async def as_hints(tx: Tx, person_ids: Sequence[UUID]) -> list[Hint]:
    """The live offers of these people, and the state of their requests."""
    offered = await offers.live_ids(tx, person_ids, clock.now())
    asked = await clients.versions(tx, person_ids)
    return [
        *(Hint(f"person.{who}", {"frame": "offer", "id": str(one)}) for who, one in offered),
        *(
            Hint(f"person.{who}", {"frame": "request", "id": str(one), "version": version})
            for who, one, version in asked
        ),
    ]
