"""Reactions and timers of suitability: what no longer holds ends within the minute (SUIT-08)."""

from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import Payload, Recurring
from visavis.products.types import ProductChanged
from visavis.suitability import api

EVERY_S = 20.0


async def on_product_changed(tx: Tx, delivery: Delivery) -> None:
    """Requests and permissions for another version of the product end (SUIT-04)."""
    event = delivery.event
    assert isinstance(event, ProductChanged)
    await api.revoke(tx, event.product_id)


async def tick(tx: Tx, _: Payload) -> None:
    """Tell of what has expired and of a new matrix; permit what has cooled."""
    await api.expire(tx)
    await api.proofs.remind(tx)
    await api.configuring.announce(tx)
    await api.ripen(tx)


RECURRING = (Recurring("suitability.tick", EVERY_S, tick),)
