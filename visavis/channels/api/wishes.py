"""Wishes to tell somebody: each waits a few seconds, and whoever has taken delivery by then is not told.

So no socket has to be asked, and a device that sleeps is found out by its silence.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from visavis.channels import rules, store
from visavis.channels.api import naming
from visavis.channels.terms import terms
from visavis.channels.types import Channel, Notice, NoticeReason, NoticeState, Wake
from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.dispatch import api as dispatch
from visavis.dispatch.types import OfferState
from visavis.identity import api as identity
from visavis.identity.types import PersonStatus
from visavis.kernel import clock, jobs
from visavis.kernel.auth import SYSTEM_ID, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id

WAKE = "channels.wake"
ON_CALL = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})


async def message_posted(tx: Tx, conversation_id: UUID, no: int, sender_id: UUID, by: str) -> None:
    """Wish that the other side is told of a message, unless it arrives within seconds."""
    talk = await conversations.conversation(tx, conversation_id)
    reader = talk.handler_id if by == "client" else talk.client_id if by == "staff" else None
    if reader is None or not await _has_a_way(tx, reader, talk.environment):
        return
    if reader == talk.client_id and await connections.muted(tx, reader, sender_id):
        return
    await _wish(tx, reader, NoticeReason.MESSAGE, conversation_id, no, sender_id, None)


async def _has_a_way(tx: Tx, person_id: UUID, environment: Environment) -> bool:
    """Whether a notice could leave at all: most messages of a quiet installation cost one look, and no wish."""
    if terms().webhook and environment is Environment.REAL:
        return True
    return terms().push and bool(await store.subscriptions(tx, person_id))


async def offer_made(tx: Tx, offer_id: UUID, advisor_id: UUID) -> None:
    """Tell an advisor of an offer: at once where his device sleeps, else after some seconds without an answer."""
    offer = await dispatch.offer(tx, offer_id)
    if offer is None or offer.state is not OfferState.LIVE:
        return
    presence = (await dispatch.presences(tx, [advisor_id])).get(advisor_id)
    if presence is None or presence.away:
        one = Wake(
            new_id(),
            advisor_id,
            NoticeReason.OFFER,
            offer_id,
            0,
            None,
            clock.now(),
            offer.expires_at,
        )
        await _tell(tx, one)
    else:
        await _wish(tx, advisor_id, NoticeReason.OFFER, offer_id, 0, None, offer.expires_at)


async def connections_ended(tx: Tx, successors: Mapping[UUID, UUID | None]) -> None:
    """Tell clients whose advisor is gone (successors by connection), once their hours of rest are over.

    Whoever never met him is spared.
    """
    now = clock.now()
    for one in (await connections.several(tx, list(successors))).values():
        if one.met:
            due = await connections.rests_until(tx, one.client_id, now, own=False) or now
            wake = Wake(
                new_id(), one.client_id, NoticeReason.CONNECTION, one.id, 0, successors[one.id], due, None
            )  # fmt: skip
            await _keep(tx, wake)


async def slot_booked(tx: Tx, request_id: UUID) -> None:
    """Remind the client, and his own advisor, a minute before the time that was booked."""
    request = await dispatch.known(tx, request_id)
    if request is None or request.slot_at is None:
        return
    due = rules.reminder(request.slot_at)
    for person_id in (request.client_id, request.own_advisor_id):
        if person_id is not None:
            await store.forget(tx, person_id, NoticeReason.SLOT, request_id)
            wake = Wake(
                new_id(), person_id, NoticeReason.SLOT, request_id, 0, None, due, request.slot_at
            )
            await _keep(tx, wake)


async def request_stranded(tx: Tx, request_id: UUID) -> None:
    """Tell those on call that a client waits and nobody can be asked, wherever a notice reaches them."""
    request = await dispatch.known(tx, request_id)
    for person_id in await dispatch.on_call(tx, request_id):
        if request is not None and await _has_a_way(tx, person_id, request.environment):
            await _wish(tx, person_id, NoticeReason.DUTY, request_id, 0, None, None)


async def capture_failed(tx: Tx) -> None:
    """Alarm those who answer for the platform, at once, wherever a notice reaches them (REC-09)."""
    for one in await identity.staff_with(tx, Environment.REAL, ON_CALL):
        now = clock.now()
        await _tell(tx, Wake(new_id(), one.id, NoticeReason.CAPTURE, SYSTEM_ID, 0, None, now, None))


async def review_late(tx: Tx, people: Collection[UUID], environment: Environment) -> None:
    """Tell these reviewers that something waits too long; of what, the notice does not say."""
    for person_id in people:
        if await _has_a_way(tx, person_id, environment):
            await _wish(tx, person_id, NoticeReason.REVIEW, SYSTEM_ID, 0, None, None)


async def wake_up(tx: Tx, wake_id: UUID) -> None:
    """The moment of a wish has come: queue its notices, unless they are not needed any more."""
    one = await store.take(tx, wake_id)
    if one is not None and not await _seen(tx, one):
        await _tell(tx, one)


async def _wish(
    tx: Tx,
    person_id: UUID,
    reason: NoticeReason,
    object_id: UUID,
    no: int,
    sender_id: UUID | None,
    expires_at: datetime | None,
) -> None:
    last = await store.last_notice(tx, person_id, reason, object_id)
    due = rules.due_after(clock.now(), last)
    # Staff have none: their hours are what dispatch knows of them.
    due = await connections.rests_until(tx, person_id, due, own=True) or due
    await _keep(tx, Wake(new_id(), person_id, reason, object_id, no, sender_id, due, expires_at))


async def _keep(tx: Tx, one: Wake) -> None:
    if await store.wish(tx, one):
        await jobs.schedule(tx, WAKE, {"wake": str(one.id)}, one.due_at)


async def _seen(tx: Tx, one: Wake) -> bool:
    if one.reason is NoticeReason.OFFER:
        offer = await dispatch.offer(tx, one.object_id)
        return offer is None or offer.state is not OfferState.LIVE
    if one.reason is NoticeReason.MESSAGE:
        talk = await conversations.conversation(tx, one.object_id)
        arrived = await conversations.delivered(tx, one.object_id)
        # Whoever does not handle the conversation any more is not told of it; whoever has answered has seen it.
        concerned = one.person_id in (talk.client_id, talk.handler_id)
        answered = talk.last_sender == one.person_id
        return not concerned or answered or arrived.get(one.person_id, 0) >= one.no
    if one.reason is NoticeReason.SLOT:
        request = await dispatch.known(tx, one.object_id)
        return request is None or request.slot_at != one.expires_at
    if one.reason is NoticeReason.DUTY:
        return one.person_id not in await dispatch.on_call(tx, one.object_id)
    return False


async def _tell(tx: Tx, one: Wake) -> None:
    """Queue one notice per channel. Webhooks reach the broker's real systems: rehearsal and tests never use them."""
    people = await identity.people(tx, [one.person_id])
    person = people.get(one.person_id)
    if person is None or person.status is not PersonStatus.ACTIVE:
        return
    known, now = terms(), clock.now()
    to: list[tuple[Channel, UUID | None]] = []
    if known.push:
        found = await store.subscriptions(tx, one.person_id)
        to += [(Channel.WEB_PUSH, each.id) for each in found]
    if known.webhook and person.environment is Environment.REAL:
        to.append((Channel.WEBHOOK, None))
    sender = await naming.public_name(tx, one.sender_id)
    fresh = []
    for channel, subscription_id in to:
        notice_id = new_id()
        body = rules.payload(notice_id, one.reason, one.object_id, now, sender, one.expires_at)
        if channel is Channel.WEBHOOK:
            body["to"] = await naming.addressee(tx, person)
        fresh.append(
            Notice(
                notice_id, person.id, channel, one.reason, one.object_id, NoticeState.QUEUED, 0, "", now, None,
                subscription_id, one.expires_at, body,
            )
        )  # fmt: skip
    if fresh:
        await store.add(tx, fresh, person.environment)
        tx.hint("notices")
