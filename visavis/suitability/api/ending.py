"""What ends a client's request: himself, another standing, another version of the product (SUIT-04, SUIT-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.kernel import outbox
from visavis.kernel.db import Tx
from visavis.products import api as products
from visavis.suitability.store import requests as store
from visavis.suitability.types import ClientRequest, RequestState, SuitabilityChanged


async def changed(tx: Tx, clients: Sequence[UUID]) -> None:
    """These clients stand otherwise from now on: their living requests end, and whoever shows them products is told."""
    for one in await store.live_of(tx, client_ids=clients) if clients else ():
        await end(tx, one, RequestState.REVOKED)
    await outbox.publish(tx, *map(SuitabilityChanged, clients))


async def revoke(tx: Tx, product_id: UUID) -> None:
    """End the living requests for other versions of this product than the one in force."""
    version = (await products.in_force(tx, [product_id])).get(product_id)
    for one in await store.live_of(tx, product_ids=[product_id]):
        if version is None or version.version != one.product_version:
            await end(tx, one, RequestState.REVOKED)


async def end(tx: Tx, one: ClientRequest, state: RequestState, note: str = "") -> ClientRequest:
    """End a request for this reason."""
    one = replace(one, state=state)
    await archive.append_one(tx, fact(one, {"note": note}, {"step": state.value}))
    await store.change(tx, one)
    return one


def fact(one: ClientRequest, body: Mapping[str, Any], clear: Mapping[str, Any]) -> Fact:
    """What goes on record about a step of a request: the request is its chain, the product finds it for a dossier."""
    clear = {**clear, "product": str(one.product_id)}
    return Fact(
        "client_request", one.id, one.client_id, one.environment, body, clear, RetentionClass.SUITABILITY
    )  # fmt: skip
