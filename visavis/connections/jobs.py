"""What connections do when somebody has left."""

from typing import cast

from visavis.connections import api
from visavis.identity.types import StaffLeft
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery


async def on_staff_left(tx: Tx, delivery: Delivery) -> None:
    """End everything of the leaver, however he was marked; what has ended already stays as it is."""
    event = cast(StaffLeft, delivery.event)
    await api.part_with_leaver(tx, system(), event.staff_id)
