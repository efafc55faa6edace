"""Who could take a conversation over by hand."""

from uuid import UUID

from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.dispatch import looking
from visavis.dispatch.api.presence import presences
from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import Wanted, refusal
from visavis.dispatch.store import requests
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    Colleague,
)
from visavis.identity import api as identity
from visavis.identity.types import Need
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

MOST_COLLEAGUES = 50


async def colleagues(tx: Tx, actor: Actor, conversation_id: UUID, q: str = "") -> list[Colleague]:
    """Who could take the conversation over, the able first: the same constraints as for an offer. Raises `NotFound`."""
    conversation = await conversations.conversation(tx, conversation_id)
    if conversation.handler_id != actor.person_id:
        raise NotFound
    now = clock.now()
    request = (await requests.live_of(tx, [conversation_id])).get(conversation_id)
    own = (await connections.own(tx, [conversation.client_id])).get(conversation.client_id)
    asked = Wanted(
        conversation.environment, request.capability if request else Need.SERVE.value, conversation.language,
        frozenset(request.excluded) if request else frozenset(), own.staff_id if own else None,
        request.back_at if request else {},
        (await identity.homes.of(tx, [conversation.client_id])).get(conversation.client_id),
    )  # fmt: skip
    word = q.strip().casefold()
    staff = [
        one
        for one in await identity.serving_staff(tx, conversation.environment)
        if one.id != actor.person_id
        and word in f"{one.name} {one.name_en} {one.branch_name}".casefold()
    ]
    regions = await looking.branch_regions(tx)
    ids = [one.id for one in staff]
    seen = {
        one.id: one for one in await looking.advisors(tx, conversation.environment, regions, ids)
    }
    here = await presences(tx, ids)
    listed = [
        Colleague(
            one.id, one.name, one.name_en, one.branch_name, one.branch_name_en, here[one.id],
            max(here[one.id].capacity - here[one.id].used, 0), unfit[0] if unfit else None,
        )
        for one in staff
        if one.id in seen
        for unfit in [refusal(asked, seen[one.id], now, terms(), default())]
    ]  # fmt: skip
    return sorted(listed, key=lambda one: (one.refused is not None, -one.free, one.name))[
        :MOST_COLLEAGUES
    ]
