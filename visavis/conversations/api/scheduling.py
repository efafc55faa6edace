"""Messages for later: written now, judged and gated at the moment of sending, as if they were said then.

Until then the author sees, changes and withdraws them; with his right to speak with the client they end (CONN-02).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import posting, rules
from visavis.conversations.api.asking import conversation
from visavis.conversations.api.reading import one_of
from visavis.conversations.store import scheduled as store
from visavis.conversations.terms import limits
from visavis.conversations.types import (
    AlreadyGone,
    Body,
    Conversation,
    Draft,
    Keep,
    Kind,
    Plan,
    Scheduled,
    Stream,
    UnfitMoment,
)
from visavis.kernel import clock, jobs
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Refusal, TooMany

JOB = "conversations.send_scheduled"
LONGEST = timedelta(days=92)
# So many of one author may wait: more is a broadcast, which another person approves (COMM-03).
MOST = 200


async def plan(
    tx: Tx, actor: Actor, conversation_id: UUID, message_id: UUID, body: Body, send_at: datetime
) -> Scheduled:
    """Keep a message to be sent at a moment within 92 days; repeating the same id changes nothing more.

    Raises `NotFound`, `IsClosed`, `UnfitMoment`, `Malformed`, `TooLong`, `TooMany`, or why the author may not speak
    with this client. What it says is judged when it is sent.
    """
    if not actor.has(*SERVING):
        raise NotFound
    one = await one_of(tx, actor, conversation_id)
    known = await store.locked(tx, message_id)
    if known is not None:
        if (known.staff_id, known.conversation_id) != (actor.person_id, one.id):
            raise NotFound
        return known
    if await store.count(tx, actor.person_id) >= MOST:
        raise TooMany(limit=MOST)
    body = await _checked(tx, actor, one, body)
    fresh = Scheduled(
        message_id, one.id, one.client_id, actor.person_id, body, _moment(send_at), Plan.WAITING
    )
    await _wait(tx, actor, fresh)
    return fresh


async def change(
    tx: Tx, actor: Actor, message_id: UUID, body: Body, send_at: datetime
) -> Scheduled:
    """Other words or another moment for what waits or was refused. Raises as `plan`, and `AlreadyGone`."""
    one = await _own(tx, actor, message_id)
    talk = await one_of(tx, actor, one.conversation_id)
    changed = replace(
        one,
        body=await _checked(tx, actor, talk, body),
        send_at=_moment(send_at),
        state=Plan.WAITING,
        reason="",
        params={},
    )
    await _wait(tx, actor, changed)
    return changed


async def withdraw(tx: Tx, actor: Actor, message_id: UUID) -> None:
    """Take back what waits or was refused. Raises `NotFound` where it is not the actor's, `AlreadyGone`."""
    one = await _own(tx, actor, message_id)
    await end(tx, actor, replace(one, state=Plan.WITHDRAWN))


async def planned(tx: Tx, actor: Actor, conversation_id: UUID | None = None) -> list[Scheduled]:
    """What the actor has waiting, and what was refused at its moment, the next first.

    Raises `Forbidden`, `NotFound`.
    """
    if not actor.has(*SERVING):
        raise NotFound if conversation_id else Forbidden
    if conversation_id is not None:
        await one_of(tx, actor, conversation_id)
    return await store.of_staff(tx, actor.person_id, conversation_id)


async def send(tx: Tx, message_id: UUID) -> None:
    """Its moment has come: it enters the message path in its author's name, or its author sees why it does not.

    Where the client rests, or has been contacted often enough lately, it waits until that is over (CONN-04).
    """
    one = await store.locked(tx, message_id)
    if one is None or one.state is not Plan.WAITING or one.send_at > clock.now():
        return
    actor = await connections.actor_of(tx, one.staff_id)
    draft = Draft(
        actor, one.conversation_id, Stream.SHARED, Kind.MESSAGE, one.body, client_key=one.id
    )
    answer = (await posting.post(tx, [draft]))[0]
    if isinstance(answer, Refusal):
        rests_until = connections.allowed_at(answer)
        if rests_until is not None:
            resting = replace(one, reason=answer.code, params=answer.params)
            await _wait(tx, actor, replace(resting, send_at=rests_until))
            return
        done = replace(one, state=Plan.REFUSED, reason=answer.code, params=answer.params)
    else:
        kept = answer.entry.state
        # What is held or blocked has its place in the thread; the author is told there.
        done = replace(one, state=Plan.SENT, reason="" if kept is Keep.KEPT else kept.value)
    await _keep(tx, actor, done)


async def end(tx: Tx, actor: Actor, one: Scheduled) -> None:
    """It waits no more; `one` says how it ended."""
    await jobs.cancel(tx, _key(one.id))
    await _keep(tx, actor, one)


async def _checked(tx: Tx, actor: Actor, one: Conversation, body: Body) -> Body:
    """The body as it would be sent now by somebody who may; files are sent at once or not at all."""
    draft = Draft(actor, one.id, Stream.SHARED, Kind.MESSAGE, body)
    ask = Ask(actor, one.client_id, one.id)
    refusal = rules.place(draft, one) or (await connections.may_speak(tx, [ask]))[0]
    if refusal is not None:
        raise refusal
    rules.check_time(draft, one, noticed=True)
    tidy = rules.tidy(draft, limits())
    if tidy.get("attachments"):
        raise Malformed(field="body.attachments", reason="files are sent at once")
    return tidy


def _moment(send_at: datetime) -> datetime:
    now = clock.now()
    if not now < send_at <= now + LONGEST:
        raise UnfitMoment(days=LONGEST.days)
    return send_at


async def _own(tx: Tx, actor: Actor, message_id: UUID) -> Scheduled:
    one = await store.locked(tx, message_id)
    if one is None or not actor.is_staff or one.staff_id != actor.person_id:
        raise NotFound
    if one.state not in (Plan.WAITING, Plan.REFUSED):
        raise AlreadyGone
    return one


async def _wait(tx: Tx, actor: Actor, one: Scheduled) -> None:
    await jobs.schedule(tx, JOB, {"id": str(one.id)}, one.send_at, key=_key(one.id))
    await _keep(tx, actor, one)


async def _keep(tx: Tx, actor: Actor, one: Scheduled) -> None:
    """On record with every step; its chain is the message's own."""
    body = {
        "conversation": str(one.conversation_id), "staff": str(one.staff_id), "body": dict(one.body),
        "send_at": str(clock.to_us(one.send_at)), "state": one.state.value, "reason": one.reason,
    }  # fmt: skip
    environment = (await conversation(tx, one.conversation_id)).environment
    fact = Fact("scheduled_message", one.id, one.client_id, environment, body, {})
    await store.put(tx, one, await archive.append_one(tx, fact))
    tx.hint(
        f"person.{actor.person_id}", frame="changed", what="conversations", id=str(one.conversation_id)
    )  # fmt: skip


def _key(message_id: UUID) -> str:
    return f"{JOB}:{message_id}"
