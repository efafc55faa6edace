"""The nightly re-scan: what was said under earlier policies is judged by today's, slice by slice (SUP-01).

One job under one key holds the progress in its payload: which pack, up to when, how much. It is resumed where it
stopped, by whichever process; a slice and its finds are one transaction. Where the pack has not changed, a night
costs one look at its version. Conversations are judged, not single messages: words split over several are found.
Finds are items of the kind `rescan`, after the fact.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from visavis.conversations.types import Said
from visavis.identity import api as identity
from visavis.kernel import clock, jobs
from visavis.kernel.db import Tx
from visavis.kernel.jobs import Payload
from visavis.review.api.history import asked_again
from visavis.review.api.opening import found_in_history
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Judged

RESCAN = "review.rescan"
BACK, SLICE = timedelta(days=90), timedelta(hours=6)
NIGHT = timedelta(hours=26)  # two in the morning after the day that has begun


async def keep_watch(tx: Tx) -> None:
    """Make sure that the job is there; what has been said so far was judged by the pack in force."""
    await jobs.schedule_once(tx, RESCAN, [(RESCAN, _next_night(), _rested())])


async def step(tx: Tx, payload: Payload) -> None:
    """Look through one slice of history, or wait for the next night."""
    progress: dict[str, Any] = dict(payload)
    now = clock.now()
    if progress["pack"] != (await supervision.policies.base(tx)).version:
        progress = {**_rested(), "up_to": (now - BACK).isoformat(), "done": False}
    if progress["done"]:
        await jobs.schedule(tx, RESCAN, progress, _next_night(), key=RESCAN)
        return
    first = datetime.fromisoformat(progress["up_to"])
    end = min(first + SLICE, now)
    asked = await asked_again(tx, first, end)
    found = await _look(tx, asked)
    progress |= {
        "up_to": end.isoformat(), "done": end >= now,
        "scanned": progress["scanned"] + len(asked), "found": progress["found"] + found,
    }  # fmt: skip
    await jobs.schedule(tx, RESCAN, progress, now, key=RESCAN)


async def _look(tx: Tx, asked: Sequence[tuple[Said, Judged]]) -> int:
    """Open an item for each message that passed then and would not now; how many these are."""
    fresh = [(one, judged) for one, judged in asked if not one.flagged and one.text]
    verdicts = await supervision.judge_by(supervision.pack(), [judged for _, judged in fresh])
    found = 0
    for (one, _), verdict in zip(fresh, verdicts, strict=True):
        if verdict.action is not Action.PASS:
            told = msgspec.to_builtins(verdict)
            await found_in_history(tx, one.conversation_id, one.entry_id, told)
            found += 1
    return found


def _rested() -> dict[str, Any]:
    return {"pack": supervision.pack().version, "done": True, "scanned": 0, "found": 0}


def _next_night() -> datetime:
    return identity.day_began() + NIGHT
