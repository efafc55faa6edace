"""What the archive does by itself: the daily timestamp of its checkpoint, where an authority is named."""

from collections.abc import Sequence

from visavis.archive import api
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload, Recurring
from visavis.kernel.settings import Settings

HOURLY = 3_600.0

_authority = ""


def install(settings: Settings) -> None:
    """Tell the job what the operator has set."""
    global _authority
    _authority = settings.archive_timestamps


async def stamp(tx: Tx, _: Payload) -> None:
    """Have the newest checkpoint stamped when a day has passed; tried again in an hour where it fails."""
    if _authority:
        await api.stamp_checkpoint(tx, _authority)


RECURRING: Sequence[Recurring] = (Recurring("archive.stamp", HOURLY, stamp),)
