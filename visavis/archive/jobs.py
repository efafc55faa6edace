"""What the archive does by itself: the daily timestamp of its checkpoint, where an authority is named."""

from collections.abc import Sequence

from visavis.archive import api
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring

HOURLY = 3_600.0


async def stamp(tx: Tx, _: Payload) -> None:
    """Have the newest checkpoint stamped when a day has passed; tried again in an hour where it fails."""
    await api.stamp_checkpoint(tx)


RECURRING: Sequence[Recurring] = (Recurring("archive.stamp", HOURLY, stamp),)
