"""A look ahead at what a text for several shows, before anybody decides on it (COMM-03, SUIT-02)."""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations import suiting
from visavis.conversations.types import Body
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.suitability import api as suitability


async def foreseen(tx: Tx, client_ids: Sequence[UUID], body: Body) -> dict[UUID, Refusal]:
    """Whom what this body shows would not suit if it went out now, and why; nothing is kept of such a look."""
    shown = [product for product, _ in await suiting.products_in(tx, body)]
    pairs = [(client, product) for product in shown for client in client_ids]
    found = await suitability.foreseen(tx, pairs) if pairs else []
    return {
        client: refusal
        for (client, _), refusal in zip(reversed(pairs), reversed(found), strict=True)
        if refusal is not None
    }
