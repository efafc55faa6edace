"""Beside the message path: the same words of staff reach 25 clients within 30 days, and no more without approval.

Every recipient of words long enough to be a mailing is kept in the transaction that brings them there, under a lock on
the words, so that the 26th is the 26th in whatever process, and after whatever restart: one statement for a batch whose
words each reach one client, as most do, three for others; shorter words cost nothing.
What one person wrote and another approved (a broadcast, an answer of the knowledge base) may reach everybody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations import rules
from visavis.conversations.store import sameness as store
from visavis.conversations.terms import limits
from visavis.conversations.types import Body, Draft, Keep, Kind, NeedsApproval, Stream
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.knowledge import api as knowledge

DAY = timedelta(days=1)
MOST_FORGOTTEN = 20_000
NOWHERE = UUID(int=0)

Ask = tuple[store.Words, UUID, rules.Item]


async def count(tx: Tx, batch: Sequence[rules.Item]) -> None:
    """Refuse what would bring the same words to one client too many; note whom they reach."""
    most = limits().same_words_clients
    asks = [
        ask for item in batch if most and item.state is not Keep.BLOCKED and (ask := _ask(item))
    ]
    if not asks:
        return
    now = clock.now()
    since = now - limits().same_words_days * DAY
    first: dict[store.Words, UUID] = {}
    several: set[store.Words] = set()
    for words, client_id, _ in asks:
        if first.setdefault(words, client_id) != client_id:
            several.add(words)
    heard = await store.hear(tx, first, now, since)
    several |= heard.keys()
    several -= {words for words, one in heard.items() if (one.approved_until or now) > now}
    if not several:
        return
    known = await store.reached(tx, several, since)
    for words in several:
        known[words] |= _before(heard.get(words), first[words], since)
    fresh: list[tuple[store.Words, UUID]] = []
    for words, client_id, item in asks:
        if words not in several:
            continue
        there = known[words]
        if client_id in there or len(there) < most:
            there.add(client_id)
            fresh.append((words, client_id))
        elif not await _approved_answer(tx, item, words, now):
            item.answer = NeedsApproval(limit=most, days=limits().same_words_days)
    await store.reach(tx, fresh, now)


def _before(heard: store.Heard | None, first: UUID, since: datetime) -> set[UUID]:
    """Who stands beside the words: the first of this batch, unless somebody did before."""
    if heard is None:
        return {first}
    return {heard.client_id} if heard.client_id and heard.at and heard.at > since else set()


async def forget(tx: Tx) -> None:
    """Drop recipients that count no more, and words that nobody has heard since."""
    now = clock.now()
    await store.forget(tx, now - limits().same_words_days * DAY, now, MOST_FORGOTTEN)


def _ask(item: rules.Item) -> Ask | None:
    conversation = item.conversation
    assert conversation is not None
    unasked = item.draft.kind is Kind.EDIT or rules.first(item.draft, conversation)
    digest = rules.same_words(item.draft, item.body, unasked)
    if digest is None:
        return None
    return (conversation.environment, digest), conversation.client_id, item


async def _approved_answer(tx: Tx, item: rules.Item, words: store.Words, now: datetime) -> bool:
    """Whether these are the words of an approved answer; if so, they are free for a day."""
    text = str(item.body.get("text", ""))
    for found in await knowledge.search(
        tx, text, item.conversation.language if item.conversation else "zh-CN"
    ):
        if words[1] == _digest(item.draft.actor, {"text": found.item.answer}):
            await store.approve(tx, words, now + DAY)
            return True
    return False


async def approve(tx: Tx, actor: Actor, text: str) -> None:
    """A broadcast's words were approved: they may reach any number of clients for as long as recipients count."""
    digest = _digest(actor, {"text": text})
    if digest is not None:
        until = clock.now() + limits().same_words_days * DAY
        await store.approve(tx, (actor.environment, digest), until)


def _digest(actor: Actor, body: Body) -> bytes | None:
    draft = Draft(actor, NOWHERE, Stream.SHARED, Kind.MESSAGE, body)
    return rules.same_words(draft, body, unasked=True)
