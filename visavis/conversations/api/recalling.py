"""Product cards that no longer suit: recalled through the message path, and the client is told (order 130 art 21)."""

from uuid import UUID

from visavis.conversations import posting, suiting
from visavis.conversations.api.threads import say_system
from visavis.conversations.store import cards as store
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.suitability import api as suitability


async def recall_unsuitable(
    tx: Tx, *, client_id: UUID | None = None, product_id: UUID | None = None
) -> int:
    """Match the open cards of a client or product anew (all, where neither is named); how many were recalled.

    A repeated call finds nothing more to do.
    """
    cards = await store.open_of(tx, client_id, product_id)
    judged = await suitability.still_suits(tx, [(one.client_id, one.product_id) for one in cards])
    gone = [(card, *found) for card, found in zip(cards, judged, strict=True) if found[1]]
    if not gone:
        return 0
    # A message with two products is recalled once; the second answer is a refusal and changes nothing.
    answers = await posting.post(tx, [suiting.recall_of(card) for card, _, _ in gone])
    await store.recalled(tx, [card for card, _, _ in gone], clock.now())
    for (card, version, reason), answer in zip(gone, answers, strict=True):
        if reason is not None and not isinstance(answer, Refusal):
            params = suiting.told_of(card, version, reason.value)
            await say_system(tx, [card.conversation_id], "card_recalled", params)
    return len(gone)
