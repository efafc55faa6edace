"""A batch of drafts on its way through the message path: the steps that need no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from visavis.archive.types import Fact
from visavis.conversations.rules.rights import TEXTUAL, by_of, replaces
from visavis.conversations.types import (
    Body,
    Conversation,
    Draft,
    Entry,
    Keep,
    Kind,
    MessageFlagged,
    MessageHeld,
    MessagePosted,
    Outcome,
    Partner,
    Stream,
    Tail,
)  # fmt: skip
from visavis.kernel import clock
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event
from visavis.kernel.ids import new_ids, written
from visavis.kernel.words import words
from visavis.supervision.types import Direction

NOBODY = UUID(int=0)
# Enumerations as the plain words that go on record.
WORDS: dict[Stream | Kind | Keep, str] = {
    **{one: one.word for one in Stream}, **{one: one.value for one in (*Kind, *Keep)}
}  # fmt: skip

Places = dict[tuple[UUID, UUID], tuple[datetime, list[str]]]


class Item(msgspec.Struct, eq=False):
    """A draft on its way through the page; `answer` ends the way."""

    draft: Draft
    conversation: Conversation | None
    noticed: bool
    answer: Outcome | Refusal | None = None
    fingerprint: bytes = b""
    twin: "Item | None" = None
    body: Body = msgspec.field(default_factory=dict)
    text: str = ""
    contents: str = ""  # what was read in its files
    verdict: Mapping[str, Any] | None = None
    state: Keep = Keep.KEPT
    stream: Stream = Stream.SHARED
    no: int = 0
    standing: tuple[bool, str | None] = (False, None)  # may advise; department
    goes_on: bool = False
    entry_id: UUID = NOBODY
    at: datetime = clock.EPOCH


def undecided(batch: Sequence[Item]) -> list[Item]:
    """Those still on their way."""
    return [item for item in batch if item.answer is None and item.twin is None]


def direction_of(draft: Draft) -> Direction:
    """Who speaks to whom; the assistant's words are judged as staff's."""
    return (
        Direction.CLIENT_TO_STAFF if by_of(draft.actor) == "client" else Direction.STAFF_TO_CLIENT
    )


def number(fresh: Sequence[Item]) -> list[Tail]:
    """Give each item its id, its stream and the next number there; returns the conversations' ends."""
    tails: dict[UUID, Tail] = {}
    for item, entry_id in zip(fresh, new_ids(len(fresh)), strict=True):
        conversation = item.conversation
        assert conversation is not None
        tail = tails.get(conversation.id)
        if tail is None:
            tail = tails[conversation.id] = Tail.of(conversation)
        item.entry_id = entry_id
        item.stream = item.draft.stream if item.state is Keep.KEPT else Stream.INTERNAL
        item.no = tail.take(item.stream)
        if item.stream is Stream.SHARED and item.draft.kind is Kind.MESSAGE:
            actor = item.draft.actor
            with_person = conversation.partner is Partner.PERSON
            item.goes_on = with_person and tail.goes_on(item.at, actor.person_id)
            tail.said(item.at, item.text, actor.person_id, by_of(actor))
    return list(tails.values())


def fact_of(item: Item) -> Fact:
    """What goes on record about an item: its place in clear, its body sealed."""
    draft, conversation = item.draft, item.conversation
    assert conversation is not None
    clear = {
        "entry": written(item.entry_id),
        "stream": WORDS[item.stream],
        "no": item.no,
        "sender": written(draft.actor.person_id),
        "state": WORDS[item.state],
    }
    body: dict[str, Any] = {"body": item.body, "at": _stamp(item.at)}
    if draft.of_id:
        body["of"] = written(draft.of_id)
    if item.verdict:
        body["verdict"] = item.verdict
    return Fact(
        WORDS[draft.kind],
        conversation.id,
        conversation.client_id,
        conversation.environment,
        body,
        clear,
    )


@lru_cache(maxsize=64)
def _stamp(at: datetime) -> str:
    """Microseconds as text; those of one batch have one moment."""
    return str(clock.to_us(at))


def entry_of(item: Item, record_id: UUID) -> Entry:
    """The entry as it is kept."""
    draft = item.draft
    return Entry(
        item.entry_id, draft.conversation_id, item.stream, item.no, draft.kind, draft.actor.person_id, item.at,
        item.body, item.state, record_id, draft.client_key, draft.of_id, item.verdict,
    )  # fmt: skip


def words_of(entries: Iterable[tuple[Entry, str]]) -> Places:
    """What is searched: an edit's words stand for those of its message, unless it was held or blocked."""
    found_in: Places = {}
    for entry, text in entries:
        if entry.kind in TEXTUAL and (found := words(text)):
            about = entry.of_id if entry.of_id and replaces(entry) else entry.id
            found_in[entry.conversation_id, about] = (entry.at, found)
    return found_in


def events_of(fresh: Sequence[Item]) -> list[Event]:
    """What others should know: a message became visible, or waits for a supervisor."""
    events: list[Event] = []
    for item in fresh:
        draft, conversation = item.draft, item.conversation
        assert conversation is not None
        by = by_of(draft.actor)
        if item.verdict:
            action = item.verdict["action"]
            events.append(MessageFlagged(conversation.id, item.entry_id, by, action))
        if item.state is Keep.HELD:
            events.append(MessageHeld(conversation.id, item.entry_id))
        elif (
            item.state is Keep.KEPT
            and draft.kind is Kind.MESSAGE
            and by != "system"
            and not item.goes_on
        ):
            events.append(
                MessagePosted(
                    conversation.id, item.entry_id, item.no, draft.actor.person_id, by, conversation.partner.value
                )
            )  # fmt: skip
    return events


def answer_of(item: Item) -> Outcome | Refusal:
    """The answer of an item; a twin gets that of the first with its key."""
    if item.twin is not None:
        first = answer_of(item.twin)
        return (
            first if isinstance(first, Refusal) else Outcome(first.entry, first.verdict, again=True)
        )
    assert item.answer is not None
    return item.answer
