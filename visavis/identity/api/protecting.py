"""What custody of the record asks of identity: to restrict a client."""

from uuid import UUID

from visavis.identity import evidence
from visavis.identity.api import sessions
from visavis.identity.store import administration
from visavis.identity.store import people as persons
from visavis.identity.types import ClientRestricted, Person, PersonKind, PersonStatus
from visavis.kernel import outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound


async def restrict(tx: Tx, actor: Actor, client_id: UUID, basis: str) -> Person:
    """Keep a client's data for the law's sake alone (PIPL art 47); idempotent. The caller answers for the right.

    Sessions end now, no new one begins, and `ClientRestricted` is published. Raises `NotFound`.
    """
    one = (await persons.people(tx, [client_id])).get(client_id)
    if one is None or one.kind is not PersonKind.CLIENT or one.environment is not actor.environment:
        raise NotFound
    if one.status is PersonStatus.RESTRICTED:
        return one
    await administration.set_status(tx, client_id, PersonStatus.RESTRICTED)
    await sessions.end_all(tx, client_id)
    await outbox.publish(tx, ClientRestricted(client_id))
    await evidence.administration(
        tx, "client_restricted", actor, client_id, one.environment, {"basis": basis}
    )
    return (await persons.people(tx, [client_id]))[client_id]
