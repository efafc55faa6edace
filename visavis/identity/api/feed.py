"""The personnel feed: news of the firm's HR system, applied on their day, each once and on record (CONN-02, LIC-01)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from visavis.identity import evidence, feed, rules
from visavis.identity.api import administration, licences, standing
from visavis.identity.api.imports import Undo
from visavis.identity.api.people import staff, staff_by_number
from visavis.identity.store import feed as store
from visavis.identity.store import people as persons
from visavis.identity.terms import terms, today
from visavis.identity.types import (
    FeedConflict,
    FeedRefused,
    HrAnswer,
    HrEntry,
    HrEvent,
    HrKind,
    HrOutcome,
    LicenceDetails,
    StaffDetails,
    UnknownBranch,
    UnknownEmployee,
)
from visavis.kernel import clock, jobs
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Refusal
from visavis.kernel.signing import verify

DUE = "identity.hr_due"
HTTP, FILE = "webhook", "file"


def hr_system(environment: Environment = Environment.REAL) -> Actor:
    """The firm's HR system: it may do what an administrator may, within the feed's five kinds of news."""
    return Actor(SYSTEM_ID, frozenset({Role.SYSTEM, Role.ADMINISTRATOR}), environment, "HR")


async def receive(tx: Tx, secret: str, headers: Mapping[str, str], body: bytes) -> list[HrAnswer]:
    """Take the news of a signed call, each for itself: one that is refused does not hold up its neighbours.

    Raises `FeedRefused` for a call that is unsigned, changed or older than five minutes, `Malformed` for an
    unreadable one. The same news again is answered as `repeated`.
    """
    if not verify(secret, headers, body, clock.now_ms() // 1000):
        raise FeedRefused
    answers = []
    for one in feed.parse(body):
        try:
            async with tx.savepoint():
                answers.append(await _take(tx, hr_system(), one, HTTP))
        except Refusal as refusal:
            answers.append(_refused(one, refusal))
    return answers


async def import_feed(
    tx: Tx, actor: Actor, data: bytes, *, dry_run: bool
) -> tuple[int, list[HrAnswer], bool]:
    """Take the news of a CSV (form: `feed`), wholly or not at all; a dry run changes nothing.

    Returns the number of rows, an answer for each, and whether they were applied. Raises `Forbidden`.
    """
    if not rules.may_administer(actor):
        raise Forbidden
    rows, answers, count = feed.read(data)
    wrong = bool(answers)
    applied = False
    try:
        async with tx.savepoint():
            hints = len(tx.hints)
            for number, one in rows:
                answer = await _attempt(tx, actor, number, one)
                answers.append(answer)
                wrong = wrong or answer.outcome is HrOutcome.REFUSED
            if wrong or dry_run or not rows:
                del tx.hints[hints:]
                raise Undo
            applied = True
    except Undo:
        pass
    return count, sorted(answers, key=lambda one: one.row), applied


async def feed_history(
    tx: Tx, actor: Actor, outcome: HrOutcome | None, after: str, limit: int
) -> tuple[list[HrEntry], str | None]:
    """What the feed has brought, the newest first, and the cursor of the next page. Raises `Forbidden`."""
    if not rules.may_administer(actor):
        raise Forbidden
    found = await store.page(tx, actor.environment, outcome, after, limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def apply_due(tx: Tx, environment: Environment, event_id: str) -> None:
    """Apply news whose day has come; what is impossible by now is kept as failed, with the reason."""
    one = await store.waiting(tx, environment, event_id)
    if one is None:
        return
    try:
        async with tx.savepoint():
            await _apply(tx, hr_system(environment), await _whom(tx, environment, one), one)
    except Refusal as refusal:
        await store.conclude(tx, environment, event_id, HrOutcome.FAILED, refusal.code)
    else:
        await store.conclude(tx, environment, event_id, HrOutcome.APPLIED)


async def _attempt(tx: Tx, actor: Actor, number: int, one: HrEvent) -> HrAnswer:
    try:
        async with tx.savepoint():
            return replace(await _take(tx, actor, one, FILE), row=number)
    except Refusal as refusal:
        return replace(_refused(one, refusal), row=number)


async def _take(tx: Tx, actor: Actor, one: HrEvent, source: str) -> HrAnswer:
    staff_id = await _whom(tx, actor.environment, one)
    day, digest = one.effective_on or today(), feed.digest(one)
    outcome = HrOutcome.SCHEDULED if day > today() else HrOutcome.APPLIED
    kept = await store.claim(tx, actor.environment, one, digest, staff_id, day, source, outcome)
    if not kept:
        if await store.digest_of(tx, actor.environment, one.id) != digest:
            raise FeedConflict
        return HrAnswer(one.id, HrOutcome.REPEATED)
    body = {"event": one.id, "kind": one.kind.value, "effective_on": day.isoformat()}
    record_id = await evidence.administration(
        tx, "hr_event", actor, staff_id, actor.environment, body | {"source": source}
    )
    await store.recorded(tx, actor.environment, one.id, record_id)
    if one.branch:
        await _branch(tx, one.branch)
    if outcome is HrOutcome.SCHEDULED:
        await _schedule(tx, actor.environment, one.id, day)
    else:
        await _apply(tx, actor, staff_id, one)
        await store.conclude(tx, actor.environment, one.id, HrOutcome.APPLIED)
    return HrAnswer(one.id, outcome)


async def _apply(tx: Tx, actor: Actor, staff_id: UUID, one: HrEvent) -> None:
    reason = one.reason or "hr"
    match one.kind:
        case HrKind.LEAVE:
            await standing.mark_left(tx, actor, staff_id, reason)
        case HrKind.SUSPEND:
            await standing.suspend(tx, actor, staff_id, reason)
        case HrKind.REINSTATE:
            await standing.reinstate(tx, actor, staff_id, reason)
        case HrKind.TRANSFER:
            branch_id = await _branch(tx, one.branch)
            details = StaffDetails(branch_id=branch_id, environment=actor.environment)
            await administration.edit_staff(tx, actor, staff_id, details)
        case _:
            await _register(tx, actor, staff_id, one)


async def _register(tx: Tx, actor: Actor, staff_id: UUID, one: HrEvent) -> None:
    said = one.licence
    assert said is not None
    held = (await staff(tx, [staff_id]))[staff_id].licences
    known = next(
        (each for each in held if (each.type, each.number) == (said.type, said.number)), None
    )
    if known is None:
        details = LicenceDetails(said.type, said.number, said.valid_from, said.valid_to, "hr")
        known = await licences.add_licence(tx, actor, staff_id, details)
    if (known.status, known.valid_to) != (said.status, said.valid_to):
        await licences.change_licence(
            tx, actor, known.id, status=said.status, valid_to=said.valid_to
        )


async def _branch(tx: Tx, code: str) -> UUID:
    for one in await persons.branches(tx):
        if one.code == code:
            return one.id
    raise UnknownBranch(branch=code)


async def _whom(tx: Tx, environment: Environment, one: HrEvent) -> UUID:
    found = (await staff_by_number(tx, environment, [one.employee_no])).get(one.employee_no)
    if found is None:
        raise UnknownEmployee(employee_no=one.employee_no)
    return found.id


async def _schedule(tx: Tx, environment: Environment, event_id: str, day: date) -> None:
    payload = {"environment": environment.value, "event": event_id}
    midnight = datetime.combine(day, time.min, terms().zone)
    await jobs.schedule(tx, DUE, payload, midnight, key=f"{DUE}:{environment.value}:{event_id}")


def _refused(one: HrEvent, refusal: Refusal) -> HrAnswer:
    column = str(refusal.params.get("field", ""))
    return HrAnswer(one.id, HrOutcome.REFUSED, 0, column, refusal.code, params=refusal.params)
