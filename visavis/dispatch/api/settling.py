"""What follows from events below: the first word, the end of a conversation, a lost advisor."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.conversations import api as conversations
from visavis.dispatch import evidence
from visavis.dispatch.store import loads, offers, requests, slots
from visavis.dispatch.telling import tell_advisor, tell_client, wake_engine
from visavis.dispatch.types import (
    HANDLED,
    OfferState,
    Request,
    RequestAnswered,
    RequestClosed,
    RequestReleased,
    State,
)
from visavis.identity import api as identity
from visavis.identity.types import Need
from visavis.kernel import clock, outbox
from visavis.kernel.auth import system
from visavis.kernel.db import Tx


async def staff_spoke(tx: Tx, conversation_id: UUID, staff_id: UUID) -> None:
    """The first word of the advisor who accepted ends the client's wait; later ones keep the request fresh."""
    now = clock.now()
    answered = await requests.answer(tx, conversation_id, staff_id, now)
    if answered is None:
        await requests.touch(tx, conversation_id, now)
        return
    seconds = clock.between_s(answered.opened_at, now)
    await archive.append(
        tx, [evidence.changed(answered, "answered", after_ms=round(seconds * 1000))]
    )
    await outbox.publish(tx, RequestAnswered(answered.id, staff_id, seconds))
    tell_client(tx, answered)


async def client_spoke(tx: Tx, conversation_id: UUID) -> None:
    """The client's word keeps an answered request fresh."""
    await requests.touch(tx, conversation_id, clock.now())


async def closed(tx: Tx, conversation_id: UUID) -> None:
    """The conversation has ended, and so has what was asked in it; who had it has a slot free."""
    now = clock.now()
    for found in await requests.unfinished_of(tx, conversation_id):
        end = State.CLOSED if found.state in HANDLED else State.CANCELLED
        changed = await requests.change(tx, found.id, (found.state,), end, found.stage, now)
        assert changed is not None, "it is locked"
        if found.state is State.SCHEDULED and found.slot_at is not None:
            await slots.give_back(tx, found.environment, found.slot_at)
        await _withdraw(tx, changed, "closed", now)
        if changed.advisor_id is not None:
            await loads.give_back(tx, [changed.advisor_id], now)
            tell_advisor(tx, changed.advisor_id, "presence")
        await archive.append(tx, [evidence.changed(changed, "closed")])
        await outbox.publish(tx, RequestClosed(changed.id, changed.client_id))
        tell_client(tx, changed)
    wake_engine(tx)


async def handed_over(tx: Tx, conversation_id: UUID, from_id: UUID, to_id: UUID) -> None:
    """A transfer by hand takes the request, and the slot, along."""
    found = (await requests.live_of(tx, [conversation_id])).get(conversation_id)
    if found is None or found.advisor_id != from_id:
        return
    now = clock.now()
    await requests.hand_over(tx, found.id, to_id, now)
    await loads.transfer(tx, from_id, to_id, now)
    await archive.append(
        tx, [evidence.changed(found, "transferred", by=str(from_id), to=str(to_id))]
    )
    for advisor_id in (from_id, to_id):
        tell_advisor(tx, advisor_id, "presence")
    tell_client(tx, found)
    wake_engine(tx)


async def parted(tx: Tx, successors: Mapping[tuple[UUID, UUID], UUID | None]) -> None:
    """The firm has dissolved connections of (client, advisor): what he had of her moves on, to the successor first."""
    await requests.hand_own(tx, successors)
    for staff_id in sorted({staff for _, staff in successors}):
        for found in await requests.handled_by(tx, staff_id):
            if (found.client_id, staff_id) in successors:
                await _release(tx, found, staff_id, "dissolved")
    wake_engine(tx)


async def barred(tx: Tx, client_id: UUID, staff_id: UUID) -> None:
    """The client has blocked this member of staff: nothing of hers is offered to him any more (CONN-04)."""
    await requests.shun(tx, client_id, staff_id)
    wake_engine(tx)


async def ineligible(tx: Tx, staff_id: UUID) -> None:
    """The advisor has left, is suspended or changed licences: what he may no longer serve moves on at once."""
    staff = (await identity.staff(tx, [staff_id])).get(staff_id)
    for found in await requests.handled_by(tx, staff_id):
        if (
            staff is None
            or identity.meets(staff, Need(found.capability), identity.today()) is not None
        ):
            await _release(tx, found, staff_id, "ineligible")
    wake_engine(tx)


async def _release(tx: Tx, found: Request, staff_id: UUID, reason: str) -> None:
    now = clock.now()
    released = await requests.release(tx, found.id, staff_id, now)
    assert released is not None, "it is locked"
    await loads.give_back(tx, [staff_id], now)
    await conversations.unassign(
        tx, system(found.environment), found.conversation_id, f"dispatch_{reason}"
    )
    await archive.append(
        tx, [evidence.changed(released, "released", advisor=str(staff_id), reason=reason)]
    )
    await outbox.publish(tx, RequestReleased(found.id, staff_id, reason))
    tell_client(tx, released)


async def _withdraw(tx: Tx, request: Request, reason: str, now: datetime) -> None:
    for offer in await offers.end_others(tx, request.id, OfferState.WITHDRAWN, now, reason):
        tell_advisor(tx, offer.advisor_id, "offer_gone", offer.id)
