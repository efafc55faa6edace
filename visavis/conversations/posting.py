"""The message path: whatever anybody says enters here, in batches, and nothing that enters skips a step.

`docs/messaging-path.md` embeds `post` and explains each numbered step.
"""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import rules
from visavis.conversations.store import stream as store
from visavis.conversations.types import (
    ClientKeyReused,
    Draft,
    Entry,
    Keep,
    Kind,
    Limits,
    MessagePosted,
    Outcome,
    Stream,
    Tail,
)  # fmt: skip
from visavis.kernel import clock, outbox
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, Refusal
from visavis.knowledge import api as knowledge
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Judged

NOBODY = UUID(int=0)

_limits = Limits()


def install(limits: Limits) -> None:
    """Set the installation's limits; called once, by the composition root."""
    global _limits
    _limits = limits


def limits() -> Limits:
    """The limits in force."""
    return _limits


async def post(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome | Refusal]:
    """Enter a batch of drafts; the answers come in the same order.

    A refusal is a value here, so that nobody's refusal undoes a neighbour: the edge raises it for its one caller.
    The number of SQL statements does not depend on the size of the batch. Nothing is acknowledged before the commit.
    """
    # 1. Lock the conversations, in id order: numbers are given under the lock, and two batches cannot deadlock.
    found = await store.lock(
        tx, sorted({one.conversation_id for one in drafts}), _limits.notice_version
    )
    batch = [rules.Item(one, *found.get(one.conversation_id, (None, False))) for one in drafts]

    # 2. May each speak here, at this moment? Connection, licence, capability, place in the conversation.
    await _may_speak(tx, batch)

    # 3. A retry gets the first answer again; another body under the same key is refused.
    await _answer_retries(tx, rules.undecided(batch))

    # 4. Tidy: a storable body, a recorded notice, a conversation that goes on, a message that may still be changed.
    await _tidy(tx, rules.undecided(batch))

    # 5. Judge: pass, nudge, hold or block. Product cards, which suitability would judge, are refused by step 4.
    await _judge(tx, rules.undecided(batch))

    # 6. Number: what is visible gets the next number of its stream; what is held or blocked stays internal.
    fresh = rules.undecided(batch)
    tails = rules.number(fresh)

    # 7. Record: sealed, in the same transaction.
    records = await archive.append(tx, [rules.fact_of(item) for item in fresh])

    # 8. Keep: entries, retry keys, search words, files and the conversations' new numbers, in one statement.
    entries = [rules.entry_of(item, record) for item, record in zip(fresh, records, strict=True)]
    await _keep(tx, fresh, entries, tails)

    # 9. Publish: ids and numbers, never text. Delivery follows the commit.
    await outbox.publish(tx, *rules.events_of(fresh))
    for tail in tails:
        tx.hint(f"conversation.{tail.id}", shared=tail.shared_no, internal=tail.internal_no)

    for item, entry in zip(fresh, entries, strict=True):
        item.answer = Outcome(entry, item.verdict)
    return [rules.answer_of(item) for item in batch]


async def _may_speak(tx: Tx, batch: Sequence[rules.Item]) -> None:
    for item in batch:
        item.answer = rules.place(item.draft, item.conversation)
    asking = [item for item in rules.undecided(batch) if rules.speaks(item.draft)]
    asks = [
        Ask(i.draft.actor, i.conversation.client_id, i.conversation.id)
        for i in asking
        if i.conversation
    ]
    for item, refusal in zip(asking, await connections.may_speak(tx, asks), strict=True):
        item.answer = refusal


async def _answer_retries(tx: Tx, batch: Sequence[rules.Item]) -> None:
    keyed = [
        ((d.conversation_id, d.actor.person_id, d.client_key), item)
        for item in batch
        if (d := item.draft).client_key
    ]
    seen = await store.seen(tx, [key for key, _ in keyed])
    first: dict[tuple[UUID, UUID, UUID], rules.Item] = {}
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


async def _tidy(tx: Tx, batch: Sequence[rules.Item]) -> None:
    changed = [
        (d.conversation_id, d.of_id) for i in batch if (d := i.draft).of_id and rules.changes(d)
    ]
    targets = await store.targets(tx, changed)
    wordings = await _wordings(tx, [item.draft for item in batch])
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
            item.body = rules.resolve(draft, rules.tidy(draft, _limits), files, wordings)
        except Refusal as refusal:
            item.answer = refusal


async def _wordings(
    tx: Tx, drafts: Sequence[Draft]
) -> dict[tuple[UUID, int], list[tuple[str, str]]]:
    """Approved wordings of the knowledge that cards name; cards are rare, so they are asked for one by one."""
    found: dict[tuple[UUID, int], list[tuple[str, str]]] = {}
    for entry_id in sorted(rules.knowledge_cards(drafts)):
        with suppress(NotFound):
            # The platform's own eyes see what is or was in force, and no draft.
            entry = await knowledge.entry(tx, system(), entry_id)
            for one in entry.versions:
                found[entry_id, one.version] = [(t.title, t.answer) for t in one.texts.values()]
    return found


async def _judge(tx: Tx, batch: Sequence[rules.Item]) -> None:
    judged = [item for item in batch if item.draft.kind in rules.JUDGED]
    asks = [Judged(rules.text_of(item.body), rules.direction_of(item.draft)) for item in judged]
    for item, verdict in zip(judged, await supervision.judge(tx, asks), strict=True):
        if verdict.action is not Action.PASS:
            item.verdict = msgspec.to_builtins(verdict)
            item.state = rules.keep_of(verdict.action)


async def _keep(
    tx: Tx, fresh: Sequence[rules.Item], entries: Sequence[Entry], tails: Sequence[Tail]
) -> None:
    if not entries:
        return
    files = [
        (entry.conversation_id, UUID(one["id"]), entry.id)
        for entry in entries
        for one in entry.body.get("attachments", ())
    ]
    kept = [*zip(entries, (item.fingerprint for item in fresh), strict=True)]
    await store.keep(tx, kept, rules.words_of(entries), files, tails)
    await supervision.keep_verdicts(tx, [entry for entry in entries if entry.verdict])


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
    await store.keep(tx, [(entry, b"")], rules.words_of([entry]), [], [tail])
    if entry.kind is Kind.MESSAGE:
        partner = conversation.partner.value
        await outbox.publish(
            tx, MessagePosted(conversation.id, entry.id, number, entry.sender_id, by, partner)
        )
    tx.hint(f"conversation.{conversation.id}", shared=number)
    return entry
