"""Setting a conversation aside: it leaves the list of one member of staff until a moment, and comes back at its top.

Nobody else sees a difference. What the client says brings it back at once. Both moments go on record.
"""

from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations.api.reading import one_of
from visavis.conversations.store import aside as store
from visavis.conversations.store import threads
from visavis.conversations.types import (
    Conversation,
    ConversationSetAside,
    ConversationTakenUp,
    IsClosed,
    State,
    UnfitMoment,
)
from visavis.kernel import clock, jobs, outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

JOB = "conversations.take_up"
LONGEST = timedelta(days=92)


async def set_aside(
    tx: Tx, actor: Actor, conversation_id: UUID, until: datetime
) -> datetime | None:
    """Set an open conversation aside in the actor's own list; returns until when it was aside before.

    Raises `NotFound` where he may not read it, `IsClosed`, and `UnfitMoment` unless `until` lies within 92 days.
    """
    one = await _own(tx, actor, conversation_id)
    if one.state is State.CLOSED:
        raise IsClosed
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise UnfitMoment(days=LONGEST.days)
    before = await store.until(tx, one.id, actor.person_id)
    await store.put(tx, one.id, actor.person_id, until)
    payload = {
        "conversation": str(one.id),
        "staff": str(actor.person_id),
        "until": clock.to_us(until),
    }
    await jobs.schedule(tx, JOB, payload, until, key=_key(one.id, actor.person_id))
    body = {"staff": str(actor.person_id), "until": str(clock.to_us(until))}
    await archive.append(tx, [Fact("aside", one.id, one.client_id, one.environment, body, {})])
    await outbox.publish(tx, ConversationSetAside(one.id, actor.person_id, clock.to_ms(until)))
    _tell(tx, one.id, actor.person_id)
    return before if before and before > now else None


async def take_up(tx: Tx, actor: Actor, conversation_id: UUID) -> None:
    """Take it back into the list, at the place it had; idempotent. Raises `NotFound` where he may not read it."""
    one = await _own(tx, actor, conversation_id)
    if await store.drop(tx, one.id, actor.person_id):
        await jobs.cancel(tx, _key(one.id, actor.person_id))
        await _taken_up(tx, one.id, actor.person_id, "self")


async def due(tx: Tx, conversation_id: UUID, staff_id: UUID, until: datetime) -> None:
    """Its moment has come: it stands at the top of the list. What was set anew or taken up since is left alone."""
    if await store.until(tx, conversation_id, staff_id) == until:
        await _taken_up(tx, conversation_id, staff_id, "time")


async def spoken(tx: Tx, conversation_id: UUID) -> None:
    """The client has spoken: whoever had set the conversation aside has it back."""
    for staff_id in await store.drop_pending(tx, conversation_id, clock.now()):
        await jobs.cancel(tx, _key(conversation_id, staff_id))
        await _taken_up(tx, conversation_id, staff_id, "client")


async def _own(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    if not actor.is_staff:
        raise NotFound
    return await one_of(tx, actor, conversation_id)


async def _taken_up(tx: Tx, conversation_id: UUID, staff_id: UUID, by: str) -> None:
    one = (await threads.conversations(tx, [conversation_id]))[conversation_id]
    body = {"staff": str(staff_id), "by": by}
    await archive.append(tx, [Fact("taken_up", one.id, one.client_id, one.environment, body, {})])
    await outbox.publish(tx, ConversationTakenUp(conversation_id, staff_id, by))
    _tell(tx, conversation_id, staff_id)


def _tell(tx: Tx, conversation_id: UUID, staff_id: UUID) -> None:
    tx.hint(f"person.{staff_id}", frame="changed", what="conversations", id=str(conversation_id))


def _key(conversation_id: UUID, staff_id: UUID) -> str:
    return f"{JOB}:{conversation_id}:{staff_id}"
