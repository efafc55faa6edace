"""Who may say what in a conversation, and when."""

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from visavis.conversations.types import (
    AlreadyRecalled,
    Conversation,
    Draft,
    Entry,
    IsClosed,
    Keep,
    Kind,
    Limits,
    NotHandler,
    NoticeRequired,
    Partner,
    State,
    Stream,
    TooLate,
)  # fmt: skip
from visavis.kernel.auth import SYSTEM_ID, Actor, Role
from visavis.kernel.errors import Forbidden, NotFound, Refusal

TEXTUAL = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.NOTE, Kind.SUMMARY})
JUDGED = frozenset({Kind.MESSAGE, Kind.EDIT})
CHANGES = frozenset({Kind.EDIT, Kind.RECALL})
SPOKEN = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.RECALL})


def by_of(actor: Actor) -> str:
    """Which side speaks: client, staff, assistant or system."""
    return _side(actor.roles)


@lru_cache(maxsize=1024)
def _side(roles: frozenset[Role]) -> str:
    if Role.CLIENT in roles or Role.VISITOR in roles:
        return "client"
    if Role.ASSISTANT in roles:
        return "assistant"
    return "system" if Role.SYSTEM in roles else "staff"


def place(draft: Draft, conversation: Conversation | None) -> Refusal | None:
    """Whether this actor has a place in this conversation and this kind of entry is his to make."""
    if conversation is None:
        return NotFound()
    actor, kind, shared = draft.actor, draft.kind, draft.stream is Stream.SHARED
    if conversation.environment is not actor.environment:
        return NotFound()
    by = by_of(actor)
    if by == "system":
        return None
    if by == "client":
        if actor.person_id != conversation.client_id:
            return NotFound()
        return None if shared and kind in SPOKEN else Forbidden()
    if by == "assistant":
        fits = kind in SPOKEN if shared else kind is Kind.SUMMARY
        speaks = not shared or conversation.partner is Partner.ASSISTANT
        return None if fits and speaks else NotHandler()
    if kind is Kind.VERDICT:
        return None if actor.has(Role.SUPERVISOR) and not shared else Forbidden()
    if actor.person_id != conversation.handler_id:
        return NotHandler()
    return None if (kind in SPOKEN) == shared and kind is not Kind.SYSTEM else Forbidden()


def may_assign(actor: Actor, staff_id: UUID) -> bool:
    """Whether `actor` may put `staff_id` into a conversation or take him out: himself, the platform, administration."""
    return actor.person_id == staff_id or actor.has(Role.SYSTEM, Role.ADMINISTRATOR)


def may_close(actor: Actor, one: Conversation) -> bool:
    """Whether `actor` may end the conversation: the client, the handler, the platform."""
    mine = actor.person_id in (one.client_id, one.handler_id)
    return (mine and actor.environment is one.environment) or actor.has(Role.SYSTEM)


def same_world(actor: Actor, one: Conversation) -> bool:
    """Whether the conversation belongs to the actor's environment."""
    return actor.environment is one.environment


def may_do(actor: Actor, one: Conversation) -> dict[str, bool]:
    """What the actor's place in the conversation lets him do, apart from connection and licence."""
    goes_on = one.state is State.OPEN
    handles = actor.is_staff and actor.person_id == one.handler_id
    return {
        "send": goes_on and (handles or actor.person_id == one.client_id),
        "note": handles,
        "transfer": handles and goes_on,
        "close": goes_on and may_close(actor, one),
    }


def why_silent(one: Conversation) -> str:
    """The code of why the actor's place does not let him send."""
    return IsClosed.code if one.state is State.CLOSED else NotHandler.code


def role_word(kind: str) -> str:
    """The role under which somebody who is not staff is shown."""
    return "assistant" if kind == "machine" else "client"


def check_time(draft: Draft, conversation: Conversation, noticed: bool) -> None:
    """Whether now is a time to say this: the conversation goes on, and the client knows that it is recorded."""
    by = by_of(draft.actor)
    if by == "client" and not noticed:
        raise NoticeRequired
    if conversation.state is State.CLOSED and by != "system" and draft.stream is Stream.SHARED:
        raise IsClosed


def check_change(
    draft: Draft, target: tuple[Entry, bool] | None, at: datetime, limits: Limits
) -> None:
    """Whether an edit or recall still fits: an own message, not withdrawn, within the time for changes."""
    of, recalled = target or (None, False)
    if of is None or of.kind is not Kind.MESSAGE:
        raise NotFound
    # The platform withdraws what no longer suits, whoever sent it and whenever.
    by_platform = draft.actor.has(Role.SYSTEM) and draft.kind is Kind.RECALL
    if of.sender_id != draft.actor.person_id and not by_platform:
        raise Forbidden
    if recalled:
        raise AlreadyRecalled
    if not by_platform and at - of.at > timedelta(minutes=limits.edit_minutes):
        raise TooLate(minutes=limits.edit_minutes)


def outgoing(draft: Draft) -> bool:
    """Whether these are words of staff or of the assistant that a client would see."""
    return draft.stream is Stream.SHARED and by_of(draft.actor) in ("staff", "assistant")


def first(draft: Draft, conversation: Conversation) -> bool:
    """Whether the draft answers no word of the client: new words of the firm's side in the stream that she sees."""
    answers = conversation.waiting_since is not None or (
        conversation.last_sender == conversation.client_id
    )
    return draft.kind is Kind.MESSAGE and outgoing(draft) and not answers


def speaks(draft: Draft) -> bool:
    """Whether the draft is somebody's word to another: no line of the platform, no supervisor's decision."""
    return draft.actor.person_id != SYSTEM_ID and draft.kind is not Kind.VERDICT


def changes(draft: Draft) -> bool:
    """Whether the draft changes an earlier message."""
    return draft.kind in CHANGES


def replaces(entry: Entry) -> bool:
    """Whether the entry's text stands for that of an earlier message from now on."""
    return entry.kind is Kind.EDIT and entry.state is Keep.KEPT


def keep_of(action: str) -> Keep:
    """How a message is kept after this action of supervision."""
    return {"hold": Keep.HELD, "block": Keep.BLOCKED}.get(action, Keep.KEPT)
