"""Timers of identity: what has run out is swept away."""

from visavis.identity import api
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring


async def sweep(tx: Tx, _: Payload) -> None:
    """Delete counters, single-use tokens and sessions that ended more than a day ago."""
    await api.sweep(tx)


RECURRING = (Recurring("identity.sweep", 3600.0, sweep),)
