"""The client's side of the door: ask for a person, see where the request stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.assistant import api as assistant
from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.conversations.types import Conversation, IsClosed
from visavis.conversations.types import State as ConversationState
from visavis.dispatch import evidence, looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules import candidates, needs, states
from visavis.dispatch.store import clients, offers, requests
from visavis.dispatch.telling import tell_client, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    Estimate,
    NoPersonForVisitors,
    Opened,
    Queue,
    Request,
    RequestOpened,
    Stage,
    State,
)
from visavis.identity import api as identity
from visavis.identity.types import Need, Purpose, Topic
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound, TooMany
from visavis.kernel.ids import new_id

HOUR = timedelta(hours=1)


async def open_request(
    tx: Tx, actor: Actor, conversation_id: UUID, *, topic: str | None = None, language: str | None = None,
    context: Mapping[str, Any] | None = None, wait: str = "anyone",
) -> Request:  # fmt: skip
    """The client asks for a person in his conversation; the live request, if there is one, is the answer.

    Raises `NoPersonForVisitors`, `IsClosed`, `TooMany`, `Forbidden`.
    """
    if not actor.has(Role.CLIENT):
        raise NoPersonForVisitors if actor.has(Role.VISITOR) else Forbidden
    conversation = await _own_conversation(tx, actor, conversation_id)
    live = (await requests.live_of(tx, [conversation_id])).get(conversation_id)
    if live is not None:
        return live
    now = clock.now()
    if await clients.opened_since(tx, actor.person_id, now - HOUR) >= terms().requests_per_hour:
        raise TooMany(retry_after=int(HOUR.total_seconds()))
    fresh = await _draft(
        tx, actor, conversation, topic, language, context or conversation.context, wait, now
    )
    if not await requests.insert(tx, fresh):
        return (await requests.live_of(tx, [conversation_id]))[conversation_id]
    await conversations.concern(tx, conversation_id, fresh.topic)
    await assistant.summary(tx, conversation_id, Topic(fresh.topic), fresh.context)
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
    if wait != "mine" and await identity.refusing_consent(tx, [actor.person_id], Purpose.PROFILING):
        advisor_id = None  # nothing of her history is read: licence, language and whose turn it is decide (DISP-01)
    if advisor_id is not None:
        staff = (await identity.staff(tx, [advisor_id])).get(advisor_id)
        branch_id = staff.branch_id if staff is not None else None
    # Where the firm's book names her branch, that is hers, whoever serves her (LIC-02).
    branch_id = (await identity.homes.of(tx, [actor.person_id])).get(actor.person_id, branch_id)
    text = await _question(tx, conversation)
    said = await assistant.classify_conversation(tx, conversation.id)
    subject, need = needs.subject(topic or conversation.topic, said, context)
    return Request(
        id=new_id(), client_id=actor.person_id, conversation_id=conversation.id, environment=actor.environment,
        topic=subject, language=language or conversation.language, capability=need, context=context,
        summary=text[:200], own_advisor_id=advisor_id, branch_id=branch_id, wait_for=wait, state=State.WAITING,
        stage=Stage.OWN,
        excluded=tuple(await connections.blocked_by(tx, actor.person_id)), version=0, due_at=None, opened_at=now,
        waiting_since=now,
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


async def on_call(tx: Tx, request_id: UUID) -> Sequence[UUID]:
    """Whom to tell of a request that is stranded; nobody where it is not any more."""
    one = await requests.by_id(tx, request_id)
    now = clock.now()
    if one is None or not states.is_stranded(one, now):
        return []
    able = await looking.advisors(tx, one.environment, {})
    return candidates.on_call(one, able, now, default())


async def client_request(tx: Tx, client_id: UUID) -> Request | None:
    """The client's request that is not over: the live one, or else one that sleeps. The caller checked who asks."""
    return await clients.newest_of_client(tx, client_id)


async def queue(tx: Tx, one: Request) -> Queue:
    """Where the request stands in its line, what the last hour's waits say, and what the client may choose."""
    policy = default()
    now = clock.now()
    since = now - timedelta(seconds=policy.estimate_window_seconds)
    live = states.is_live(one.state)
    estimate = Estimate(None, 0)
    if live:
        estimate = await offers.estimate(
            tx, one.environment.value, one.capability, since, policy.estimate_least
        )
    position = await clients.position(tx, one) if live else None
    stranded = states.is_stranded(one, now)
    able = live and await _own_able(tx, one)
    return Queue(
        position,
        estimate,
        states.choices(one, now, own_able=able),
        stranded or one.stage is Stage.NIGHT,
        stranded,
    )


async def _own_able(tx: Tx, one: Request) -> bool:
    if one.own_advisor_id is None:
        return False
    own = (await identity.staff(tx, [one.own_advisor_id])).get(one.own_advisor_id)
    return own is not None and identity.meets(own, Need(one.capability), identity.today()) is None


async def opening(tx: Tx) -> Opened:
    """Whether the firm is open now, and when it opens next."""
    now = clock.now()
    timetable = await looking.hours(tx, now, terms(), default())
    return Opened(timetable.is_open(now), timetable.next_opening(now))
