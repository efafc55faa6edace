"""Messages for later that end before their moment: with a right to speak, or with what they show."""

from dataclasses import replace
from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import rules
from visavis.conversations.api.scheduling import end
from visavis.conversations.store import scheduled as store
from visavis.conversations.types import Plan
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.suitability import api as suitability
from visavis.suitability.types import CardAsk


async def stop(tx: Tx, staff_id: UUID, client_id: UUID | None = None) -> int:
    """Nothing more of this author is sent, to this client or to anybody; how many messages were stopped (CONN-02)."""
    found = await store.waiting(tx, staff_id, client_id)
    actor = await connections.actor_of(tx, staff_id) if found else None
    for one in found:
        assert actor is not None
        await end(tx, actor, replace(one, state=Plan.STOPPED))
    return len(found)


async def parted(tx: Tx, client_id: UUID, staff_id: UUID) -> int:
    """After a connection was dissolved: nothing more is sent to this client, unless the two are connected anew."""
    if not await store.waiting(tx, staff_id, client_id):
        return 0
    ask = Ask(await connections.actor_of(tx, staff_id), client_id, client_id)
    refusal = (await connections.may_speak(tx, [ask]))[0]
    return await stop(tx, staff_id, client_id) if refusal else 0


async def refuse_unsuitable(
    tx: Tx, *, client_id: UUID | None = None, product_id: UUID | None = None
) -> int:
    """Match what waits with products anew: what suits no more is refused now, and its author sees why (SUIT-08)."""
    found = await store.showing(tx, client_id, product_id)
    if not found:
        return 0
    authors = {
        key: await connections.actor_of(tx, key) for key in {one.staff_id for one, _ in found}
    }
    asks = [
        CardAsk(
            authors[one.staff_id], (one.client_id,), product, authors[one.staff_id].environment,
            rules.views(one.body), one.conversation_id, one.id,
        )
        for one, product in found
    ]  # fmt: skip
    answers = await suitability.gate(tx, asks)
    gone = {
        one.id: (one, answer)
        for (one, _), answer in zip(found, answers, strict=True)
        if isinstance(answer, Refusal)
    }
    for one, refusal in gone.values():
        done = replace(one, state=Plan.REFUSED, reason=refusal.code, params=refusal.params)
        await end(tx, authors[one.staff_id], done)
    return len(gone)
