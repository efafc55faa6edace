"""Timestamps of the log: asked for once a day, kept as they came."""

from datetime import timedelta

import httpx

from visavis.archive import log, stamping
from visavis.archive.store import sequence
from visavis.archive.types import Stamp
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.tlog import note
from visavis.tlog.checkpoint import Checkpoint

EVERY = timedelta(hours=24)


async def stamp_checkpoint(tx: Tx, http: httpx.AsyncClient | None = None) -> int | None:
    """Have the newest checkpoint stamped, if an authority is named and the last timestamp is a day old.

    Returns its size, or None when none was due.

    Raises `NotStamped` when the authority does not do it.
    """
    url = log.current().authority
    if not url:
        return None
    batch = await sequence.unstamped(tx, clock.now() - EVERY)
    if batch is None or batch.checkpoint is None:
        return None
    text, _ = note.split(batch.checkpoint.encode())
    await sequence.keep_stamp(tx, batch, await stamping.stamp(url, text, http), clock.now())
    return batch.size


async def stamps(tx: Tx) -> list[Stamp]:
    """All timestamps, newest first: `openssl ts -verify` checks `response` against `text`."""
    origin = log.current().signer.verifier.name
    return [
        Stamp(
            row["size"],
            Checkpoint(origin, row["size"], bytes(row["root"])).text,
            row["taken_at"],
            bytes(row["response"]),
        )
        for row in await sequence.stamps(tx)
    ]
