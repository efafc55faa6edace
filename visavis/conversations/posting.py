"""The message path: whatever anybody says enters here, in batches, and nothing that enters skips a step.

`docs/messaging-path.md` embeds `post` and explains each numbered step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import rules
from visavis.conversations.store import stream as store
from visavis.conversations.types import (
    Body,
    ClientKeyReused,
    Conversation,
    Draft,
    Entry,
    Keep,
    Kind,
    Limits,
    MessageHeld,
    MessagePosted,
    Outcome,
    Stream,
    Tail,
)  # fmt: skip
from visavis.kernel import clock, outbox
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event
from visavis.kernel.ids import new_id
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Direction, Judged

NOBODY = UUID(int=0)

_limits = Limits()


def install(limits: Limits) -> None:
    """Set the installation's limits; called once, by the composition root."""
    global _limits
    _limits = limits


def limits() -> Limits:
    """The limits in force."""
    return _limits


@dataclass(slots=True)
class Item:
    """A draft on its way through the page; `answer` ends the way."""

    draft: Draft
    conversation: Conversation | None
    noticed: bool
    answer: Outcome | Refusal | None = None
    fingerprint: bytes = b""
    twin: "Item | None" = None
    body: Body = field(default_factory=dict)
    verdict: Mapping[str, Any] | None = None
    state: Keep = Keep.KEPT
    stream: Stream = Stream.SHARED
    no: int = 0
    entry_id: UUID = NOBODY
    at: datetime = clock.EPOCH


async def post(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome | Refusal]:
    """Enter a batch of drafts; the answers come in the same order.

    A refusal is a value here, so that nobody's refusal undoes a neighbour: the edge raises it for its one caller.
    The number of SQL statements does not depend on the size of the batch. Nothing is acknowledged before the commit.
    """
    # 1. Lock the conversations, in id order: numbers are given under the lock, and two batches cannot deadlock.
    found = await store.lock(
        tx, sorted({one.conversation_id for one in drafts}), _limits.notice_version
    )
    batch = [Item(one, *found.get(one.conversation_id, (None, False))) for one in drafts]

    # 2. May each speak here, at this moment? Connection, licence, capability, place in the conversation.
    await _may_speak(tx, batch)

    # 3. A retry gets the first answer again; another body under the same key is refused.
    await _answer_retries(tx, _open(batch))

    # 4. Tidy: a storable body, a recorded notice, a conversation that goes on, a message that may still be changed.
    await _tidy(tx, _open(batch))

    # 5. Judge: pass, nudge, hold or block. Product cards, which suitability would judge, are refused by step 4.
    await _judge(tx, _open(batch))

    # 6. Number: what is visible gets the next number of its stream; what is held or blocked stays internal.
    fresh = _open(batch)
    tails = _number(fresh)

    # 7. Record: sealed, in the same transaction.
    records = await archive.append(tx, [_fact(item) for item in fresh])

    # 8. Keep: entries, retry keys, search words, files and the conversations' new numbers, in one statement.
    entries = [_entry(item, record) for item, record in zip(fresh, records, strict=True)]
    await _keep(tx, fresh, entries, tails)

    # 9. Publish: ids and numbers, never text. Delivery follows the commit.
    await outbox.publish(tx, *_events(fresh))
    for tail in tails:
        tx.hint(f"conversation.{tail.id}", shared=tail.shared_no, internal=tail.internal_no)

    for item, entry in zip(fresh, entries, strict=True):
        item.answer = Outcome(entry, item.verdict)
    return [_answer(item) for item in batch]


def _open(batch: Sequence[Item]) -> list[Item]:
    return [item for item in batch if item.answer is None and item.twin is None]


async def _may_speak(tx: Tx, batch: Sequence[Item]) -> None:
    for item in batch:
        item.answer = rules.place(item.draft, item.conversation)
    asking = [item for item in _open(batch) if rules.speaks(item.draft)]
    asks = [
        Ask(i.draft.actor, i.conversation.client_id, i.conversation.id)
        for i in asking
        if i.conversation
    ]
    for item, refusal in zip(asking, await connections.may_speak(tx, asks), strict=True):
        item.answer = refusal


async def _answer_retries(tx: Tx, batch: Sequence[Item]) -> None:
    keyed = [
        ((d.conversation_id, d.actor.person_id, d.client_key), item)
        for item in batch
        if (d := item.draft).client_key
    ]
    seen = await store.seen(tx, [key for key, _ in keyed])
    first: dict[tuple[UUID, UUID, UUID], Item] = {}
    for key, item in keyed:
        item.fingerprint = rules.fingerprint(item.draft)
        known = seen.get(key)
        if known is not None:
            same = known[0] == item.fingerprint
            item.answer = (
                Outcome(known[1], known[1].verdict, again=True) if same else ClientKeyReused()
            )
        elif first.setdefault(key, item) is not item:
            same = first[key].fingerprint == item.fingerprint
            item.twin, item.answer = (first[key], None) if same else (None, ClientKeyReused())


async def _tidy(tx: Tx, batch: Sequence[Item]) -> None:
    changed = [
        (d.conversation_id, d.of_id) for i in batch if (d := i.draft).of_id and rules.changes(d)
    ]
    targets = await store.targets(tx, changed)
    files = await store.files(tx, [key for item in batch for key in rules.files_of(item.draft)])
    now = clock.now()
    for item in batch:
        draft, conversation = item.draft, item.conversation
        assert conversation is not None
        item.at = max(now, conversation.last_at)
        try:
            rules.check_time(draft, conversation, item.noticed)
            if rules.changes(draft):
                target = targets.get((draft.conversation_id, draft.of_id or NOBODY))
                rules.check_change(draft, target, item.at, _limits)
            item.body = rules.resolve(draft, rules.tidy(draft, _limits), files)
        except Refusal as refusal:
            item.answer = refusal


async def _judge(tx: Tx, batch: Sequence[Item]) -> None:
    judged = [item for item in batch if item.draft.kind in rules.JUDGED]
    asks = [Judged(rules.text_of(item.body), _direction(item.draft)) for item in judged]
    for item, verdict in zip(judged, await supervision.judge(tx, asks), strict=True):
        if verdict.action is not Action.PASS:
            item.verdict = msgspec.to_builtins(verdict)
            item.state = rules.keep_of(verdict.action)


def _direction(draft: Draft) -> Direction:
    return (
        Direction.CLIENT_TO_STAFF
        if rules.by_of(draft.actor) == "client"
        else Direction.STAFF_TO_CLIENT
    )


def _number(fresh: Sequence[Item]) -> list[Tail]:
    tails: dict[UUID, Tail] = {}
    for item in fresh:
        conversation = item.conversation
        assert conversation is not None
        tail = tails.get(conversation.id) or tails.setdefault(
            conversation.id, Tail.of(conversation)
        )
        item.entry_id = new_id()
        item.stream = item.draft.stream if item.state is Keep.KEPT else Stream.INTERNAL
        item.no = tail.take(item.stream)
        if item.stream is Stream.SHARED and item.draft.kind is Kind.MESSAGE:
            tail.said(
                item.at,
                rules.text_of(item.body),
                item.draft.actor.person_id,
                rules.by_of(item.draft.actor),
            )
    return list(tails.values())


def _fact(item: Item) -> Fact:
    draft, conversation = item.draft, item.conversation
    assert conversation is not None
    clear = {
        "entry": str(item.entry_id),
        "stream": item.stream.word,
        "no": item.no,
        "sender": str(draft.actor.person_id),
        "state": item.state.value,
    }
    body: dict[str, Any] = {"body": item.body, "at": str(clock.to_us(item.at))}
    if draft.of_id:
        body["of"] = str(draft.of_id)
    if item.verdict:
        body["verdict"] = item.verdict
    return Fact(
        draft.kind.value,
        conversation.id,
        conversation.client_id,
        conversation.environment,
        body,
        clear,
    )


def _entry(item: Item, record_id: UUID) -> Entry:
    draft = item.draft
    return Entry(
        item.entry_id, draft.conversation_id, item.stream, item.no, draft.kind, draft.actor.person_id, item.at,
        item.body, item.state, record_id, draft.client_key, draft.of_id, item.verdict,
    )  # fmt: skip


async def _keep(
    tx: Tx, fresh: Sequence[Item], entries: Sequence[Entry], tails: Sequence[Tail]
) -> None:
    if not entries:
        return
    files = [
        (entry.conversation_id, UUID(one["id"]), entry.id)
        for entry in entries
        for one in entry.body.get("attachments", ())
    ]
    kept = [*zip(entries, (item.fingerprint for item in fresh), strict=True)]
    await store.keep(tx, kept, _words(entries), files, tails)
    await supervision.keep_verdicts(tx, [entry for entry in entries if entry.verdict])


def _words(entries: Sequence[Entry]) -> dict[tuple[UUID, UUID], tuple[datetime, list[str]]]:
    """What is searched: an edit's words stand for those of its message, unless it was held or blocked."""
    words: dict[tuple[UUID, UUID], tuple[datetime, list[str]]] = {}
    for entry in entries:
        if entry.kind in rules.TEXTUAL and (found := rules.words(rules.text_of(entry.body))):
            about = entry.of_id if entry.of_id and rules.replaces(entry) else entry.id
            words[entry.conversation_id, about] = (entry.at, found)
    return words


def _events(fresh: Sequence[Item]) -> list[Event]:
    events: list[Event] = []
    for item in fresh:
        draft, conversation = item.draft, item.conversation
        assert conversation is not None
        by = rules.by_of(draft.actor)
        if item.state is Keep.HELD:
            events.append(MessageHeld(conversation.id, item.entry_id))
        elif item.state is Keep.KEPT and draft.kind is Kind.MESSAGE and by != "system":
            events.append(
                MessagePosted(
                    conversation.id,
                    item.entry_id,
                    item.no,
                    draft.actor.person_id,
                    by,
                    conversation.partner.value,
                )
            )
    return events


def _answer(item: Item) -> Outcome | Refusal:
    if item.twin is not None:
        first = _answer(item.twin)
        return (
            first if isinstance(first, Refusal) else Outcome(first.entry, first.verdict, again=True)
        )
    assert item.answer is not None
    return item.answer


async def release(tx: Tx, held: Entry) -> Entry:
    """Give a held entry its number in the shared stream, under its own id; the caller's decision is on record."""
    conversation, _ = (await store.lock(tx, [held.conversation_id], ""))[held.conversation_id]
    tail = Tail.of(conversation)
    at = max(clock.now(), conversation.last_at)
    number = tail.take(Stream.SHARED)
    by = "client" if held.sender_id == conversation.client_id else "staff"
    clear = {"entry": str(held.id), "stream": "shared", "no": number, "sender": str(held.sender_id)}
    body = {"body": held.body, "at": str(clock.to_us(at)), "held": str(held.record_id)}
    fact = Fact(
        "release", conversation.id, conversation.client_id, conversation.environment, body, clear
    )
    record_id = await archive.append_one(tx, fact)
    entry = msgspec.structs.replace(
        held,
        stream=Stream.SHARED,
        no=number,
        at=at,
        state=Keep.KEPT,
        record_id=record_id,
        verdict=None,
    )
    if entry.kind is Kind.MESSAGE:
        tail.said(at, rules.text_of(entry.body), entry.sender_id, by)
    await store.keep(tx, [(entry, b"")], _words([entry]), [], [tail])
    if entry.kind is Kind.MESSAGE:
        partner = conversation.partner.value
        await outbox.publish(
            tx, MessagePosted(conversation.id, entry.id, number, entry.sender_id, by, partner)
        )
    tx.hint(f"conversation.{conversation.id}", shared=number)
    return entry
