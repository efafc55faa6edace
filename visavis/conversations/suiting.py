"""Beside the message path: product cards pass suitability's gate, are kept, and are recalled when they no longer suit.

Whoever sends a product card, by whatever road, it enters `posting.post` and so passes `suit`. Batches without such a
card cost nothing; with them the number of statements does not depend on how many there are.
"""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations import rules
from visavis.conversations.store import cards as store
from visavis.conversations.types import Body, Draft, Entry, Keep, Kind, Stream
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed, Refusal
from visavis.kernel.ids import new_id
from visavis.products import api as products_api
from visavis.products.types import ProductVersion
from visavis.suitability import api as suitability
from visavis.suitability.types import CardAsk

CARRIERS = frozenset({Kind.MESSAGE, Kind.EDIT})


async def suit(tx: Tx, batch: Sequence[rules.Item]) -> None:
    """Refuse whatever shows a product that must not reach this client now; fill in the cards that may go."""
    asking: list[tuple[rules.Item, CardAsk]] = []
    showing = [item for item in batch if rules.may_show(item.body)]
    if not showing:
        return
    linked = await _linked(tx, showing)
    for item in showing:
        products = rules.products_of(item.body)
        pages = linked.get(id(item), ())
        if not products and not pages:
            continue
        draft, conversation = item.draft, item.conversation
        assert conversation is not None
        if draft.kind not in CARRIERS or draft.stream is not Stream.SHARED:
            item.answer = Malformed(field="body.cards", reason="products go to the client alone")
            continue
        asking += [
            (item, CardAsk(draft.actor, (conversation.client_id,), product, conversation.environment,
                           bool(products) and rules.views(item.body), conversation.id, draft.client_key))
            for product in {*products, *pages}
        ]  # fmt: skip
    cleared: dict[int, dict[UUID, ProductVersion]] = {}
    for (item, ask), answer in zip(
        asking, await suitability.gate(tx, [ask for _, ask in asking]), strict=True
    ):
        if isinstance(answer, Refusal):
            item.answer = item.answer or answer
        else:
            cleared.setdefault(id(item), {})[ask.product_id] = answer.version
    for item, _ in asking:
        if item.answer is None:
            assert item.conversation is not None
            item.body = rules.shown(item.body, cleared[id(item)], item.conversation.language)
            item.text = rules.text_of(item.body)


async def products_in(tx: Tx, body: Body) -> list[tuple[UUID, bool]]:
    """What a body of staff shows or leads to, each with whether words or a view make it advice."""
    shown = rules.products_of(body)
    known = await products_api.by_codes(tx, rules.pages_of(body))
    return [
        (product, bool(shown) and rules.views(body))
        for product in dict.fromkeys([*shown, *known.values()])
    ]


async def _linked(tx: Tx, batch: Sequence[rules.Item]) -> dict[int, set[UUID]]:
    """The products whose pages the firm's side sends, by item: a link is no way around the gate."""
    words = {
        id(item): rules.pages_of(item.body)
        for item in batch
        if item.draft.kind in CARRIERS and rules.by_of(item.draft.actor) != "client"
    }
    known = await products_api.by_codes(tx, set().union(*words.values()))
    return {key: {known[word] for word in found & known.keys()} for key, found in words.items()}


async def keep(tx: Tx, batch: Sequence[rules.Item], entries: Sequence[Entry]) -> None:
    """Note which products visible messages show to whom."""
    sent = [
        one
        for item, entry in zip(batch, entries, strict=True)
        if item.conversation is not None and entry.state is Keep.KEPT
        for one in _sent(entry, item.conversation.client_id)
    ]
    if sent:
        await store.insert(tx, sent)


async def check_release(tx: Tx, held: Entry, client_id: UUID) -> None:
    """Raise unless the products of a held message still suit its client: a release is no way around the gate."""
    sent = _sent(held, client_id)
    if not sent:
        return
    for _, reason in await suitability.still_suits(
        tx, [(client_id, one.product_id) for one in sent]
    ):
        if reason is not None:
            raise suitability.refusal_of(reason)
    await store.insert(tx, sent)


def _sent(entry: Entry, client_id: UUID) -> list[store.Sent]:
    if entry.kind not in CARRIERS:
        return []
    return [
        store.Sent(
            entry.conversation_id, entry.of_id or entry.id, UUID(card["product"]), card["version"], client_id,
            entry.at,
        )
        for card in entry.body.get("cards", ())
        if card["kind"] == "product"
    ]  # fmt: skip


def recall_of(card: store.Open) -> Draft:
    """The platform's recall of the message that shows a card."""
    actor = system(card.environment)
    return Draft(
        actor, card.conversation_id, Stream.SHARED, Kind.RECALL, {}, new_id(), card.entry_id
    )


def told_of(card: store.Open, version: ProductVersion | None, reason: str) -> dict[str, str]:
    """What the client is told about a recalled card."""
    risk = version.details.risk.name if version else ""
    return {"product": str(card.product_id), "name": card.title, "reason": reason, "risk": risk}
