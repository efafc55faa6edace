"""Capture health, looked at every few seconds by every process: too long behind the log, staff may not send."""

from dataclasses import replace

import structlog

from visavis.archive import api as archive
from visavis.archive.types import Batch, Fact, Standing
from visavis.custody.rules import capture as rules
from visavis.custody.rules import rights
from visavis.custody.store import capture as store
from visavis.custody.terms import capture, saw, terms
from visavis.custody.types import Capture, CaptureResumed, CaptureStopped
from visavis.kernel import clock, outbox
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden

log = structlog.get_logger(__name__)


def stopped() -> bool:
    """Whether staff may not send at the moment, as far as this process knows."""
    return capture().stopped_at is not None


async def watch(tx: Tx) -> Capture:
    """Look at capture now; whoever sees it fail or recover first puts that on record, publishes it and alarms."""
    standing = await archive.standing(tx)
    before = await store.read(tx)
    now = rules.looked(
        before, standing.oldest_waiting_us, _halt(standing), terms().capture, clock.now()
    )
    if (now.stopped_at is None) != (before.stopped_at is None):
        before = await store.read(tx, lock=True)
        if (now.stopped_at is None) != (before.stopped_at is None):
            await _turn(tx, before, now)
    if replace(now, checked_at=before.checked_at) != before:
        await store.write(tx, now)
    saw(now)
    return now


async def health(tx: Tx, actor: Actor) -> tuple[Capture, Standing, list[Batch]]:
    """Capture, the log's standing and its newest checkpoints; raises `Forbidden`."""
    if not rights.may_see_health(actor):
        raise Forbidden
    return await store.read(tx), await archive.standing(tx), await archive.batches(tx, 100)


async def _turn(tx: Tx, before: Capture, now: Capture) -> None:
    if now.stopped_at is not None:
        log.critical("capture has failed: staff may not send", reason=now.reason)
        await outbox.publish(tx, CaptureStopped(now.reason))
        kind, seconds = "capture.stopped", 0
    else:
        assert before.stopped_at is not None
        seconds = int((clock.now() - before.stopped_at).total_seconds())
        log.warning("capture works again", seconds=seconds)
        await outbox.publish(tx, CaptureResumed(seconds))
        kind = "capture.resumed"
    body = {"reason": now.reason or before.reason, "seconds": seconds}
    await archive.append_one(tx, Fact(kind, SYSTEM_ID, SYSTEM_ID, Environment.REAL, body))


def _halt(standing: Standing) -> str:
    return standing.halt.reason if standing.halt else ""
