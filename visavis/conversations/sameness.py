"""Beside the message path: the same words of staff reach 25 clients within 30 days, and no more without approval.

Words that were said to one client alone are remembered in this process and cost no statement; from the second client
on every recipient is kept. What one person wrote and another approved (a broadcast, an answer of the knowledge base)
may reach everybody.
"""

from collections import OrderedDict
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

REMEMBERED = 50_000
DAY = timedelta(days=1)

Ask = tuple[store.Words, UUID, rules.Item | None]

# The only client who has heard these words from this process so far; nil where there were more.
_said_once: OrderedDict[store.Words, UUID] = OrderedDict()
MANY = UUID(int=0)


async def count(tx: Tx, batch: Sequence[rules.Item]) -> None:
    """Refuse what would bring the same words to one client too many; note whom they reach."""
    most = limits().same_words_clients
    asks = [ask for item in batch if most and item.state is not Keep.BLOCKED for ask in _asks(item)]
    if not asks:
        return
    now = clock.now()
    free = await store.approved(tx, {words for words, _, _ in asks}, now)
    asks = [one for one in asks if one[0] not in free]
    if not asks:
        return
    words = {one[0] for one in asks}
    await store.lock(tx, words)
    known = await store.reached(tx, words, now - limits().same_words_days * DAY)
    fresh: list[tuple[store.Words, UUID]] = []
    for one, client_id, item in asks:
        there = known[one]
        if client_id in there or len(there) < most:
            there.add(client_id)
            fresh.append((one, client_id))
        elif item is not None and not await _approved_answer(tx, item, one, now):
            item.answer = NeedsApproval(limit=most, days=limits().same_words_days)
    await store.reach(tx, fresh, now)


def _asks(item: rules.Item) -> list[Ask]:
    conversation = item.conversation
    assert conversation is not None
    unasked = item.draft.kind is Kind.EDIT or rules.first(item.draft, conversation)
    digest = rules.same_words(item.draft, item.body, unasked)
    if digest is None:
        return []
    words, client_id = (conversation.environment, digest), conversation.client_id
    before = _said_once.get(words)
    if before in (None, client_id):
        _said_once[words] = client_id
        if len(_said_once) > REMEMBERED:
            _said_once.popitem(last=False)
        return []
    _said_once[words] = MANY
    mine: list[Ask] = [(words, client_id, item)]
    return mine if before == MANY else [(words, before, None), *mine]


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
    draft = Draft(actor, MANY, Stream.SHARED, Kind.MESSAGE, body)
    return rules.same_words(draft, body, unasked=True)
