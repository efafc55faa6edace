"""The client's side of the door: ask for a person, see where the request stands, choose, book a time."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.conversations.types import Conversation, IsClosed
from visavis.conversations.types import State as ConversationState
from visavis.dispatch import evidence, looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules import hours, needs, states
from visavis.dispatch.store import offers, requests
from visavis.dispatch.store import slots as slot_store
from visavis.dispatch.telling import tell_advisor, tell_client, tell_pool, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    LIVE_STATES,
    Choice,
    Estimate,
    MessageLeft,
    NoPersonForVisitors,
    OfferState,
    Opened,
    Queue,
    Request,
    RequestClosed,
    RequestOpened,
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
from visavis.kernel.errors import Forbidden, NotFound, TooMany
from visavis.kernel.ids import new_id

SLEEPING = frozenset({State.SCHEDULED, State.MESSAGE_LEFT})
HOUR = timedelta(hours=1)


async def open_request(
    tx: Tx, actor: Actor, conversation_id: UUID, *, topic: str | None = None, language: str | None = None,
    context: Mapping[str, Any] | None = None, wait: str = "anyone",
) -> Request:  # fmt: skip
    """The client asks for a person in his conversation; the live request, if there is one, is the answer.

    Raises `NoPersonForVisitors`, `IsClosed`, `TooMany`.
    """
    if not actor.has(Role.CLIENT):
        raise NoPersonForVisitors if actor.has(Role.VISITOR) else Forbidden
    conversation = await _own_conversation(tx, actor, conversation_id)
    live = (await requests.live_of(tx, [conversation_id])).get(conversation_id)
    if live is not None:
        return live
    now = clock.now()
    if await requests.opened_since(tx, actor.person_id, now - HOUR) >= terms().requests_per_hour:
        raise TooMany(retry_after=int(HOUR.total_seconds()))
    fresh = await _draft(
        tx, actor, conversation, topic, language, context or conversation.context, wait, now
    )
    if not await requests.insert(tx, fresh):
        return (await requests.live_of(tx, [conversation_id]))[conversation_id]
    await archive.append(tx, [evidence.opened(fresh)])
    await outbox.publish(tx, RequestOpened(fresh.id, fresh.client_id, fresh.conversation_id))
    tell_client(tx, fresh)
    wake_engine(tx)
    return fresh


async def _own_conversation(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    conversation = await conversations.conversation(tx, conversation_id)
    if conversation.client_id != actor.person_id:
        raise NotFound
    if conversation.state is ConversationState.CLOSED:
        raise IsClosed
    return conversation


async def _draft(
    tx: Tx, actor: Actor, conversation: Conversation, topic: str | None, language: str | None,
    context: Mapping[str, Any], wait: str, now: datetime,
) -> Request:  # fmt: skip
    own = (await connections.own(tx, [actor.person_id])).get(actor.person_id)
    advisor_id = own.staff_id if own is not None else conversation.handler_id
    branch_id: UUID | None = None
    if advisor_id is not None:
        staff = (await identity.staff(tx, [advisor_id])).get(advisor_id)
        branch_id = staff.branch_id if staff is not None else None
    text = await _question(tx, conversation)
    subject, need = needs.subject(topic or conversation.topic, text, context)
    return Request(
        id=new_id(), client_id=actor.person_id, conversation_id=conversation.id, environment=actor.environment,
        topic=subject, language=language or conversation.language, capability=need, context=context,
        summary=text[:200], own_advisor_id=advisor_id, branch_id=branch_id, wait_for=wait, state=State.WAITING,
        stage=Stage.OWN, excluded=(), version=0, due_at=None, opened_at=now, waiting_since=now,
        client_seen_at=now, touched_at=now,
    )  # fmt: skip


async def _question(tx: Tx, conversation: Conversation) -> str:
    """What the client has last said, in his own words."""
    said = await conversations.transcript(tx, conversation.id, 20)
    texts = [
        str(one.body.get("text", "")) for one in said if one.sender_id == conversation.client_id
    ]
    return next((text for text in reversed(texts) if text), "")


async def request(tx: Tx, actor: Actor, request_id: UUID) -> Request:
    """One request of the actor's own; raises `NotFound`."""
    found = await requests.by_id(tx, request_id)
    if found is None or found.client_id != actor.person_id:
        raise NotFound
    return found


async def known(tx: Tx, request_id: UUID) -> Request | None:
    """One request, for contexts above; the caller answers for who may know of it."""
    return await requests.by_id(tx, request_id)


async def client_request(tx: Tx, client_id: UUID) -> Request | None:
    """The client's request that is not over: the live one, or else one that sleeps. The caller checked who asks."""
    return await requests.newest_of_client(tx, client_id)


async def live_requests(tx: Tx, conversation_ids: Collection[UUID]) -> dict[UUID, Request]:
    """The request of each conversation that waits or is handled now. The caller checked who asks."""
    return await requests.live_of(tx, conversation_ids)


async def queue(tx: Tx, one: Request) -> Queue:
    """Where the request stands in its line, what the last hour's waits say, and what the client may choose."""
    policy = default()
    since = clock.now() - timedelta(seconds=policy.estimate_window_seconds)
    live = states.is_live(one.state)
    estimate = Estimate(None, 0)
    if live:
        estimate = await offers.estimate(
            tx, one.environment.value, one.capability, since, policy.estimate_least
        )
    position = await requests.position(tx, one) if live else None
    return Queue(position, estimate, states.choices(one), one.stage is Stage.NIGHT)


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
    own_can_come = found.own_advisor_id is not None and found.own_advisor_id not in found.excluded
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
    )


async def slots(tx: Tx, actor: Actor, capability: str | None = None) -> list[Slot]:
    """The times that a client may book: of the firm's hours, as many at once as half the advisors who are able."""
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


async def opening(tx: Tx, branch_id: UUID | None = None) -> Opened:
    """Whether the branch, or the firm, is open now, and when it opens next."""
    now = clock.now()
    timetable = await looking.hours(tx, now, terms(), default())
    return Opened(timetable.is_open(now, branch_id), timetable.next_opening(now, branch_id))


async def _able(tx: Tx, actor: Actor, capability: str | None) -> int:
    today = identity.today()
    need = Need(capability or Need.SERVE)
    staff = await identity.serving_staff(tx, actor.environment)
    return sum(identity.meets(one, need, today) is None for one in staff)


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


async def _change(
    tx: Tx, found: Request, state: State, stage: Stage, event: str, *, due_at: datetime | None = None,
    wait_for: str | None = None, patient: bool = False, slot_at: datetime | None = None,
    exclude: UUID | None = None,
) -> Request:  # fmt: skip
    """Change the locked request, withdraw its offers, and put it on record."""
    now = clock.now()
    changed = await requests.change(
        tx, found.id, LIVE_STATES | SLEEPING, state, stage, now, due_at=due_at, wait_for=wait_for,
        patient=patient, slot_at=slot_at, exclude=exclude,
    )  # fmt: skip
    if changed is None:
        raise RequestOver
    for offer in await offers.end_others(tx, found.id, OfferState.WITHDRAWN, now, event):
        tell_advisor(tx, offer.advisor_id, "offer_gone", offer.id)
    await archive.append(tx, [evidence.changed(changed, event)])
    tell_client(tx, changed)
    if found.state is State.POOLED:
        await tell_pool(tx, now, terms())
    wake_engine(tx)
    return changed
