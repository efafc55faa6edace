"""The client's first page, gathered from the doors below in one transaction."""

from collections.abc import Collection
from uuid import UUID

from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.dispatch.api.asking import client_request, opening
from visavis.dispatch.api.choosing import slots
from visavis.dispatch.api.presence import presences
from visavis.dispatch.types import Card, Home
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden


async def home(tx: Tx, actor: Actor) -> Home:
    """Who serves the client, what he has open, when somebody is there. Raises `Forbidden` for staff."""
    if not actor.has(Role.CLIENT, Role.VISITOR):
        raise Forbidden
    client = actor.has(Role.CLIENT)
    own = (await connections.own(tx, [actor.person_id])).get(actor.person_id) if client else None
    before = (
        await connections.connection(tx, own.successor_of) if own and own.successor_of else None
    )
    people = await cards(tx, [one.staff_id for one in (own, before) if one is not None])
    conversation = await conversations.open_of(tx, actor.person_id)
    opened = await opening(tx)
    return Home(
        advisor=people.get(own.staff_id) if own else None,
        before=people.get(before.staff_id) if before else None,
        connection_id=own.id if own else None,
        connection_state=own.state.value if own else "",
        since=(own.established_at or own.assigned_at) if own else None,
        noticed_at=await conversations.notice_acknowledged_at(tx, actor.person_id),
        conversation_id=conversation.id if conversation else None,
        request=await client_request(tx, actor.person_id) if client else None,
        opened=opened,
        slots=tuple(await slots(tx, actor)) if client and not opened.now else (),
        handover=client and await connections.my_handover(tx, actor) is not None,
        breach=await conversations.unread_breach(tx, actor.person_id) if client else None,
    )


async def cards(tx: Tx, staff_ids: Collection[UUID]) -> dict[UUID, Card]:
    """What a client may know of these members of staff: the public card, and whether they are here."""
    found = await connections.cards(tx, staff_ids)
    here = await presences(tx, staff_ids)
    return {key: Card(one, here[key].status) for key, one in found.items()}
