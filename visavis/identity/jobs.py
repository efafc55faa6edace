"""Timers of identity: what has run out is swept away."""

from visavis.identity import api
from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring


async def sweep(tx: Tx, _: Payload) -> None:
    """Delete counters, single-use tokens and sessions that ended more than a day ago, used ones after a month."""
    await api.sweep(tx)


async def hr_due(tx: Tx, payload: Payload) -> None:
    """Apply news of the personnel feed whose day has come."""
    await api.apply_due(tx, Environment(payload["environment"]), payload["event"])


async def licences(tx: Tx, _: Payload) -> None:
    """Notice whose registration has begun or ended: LIC-01 asks for it within 60 s."""
    await api.licences_turn(tx)


WORKS = {api.HR_DUE: hr_due}
RECURRING = (
    Recurring("identity.sweep", 3600.0, sweep),
    Recurring("identity.licences", 20.0, licences),
)
