"""The firm's acts: establish, suspend, dissolve, part with a leaver, follow the client's wish, bring the book."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from visavis.connections import book, handing, leaving, lifecycle, store, succeeding
from visavis.connections.types import Basis, BookResult, Connection, Reason, State
from visavis.identity import api as identity
from visavis.identity.types import Staff
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound, TooMany

# So many at a time: what follows from them must not hold up the work of others.
SLICE = 100
DECLINES = 3
DECLINE_DAYS = 90


async def establish(
    tx: Tx, actor: Actor, client_id: UUID, staff_id: UUID, basis: Basis
) -> Connection:
    """Connect the two: proposed becomes active, a stranger becomes served; an active connection is returned as it is.

    `acceptance` may be claimed only by whoever accepted the firm's offer, `first_contact` only where the firm's book
    has proposed the two; everything else is an administrator's or the platform's act (CONN-01).
    """
    return await lifecycle.establish(tx, actor, client_id, staff_id, basis)


async def rest(tx: Tx, actor: Actor, connection_id: UUID, reason: Reason | None) -> Connection:
    """Suspend a connection for `reason`, or take it up again (None); administrators only."""
    _administrator(actor)
    return await lifecycle.rest(tx, actor, connection_id, reason)


async def dissolve(
    tx: Tx, actor: Actor, connection_id: UUID, reason: Reason, successor_id: UUID | None = None
) -> Connection:
    """End a connection at once; the successor, chosen or by rule, is proposed in the same step; administrators only.

    Raises `AlreadyDissolved`, `NoSuchSuccessor`, `NotFound`.
    """
    _administrator(actor)
    return await lifecycle.dissolve(tx, actor, connection_id, reason, successor_id)


async def leave(
    tx: Tx, actor: Actor, staff_id: UUID, reason: str, chosen: Mapping[UUID, UUID] | None = None
) -> Staff:
    """Mark a member of staff as left and end what is his; administrators only (CONN-02).

    `chosen` names successors of single clients; every other client gets his by rule.

    This commit shuts him out for good: sessions, sockets, every right. It also ends his first connections, those in
    conversation before all others; a reaction ends the rest, slice by slice. Raises what `identity.mark_left` raises,
    `NotFound` for a client who is not his, `NoSuchSuccessor`.
    """
    if chosen:
        mine = {one.client_id: one for one in await store.living_of_staff(tx, staff_id)}
        await handing.check_chosen(tx, mine, chosen)
    left = await identity.mark_left(tx, actor, staff_id, reason)
    await part_with_leaver(tx, actor, staff_id, chosen=chosen)
    return left


async def part_with_leaver(
    tx: Tx,
    actor: Actor,
    staff_id: UUID,
    limit: int = SLICE,
    chosen: Mapping[UUID, UUID] | None = None,
) -> bool:
    """Dissolve some connections of somebody who has left, with successors; whether there may be more."""
    if not actor.has(Role.SYSTEM):
        _administrator(actor)
    return await leaving.part(tx, actor, staff_id, limit, chosen or {})


async def part_with_restricted(tx: Tx, client_id: UUID) -> None:
    """End every connection of a client whose data is restricted; nobody succeeds (PIPL art 47)."""
    for one in await store.of_client(tx, client_id):
        if one.state is not State.DISSOLVED:
            await lifecycle.part(
                tx, system(one.environment), [one], Reason.COMPLIANCE, {client_id: None}
            )


async def decline(tx: Tx, actor: Actor, choice: UUID | None) -> Connection | None:
    """The client wants another advisor: the firm ends the own connection and proposes `choice` or one by rule.

    Three times in 90 days at most; returns the new own connection, None where nobody can take over.

    Raises `Forbidden`, `NotFound`, `TooMany`.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    await store.lock_client(tx, actor.person_id)
    mine = (await store.own(tx, [actor.person_id])).get(actor.person_id)
    if mine is None:
        raise NotFound
    since = clock.now() - timedelta(days=DECLINE_DAYS)
    if len((await store.declined(tx, [mine.client_id], since)).get(mine.client_id, [])) >= DECLINES:
        raise TooMany(retry_after=DECLINE_DAYS * 86400)
    chosen = None
    if choice is not None:
        await succeeding.able(tx, [mine], choice)
        chosen = {mine.client_id: choice}
    await lifecycle.part(tx, actor, [mine], Reason.CLIENT_DECLINED, chosen)
    return (await store.own(tx, [actor.person_id])).get(actor.person_id)


async def successors(tx: Tx, actor: Actor, limit: int = 3) -> list[UUID]:
    """Whom a client may choose instead of his own advisor: the first ones by the rule of succession."""
    mine = (await store.own(tx, [actor.person_id])).get(actor.person_id)
    if mine is None:
        return []
    return await succeeding.choices(tx, mine, actor.language, limit)


async def import_book(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> BookResult:
    """Bring the firm's client-manager book: all rows or none; a repeated import changes nothing; administrators only.

    Raises `UnreadableBook` where the file as a whole cannot be used.
    """
    _administrator(actor)
    return await book.bring(tx, actor, data, dry_run=dry_run)


def _administrator(actor: Actor) -> None:
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden
