"""What connections do when somebody has left."""

from uuid import UUID

from visavis.connections import api
from visavis.identity.types import ClientRestricted, StaffLeft
from visavis.kernel import clock, jobs
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import Payload

PART = "connections.part"
HANDOVER = "connections.handover"


async def on_staff_left(tx: Tx, delivery: Delivery) -> None:
    """End everything of the leaver, however he was marked; what has ended already stays as it is."""
    event = delivery.event
    assert isinstance(event, StaffLeft)
    await part(tx, {"staff": str(event.staff_id)})


async def on_client_restricted(tx: Tx, delivery: Delivery) -> None:
    """Nobody serves a client whose data is kept for the law's sake alone."""
    event = delivery.event
    assert isinstance(event, ClientRestricted)
    await api.part_with_restricted(tx, event.client_id)


async def part(tx: Tx, payload: Payload) -> None:
    """End a slice of a leaver's connections; the next one queues behind what others have to do."""
    if await api.part_with_leaver(tx, system(), UUID(payload["staff"])):
        await jobs.schedule(tx, PART, {"staff": payload["staff"]}, clock.now())


async def hand_over(tx: Tx, payload: Payload) -> None:
    """Do the next slice of a hand-over; it arms itself again while there is more."""
    await api.advance_handover(tx, UUID(payload["handover"]))


WORKS = {PART: part, HANDOVER: hand_over}
