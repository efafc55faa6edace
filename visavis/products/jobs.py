"""Timer of the product register: a version that begins or ends by its date is told of."""

from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring
from visavis.products import api

# Re-evaluation is due within 60 s of a change (SUIT-08); a date is noticed after 20 s at most.
EVERY_S = 20.0


async def announce(tx: Tx, _: Payload) -> None:
    """Tell of versions that began or ended."""
    await api.announce(tx)


RECURRING = (Recurring("products.announce", EVERY_S, announce),)
