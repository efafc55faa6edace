"""What the firm adds to a client's request: the call-back, and the permission once it has cooled (SUIT-10)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from visavis.identity import api as identity
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.products import api as products
from visavis.suitability.api import configuring, ending, requesting
from visavis.suitability.rules import rights
from visavis.suitability.store import requests as store
from visavis.suitability.types import ClientRequest, ProductVersion, RequestState, Step


async def to_call(tx: Tx, actor: Actor) -> list[ClientRequest]:
    """Requests that wait for an independent call-back, oldest first. Raises `Forbidden`."""
    if not rights.may_call_back(actor):
        raise Forbidden
    return await store.to_call(tx, actor.environment)


async def names_of(tx: Tx, found: Sequence[ClientRequest], language: str) -> list[tuple[str, str]]:
    """The names of each request's client and product; a product that is out of force has none."""
    people = await identity.people(tx, {one.client_id for one in found})
    versions = await products.in_force(tx, {one.product_id for one in found})
    return [
        (people[one.client_id].called(language), _name(versions.get(one.product_id), language))
        for one in found
    ]


async def named(tx: Tx, people: Collection[UUID], language: str) -> dict[UUID, str]:
    """The names of people: clients of the caller's lists, authors of documents."""
    found = await identity.people(tx, people)
    return {key: one.called(language) for key, one in found.items()}


def _name(version: ProductVersion | None, language: str) -> str:
    names = version.details.names if version else {}
    return names.get(language) or names.get("zh-CN", "")


async def call_back(
    tx: Tx, actor: Actor, request_id: UUID, *, insists: bool, note: str
) -> ClientRequest:
    """An independent person has spoken with the client, who insists or gives up.

    Raises `WrongStep`, `Forbidden`, `NotFound`.
    """
    if not rights.may_call_back(actor):
        raise Forbidden
    one = await store.request(tx, request_id)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    requesting.check_open(one)
    if not insists:
        return await ending.end(tx, one, RequestState.WITHDRAWN, note)
    one = await requesting.step(tx, actor, one, Step.CALLED_BACK, {"note": note})
    return await requesting.permit(tx, one, await configuring.in_force(tx))


async def ripen(tx: Tx) -> int:
    """Permit what has cooled and was called back; how many were permitted. By timer."""
    documents = await configuring.in_force(tx)
    waiting = await store.confirmed(tx)
    permitted = [await requesting.permit(tx, one, documents) for one in waiting]
    return sum(one.state is RequestState.PERMITTED for one in permitted)
