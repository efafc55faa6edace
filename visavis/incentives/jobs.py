"""Reactions of incentives: every connection is a line of the ledger (PART-02)."""

from collections.abc import Sequence
from typing import cast

from visavis.connections.types import ConnectionEstablished, ConnectionProposed
from visavis.incentives import api
from visavis.incentives.types import Kind
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import patient
from visavis.kernel.outbox import together


@patient
@together
async def on_connection(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Clients were assigned, or may talk from now on."""
    events = [
        cast(ConnectionProposed | ConnectionEstablished, delivery.event) for delivery in deliveries
    ]
    kinds = [
        Kind.ASSIGNED if isinstance(event, ConnectionProposed) else Kind.CONNECTED
        for event in events
    ]
    await api.touched(
        tx,
        [
            (kind, event.client_id, event.connection_id, event.staff_id)
            for kind, event in zip(kinds, events, strict=True)
        ],
    )
