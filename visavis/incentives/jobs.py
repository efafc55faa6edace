"""Reactions of incentives: every connection is a line of the ledger (PART-02)."""

from visavis.connections.types import ConnectionEstablished, ConnectionProposed
from visavis.incentives import api
from visavis.incentives.types import Kind
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import patient


@patient
async def on_connection(tx: Tx, delivery: Delivery) -> None:
    """A client was assigned, or the two may talk from now on."""
    event = delivery.event
    assert isinstance(event, ConnectionProposed | ConnectionEstablished)
    kind = Kind.ASSIGNED if isinstance(event, ConnectionProposed) else Kind.CONNECTED
    await api.touched(tx, system(), kind, event.client_id, event.connection_id, event.staff_id)
