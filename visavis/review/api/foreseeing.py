"""Before somebody lets a text for several go out: whom it would not reach, and why (COMM-03, SUIT-02)."""

from uuid import UUID

from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import api as conversations
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, Refusal
from visavis.review.api import broadcasting
from visavis.review.api.judging import reviewer
from visavis.review.store import broadcasts as store
from visavis.review.types import Broadcast


async def preview(
    tx: Tx, actor: Actor, broadcast_id: UUID
) -> tuple[Broadcast, dict[UUID, Refusal]]:
    """A text and those whom it would not reach if it went out now, each with the reason; for author and supervisors.

    A look decides nothing: when it is sent, right and match are checked again for each, and the match is kept. Whoever
    rests until later is not left out. Raises `Forbidden`, `NotFound`.
    """
    one = await store.find(tx, broadcast_id)
    mine = one is not None and one.author_id == actor.person_id
    if not mine:
        reviewer(actor)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    author = await connections.actor_of(tx, one.author_id)
    clients = await store.unsent(tx, one.id)
    asks = [Ask(author, client, broadcasting.NOWHERE) for client in clients]
    unheard = {
        client: refusal
        for client, refusal in zip(clients, await connections.may_speak(tx, asks), strict=True)
        if refusal is not None and connections.allowed_at(refusal) is None
    }
    unfit = await conversations.foreseen(tx, clients, broadcasting.body_of(one))
    if unfit and one.group_id is not None:
        # In a group it suits everybody, or goes to nobody (SUIT-11).
        return one, dict.fromkeys(clients, next(iter(unfit.values())))
    return one, unfit | unheard
