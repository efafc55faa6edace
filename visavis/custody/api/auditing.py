"""The audit of completeness: asked for, carried out, kept on record."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.custody import comparing
from visavis.custody.comparing import Findings
from visavis.custody.rules import nightly, rights
from visavis.custody.store import auditing as store
from visavis.custody.terms import terms
from visavis.custody.types import Audit, AuditState
from visavis.kernel import clock
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden
from visavis.kernel.ids import new_id

PATIENCE, AGAIN = timedelta(hours=2), timedelta(hours=1)
NAMED = 20


async def ask_for_audit(tx: Tx, actor: Actor) -> UUID:
    """Put a comparison in the queue; raises `Forbidden`."""
    if not rights.may_audit(actor):
        raise Forbidden
    run_id = new_id()
    await store.ask(tx, run_id, actor.person_id, clock.now())
    return run_id


async def begin_audit(tx: Tx) -> Audit:
    """A comparison that its caller carries out himself, for the command line."""
    run_id, now = new_id(), clock.now()
    await store.ask(tx, run_id, SYSTEM_ID, now, AuditState.RUNNING)
    return Audit(run_id, AuditState.RUNNING, SYSTEM_ID, now, now, None, 0, 0, 0, (), None)


async def nightly_audit(tx: Tx) -> None:
    """Ask for the comparison of this night where nobody has yet; one that failed is asked for again in an hour."""
    now = clock.now()
    last = await store.last_asked(tx, now - AGAIN)
    if nightly.is_due(now, last, terms().audit_at, terms().zone):
        await ask_for_audit(tx, system())


async def next_audit(tx: Tx) -> Audit | None:
    """Take the next comparison that waits."""
    return await store.claim(tx, clock.now(), PATIENCE)


async def compare(tx: Tx) -> Findings:
    """Compare every table of origin with the record; `tx` must be fresh."""
    return await comparing.compare(tx, terms().origins, terms().numberings)


async def keep_audit(tx: Tx, run: Audit, found: Findings) -> Audit:
    """Put the result of a comparison on record."""
    body = {
        "records": found.records,
        "lines": found.lines,
        "faults": found.count,
        "asked_by": str(run.asked_by),
        "first": [str(one) for one in found.faults[:NAMED]],
    }
    clear = {"ok": found.count == 0}
    record = await archive.append_one(
        tx, Fact("audit", run.id, SYSTEM_ID, Environment.REAL, body, clear)
    )
    kept = replace(
        run, state=AuditState.DONE, ended_at=clock.now(), records=found.records, lines=found.lines,
        fault_count=found.count, faults=tuple(found.faults), record_id=record,
    )  # fmt: skip
    await store.finish(tx, kept)
    return kept


async def give_up_audit(tx: Tx, run: Audit) -> None:
    """A comparison that could not be carried out."""
    await store.finish(tx, replace(run, state=AuditState.FAILED, ended_at=clock.now()))


async def audits(tx: Tx, actor: Actor, limit: int = 50) -> list[Audit]:
    """The last comparisons, newest first; raises `Forbidden`."""
    if not rights.may_see_health(actor):
        raise Forbidden
    return await store.newest(tx, limit)
