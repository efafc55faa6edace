"""What a waiting client may do: wait, leave a message, take another advisor, stop, book a time."""

from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.conversations import api as conversations
from visavis.dispatch import evidence, looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules import hours, states
from visavis.dispatch.rules.candidates import is_excluded
from visavis.dispatch.store import offers, requests
from visavis.dispatch.store import slots as slot_store
from visavis.dispatch.telling import tell_advisor, tell_client, tell_line, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    LIVE_STATES,
    Choice,
    MessageLeft,
    OfferState,
    Request,
    RequestClosed,
    RequestOver,
    Slot,
    SlotBooked,
    SlotTaken,
    Stage,
    State,
)
from visavis.identity import api as identity
from visavis.identity.types import Need
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound

SLEEPING = frozenset({State.SCHEDULED, State.MESSAGE_LEFT})


async def choose(tx: Tx, actor: Actor, request_id: UUID, choice: Choice) -> Request:
    """The waiting client's choice; choosing what is chosen already changes nothing. Raises `RequestOver`."""
    found = await _own_locked(tx, actor, request_id)
    if choice is Choice.CANCEL:
        return await _cancel(tx, found)
    if found.state in SLEEPING and choice is Choice.MESSAGE:
        return found
    if not states.is_live(found.state):
        raise RequestOver
    if choice is Choice.MESSAGE:
        return await _leave_message(tx, found)
    if choice is Choice.ANOTHER and states.may_widen(found):
        return await _widen(tx, found)
    now = clock.now()
    own_can_come = found.own_advisor_id is not None and not is_excluded(
        found, found.own_advisor_id, now
    )
    if not own_can_come or (choice is Choice.WAIT and found.wait_for == "mine"):
        return found
    if choice is Choice.WAIT:
        return await _change(tx, found, State.WAITING, Stage.OWN, "waits_for_own", wait_for="mine")
    return await _change(
        tx,
        found,
        State.WAITING,
        Stage.OFFER,
        "wants_another",
        wait_for="anyone",
        exclude=found.own_advisor_id,
        back_at=now + timedelta(seconds=terms().ask_again_s),
    )


async def slots(tx: Tx, actor: Actor, capability: str | None = None) -> list[Slot]:
    """The times that a client may book: of the firm's hours, as many at once as half the advisors who are able.

    Raises `Forbidden`.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    now, policy = clock.now(), default()
    timetable = await looking.hours(tx, now, terms(), policy)
    starts = timetable.slots(now, policy.slot_days, policy.slot_minutes)
    booked = await slot_store.booked(tx, actor.environment, now)
    return hours.free_slots(starts, booked, await _able(tx, actor, capability), policy.slot_share)


async def book(tx: Tx, actor: Actor, request_id: UUID, starts_at: datetime) -> Request:
    """Book a time for the request, which sleeps until then. Raises `SlotTaken`, `RequestOver`."""
    found = await _own_locked(tx, actor, request_id)
    if not states.is_live(found.state) and found.state not in SLEEPING:
        raise RequestOver
    if found.slot_at == starts_at and found.state is State.SCHEDULED:
        return found
    free = {one.starts_at: one.free for one in await slots(tx, actor, found.capability)}
    most = max(1, int(await _able(tx, actor, found.capability) * default().slot_share))
    if starts_at not in free or not await slot_store.take(tx, actor.environment, starts_at, most):
        raise SlotTaken
    if found.state is State.SCHEDULED and found.slot_at is not None:
        await slot_store.give_back(tx, actor.environment, found.slot_at)
    changed = await _change(
        tx,
        found,
        State.SCHEDULED,
        Stage.NIGHT,
        "slot_booked",
        due_at=starts_at,
        slot_at=starts_at,
        patient=True,
    )
    at = str(clock.to_ms(starts_at))
    await conversations.say_system(tx, [found.conversation_id], "slot_booked", {"at": at})
    await outbox.publish(tx, SlotBooked(found.id, found.client_id, found.own_advisor_id))
    return changed


async def _able(tx: Tx, actor: Actor, capability: str | None) -> int:
    return await identity.able_count(tx, actor.environment, Need(capability or Need.SERVE))


async def _own_locked(tx: Tx, actor: Actor, request_id: UUID) -> Request:
    found = await requests.by_id(tx, request_id, lock=True)
    if found is None or found.client_id != actor.person_id:
        raise NotFound
    return found


async def _cancel(tx: Tx, found: Request) -> Request:
    if found.state is State.CANCELLED:
        return found
    if not states.may_follow(found.state, State.CANCELLED):
        raise RequestOver
    if found.state is State.SCHEDULED and found.slot_at is not None:
        await slot_store.give_back(tx, found.environment, found.slot_at)
    changed = await _change(tx, found, State.CANCELLED, found.stage, "cancelled")
    await outbox.publish(tx, RequestClosed(found.id, found.client_id))
    return changed


async def _leave_message(tx: Tx, found: Request) -> Request:
    """By day the message looks for its advisor at once; by night it comes back when the client's branch opens."""
    now = clock.now()
    timetable = await looking.hours(tx, now, terms(), default())
    due = now if timetable.is_open(now) else timetable.next_opening(now, found.branch_id) or now
    changed = await _change(
        tx, found, State.MESSAGE_LEFT, Stage.NIGHT, "message_left", due_at=due, patient=True
    )
    await conversations.say_system(tx, [found.conversation_id], "message_left", {})
    await outbox.publish(tx, MessageLeft(found.id, found.client_id, found.own_advisor_id))
    return changed


async def _widen(tx: Tx, found: Request) -> Request:
    """Show the request to every advisor who may answer it, beside those who have an offer."""
    changed = await requests.change(
        tx, found.id, [State.OFFERED], State.POOLED, Stage.POOL, clock.now(), due_at=found.due_at
    )
    assert changed is not None, "it is locked"
    await archive.append(tx, [evidence.changed(changed, "wants_another")])
    tell_client(tx, changed)
    wake_engine(tx)
    return changed


async def _change(
    tx: Tx, found: Request, state: State, stage: Stage, event: str, *, due_at: datetime | None = None,
    wait_for: str | None = None, patient: bool = False, slot_at: datetime | None = None,
    exclude: UUID | None = None, back_at: datetime | None = None,
) -> Request:  # fmt: skip
    """Change the locked request, withdraw its offers, and put it on record."""
    now = clock.now()
    changed = await requests.change(
        tx, found.id, LIVE_STATES | SLEEPING, state, stage, now, due_at=due_at, wait_for=wait_for,
        patient=patient, slot_at=slot_at, exclude=exclude, back_at=back_at,
    )  # fmt: skip
    assert changed is not None, "it is locked"
    for offer in await offers.end_others(tx, found.id, OfferState.WITHDRAWN, now, event):
        tell_advisor(tx, offer.advisor_id, "offer_gone", offer.id)
    await archive.append(tx, [evidence.changed(changed, event)])
    tell_client(tx, changed)
    if not states.is_live(changed.state):
        await tell_line(tx, found)
    wake_engine(tx)
    return changed
