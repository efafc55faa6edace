"""Product cards that no longer suit: recalled through the message path, and the client is told (order 130 art 21)."""

from uuid import UUID

from visavis.conversations import suiting
from visavis.conversations.api.saying import enter
from visavis.conversations.api.threads import say_system
from visavis.conversations.api.unplanning import refuse_unsuitable
from visavis.conversations.store import cards as store
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.suitability import api as suitability


async def recall_unsuitable(
    tx: Tx, *, client_id: UUID | None = None, product_id: UUID | None = None
) -> int:
    """Match the cards of a client or product anew (all, where neither is named); how many open ones were recalled.

    What waits to be sent is refused.

    A repeated call finds nothing more to do.
    """
    await refuse_unsuitable(tx, client_id=client_id, product_id=product_id)
    cards = await store.open_of(tx, client_id, product_id)
    if not cards:
        return 0
    judged = await suitability.still_suits(tx, [(one.client_id, one.product_id) for one in cards])
    gone = {
        card.entry_id: (card, version, reason)
        for card, (version, reason) in zip(cards, judged, strict=True)
        if reason is not None
    }
    # Whatever refuses a recall makes the reaction fail, and it is tried again.
    await enter(tx, [suiting.recall_of(card) for card, _, _ in gone.values()])
    await store.recalled(tx, [card for card, _, _ in gone.values()], clock.now())
    for card, version, reason in gone.values():
        params = suiting.told_of(card, version, reason.value)
        await say_system(tx, [card.conversation_id], "card_recalled", params)
    return len(gone)
