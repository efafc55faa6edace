"""What time does: held messages at their deadline, what is overdue, and chance among what nobody flagged."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from visavis.conversations import api as conversations
from visavis.conversations.types import Said
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Role
from visavis.kernel.db import Tx
from visavis.review import rules
from visavis.review.api.contradicting import contradict
from visavis.review.api.holding import refuse
from visavis.review.api.opening import open_item
from visavis.review.store import items as store
from visavis.review.store import sampling
from visavis.review.store import tickets as ticket_store
from visavis.review.terms import terms
from visavis.review.types import Fresh, Item, ItemKind, ItemOverdue, TicketOverdue

WINDOW = timedelta(minutes=5)
LAG = timedelta(seconds=30)
AT_ONCE = 12


async def meet_deadlines(tx: Tx) -> None:
    """A held message that nobody has decided about is refused, its author told; or held on where the house says so."""
    now = clock.now()
    expired = await store.expired_holds(tx, now)
    for item in expired:
        if terms().held_at_deadline == "refuse":
            await refuse(tx, item)
    if expired and terms().held_at_deadline == "wait":
        until = now + timedelta(minutes=terms().held_minutes)
        await store.put_off(tx, [item.id for item in expired], until)
        await _alert(tx, expired)


async def alert_overdue(tx: Tx) -> None:
    """Items and tickets that nobody has looked at in time are told to the supervisors, once; of a held message that was
    refused before anybody judged it they are reminded until somebody does.
    """
    now, hours = clock.now(), terms().over_hours
    late = await store.mark_overdue(tx, now, now - timedelta(hours=hours) if hours else None)
    await outbox.publish(tx, *(ItemOverdue(item.id) for item in late))
    tickets = await ticket_store.mark_overdue(tx, now)
    await outbox.publish(tx, *(TicketOverdue(one) for one in tickets))
    await _alert(tx, late)


async def look_through(tx: Tx) -> None:
    """Sample the unflagged and compare the advice of every span of time that is over, each span once."""
    now = clock.now()
    first = await sampling.last_end(tx)
    if first is None:
        # From now on; what was said before there was a review is found by a re-scan.
        first = _floor(now)
        await sampling.begin(tx, first - WINDOW, first, b"", 0)
    for _ in range(AT_ONCE):
        end = first + WINDOW
        if end + LAG > now:
            return
        await sample_span(tx, first, end)
        first = end


async def sample_span(tx: Tx, first: datetime, end: datetime) -> None:
    """Draw the samples of one span and compare its advice; nothing where it was done before."""
    fixed = terms().sample_seed
    seed = (
        hmac.digest(fixed.encode(), first.astimezone(UTC).isoformat().encode(), hashlib.sha256)
        if fixed
        else secrets.token_bytes(32)
    )
    if not await sampling.begin(tx, first, end, seed, terms().sample_rate):
        return
    said = await conversations.said(tx, first, end)
    if not said:
        return
    staff = await identity.staff(tx, {one.sender_id for one in said})
    branches = {key: one.branch_id for key, one in staff.items()}
    free = [one for one in said if not one.flagged]
    named = [(rules.stratum(one, branches.get(one.sender_id)), one) for one in free]
    taken = rules.chosen([row for row in named if not row[1].files], terms().sample_rate, seed)
    taken += rules.chosen([row for row in named if row[1].files], terms().file_sample_rate, seed)
    for one in taken:
        await open_item(tx, _sample(one, branches.get(one.sender_id)))
    await sampling.finish(tx, first, len(free), len(taken))
    await contradict(tx, said, branches)


def _sample(one: Said, branch_id: UUID | None) -> Fresh:
    kind = ItemKind.SAMPLE
    return Fresh(
        kind, one.environment, one.conversation_id, one.entry_id, one.client_id, one.sender_id, branch_id, one.at,
        rules.severity(kind, "pass", ()),
    )  # fmt: skip


async def _alert(tx: Tx, items: Sequence[Item]) -> None:
    """Tell the pages of the supervisors that the queue needs them; nobody is told of an item about himself."""
    for environment in {item.environment for item in items}:
        here = [item for item in items if item.environment is environment]
        all_of_them = await identity.staff_with(tx, environment, frozenset({Role.SUPERVISOR}))
        told = [one for one in all_of_them if any(item.subject_id != one.id for item in here)]
        for one in told:
            tx.hint(f"person.{one.id}", frame="changed", what="review")


def _floor(at: datetime) -> datetime:
    step = int(WINDOW.total_seconds())
    seconds = int(at.timestamp()) // step * step
    return datetime.fromtimestamp(seconds, UTC)
