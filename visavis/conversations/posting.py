"""The message path: whatever anybody says enters here, in batches, and nothing that enters skips a step.

`docs/messaging-path.md` embeds `post` and explains each numbered step.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import finding, judging, monologue, rules, sameness, suiting
from visavis.conversations.releasing import wordings
from visavis.conversations.store import stream as store
from visavis.conversations.terms import limits
from visavis.conversations.types import Draft, Entry, NotCaptured, Outcome, RetryKey, Tail
from visavis.custody import api as custody
from visavis.kernel import clock, outbox
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.supervision import api as supervision

NOBODY = UUID(int=0)


async def post(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome | Refusal]:
    """Enter a batch of drafts; the answers come in the same order.

    A refusal is a value here, so that nobody's refusal undoes a neighbour: the edge raises it for its one caller.
    The number of SQL statements does not depend on the size of the batch. Nothing is acknowledged before the commit.
    """
    # 1. Lock the conversations, in id order: numbers are given under the lock, and two batches cannot deadlock.
    ids = sorted({one.conversation_id for one in drafts})
    found, kept = await store.lock(tx, ids, limits().notice_version, rules.retry_keys(drafts))
    batch = [rules.Item(one, *found.get(one.conversation_id, (None, False))) for one in drafts]

    # 2. May each speak here, at this moment? Connection, licence, capability, place in the conversation.
    await _may_speak(tx, batch)

    # 3. A retry gets the first answer again; another body under the same key is refused.
    await _answer_retries(tx, rules.undecided(batch), kept)

    # 4. Tidy: a storable body, a recorded notice, a conversation that goes on, a message that may still be changed.
    await _tidy(tx, rules.undecided(batch))

    # 5. Suitable? A product card that must not reach this client now goes no further, whoever sends it.
    await suiting.suit(tx, rules.undecided(batch))

    # 6. Judge: pass, nudge, hold or block. The same words go to so many clients, and to more only when approved.
    await _judge(tx, rules.undecided(batch))
    await sameness.count(tx, rules.undecided(batch))

    # 7. Number: what is visible gets the next number of its stream; what is held or blocked stays internal.
    fresh = rules.undecided(batch)
    tails = rules.number(fresh)

    # 8. Record: sealed, in the same transaction.
    records = await archive.append(tx, [rules.fact_of(item) for item in fresh])

    # 9. Keep: entries, retry keys, files, the conversations' new numbers; their search words follow.
    entries = [rules.entry_of(item, record) for item, record in zip(fresh, records, strict=True)]
    await _keep(tx, fresh, entries, tails)

    # 10. Publish: ids and numbers, never text. Delivery follows the commit.
    await _publish(tx, fresh, tails)
    for item, entry in zip(fresh, entries, strict=True):
        item.answer = Outcome(entry, item.verdict)
    return [rules.answer_of(item) for item in batch]


async def _may_speak(tx: Tx, batch: Sequence[rules.Item]) -> None:
    groups = rules.alike(batch)
    leaders = [group[0] for group in groups]
    for item in leaders:
        item.answer = rules.place(item.draft, item.conversation)
        if item.answer is None and rules.outgoing(item.draft) and custody.stopped():
            item.answer = NotCaptured()
    asking = [item for item in rules.undecided(leaders) if rules.speaks(item.draft)]
    asks = [
        Ask(i.draft.actor, one.client_id, one.id, rules.first(i.draft, one))
        for i in asking
        if (one := i.conversation)
    ]
    for item, (refusal, stands) in zip(asking, await connections.speakers(tx, asks), strict=True):
        item.answer = refusal
        judging.stand(item, stands)
    rules.follow(groups)


async def _answer_retries(tx: Tx, batch: Sequence[rules.Item], kept: Collection[RetryKey]) -> None:
    keyed = rules.keyed(batch)
    again = [key for key, _ in keyed if key in kept] if kept else []
    rules.answer_retries(keyed, await store.seen(tx, again))


async def _tidy(tx: Tx, batch: Sequence[rules.Item]) -> None:
    changed = [
        (d.conversation_id, d.of_id) for i in batch if (d := i.draft).of_id and rules.changes(d)
    ]
    targets = await store.targets(tx, changed)
    approved = await wordings(tx, [item.draft for item in batch])
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
                rules.check_change(draft, target, item.at, limits())
            item.body = rules.resolve(draft, rules.tidy(draft, limits()), files, approved)
            item.text, item.contents = rules.text_of(item.body), rules.contents_of(draft, files)
        except Refusal as refusal:
            item.answer = refusal


async def _judge(tx: Tx, batch: Sequence[rules.Item]) -> None:
    judged = [item for item in batch if item.draft.kind in rules.JUDGED]
    asks = [judging.ask_of(item) for item in judged]
    for item, verdict in zip(judged, await supervision.judge(tx, asks), strict=True):
        if verdict.policies:  # what a client reports passes, and is kept for whoever must see it
            item.verdict = rules.verdict_of(item, msgspec.to_builtins(verdict))
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
    await store.keep(tx, kept, files, tails, finding.words(tx, entries))
    await supervision.keep_verdicts(tx, [entry for entry in entries if entry.verdict])
    await suiting.keep(tx, fresh, entries)


async def _publish(tx: Tx, fresh: Sequence[rules.Item], tails: Sequence[Tail]) -> None:
    await outbox.publish(tx, *rules.events_of(fresh))
    await monologue.note(tx, rules.monologues(fresh))
    for tail in tails:
        tx.hint(f"conversation.{tail.id}", shared=tail.shared_no, internal=tail.internal_no)
