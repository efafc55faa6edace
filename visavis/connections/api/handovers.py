"""Handing clients over with notice: plan, look, take back; and the client's own say (CONN-02, CONN-04)."""

from collections.abc import Collection
from uuid import UUID

from visavis.connections import handing, rules, store
from visavis.connections.types import (
    Handover,
    HandoverClient,
    HandoverOver,
    Proposal,
    Stage,
    Wish,
)
from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound


async def plan_handover(
    tx: Tx, actor: Actor, wanted: Proposal, *, dry_run: bool
) -> tuple[Handover, dict[UUID, int], list[HandoverClient]]:
    """Plan to hand clients over, or only show what would happen; administrators only.

    Returns the plan, how many clients each successor gets, and each client's line. Raises what `handing.plan` raises.

    Raises `Forbidden`.
    """
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden
    one, clients = await handing.plan(tx, actor, wanted, dry_run=dry_run)
    return one, handing.shares(clients), clients


async def redirect_handover(
    tx: Tx, actor: Actor, handover_id: UUID, successor_id: UUID, client_ids: list[UUID] | None
) -> Handover:
    """Give clients of a plan (None: all) another successor before it takes effect; administrators only.

    Raises `NotFound`, `HandoverOver`, and what `handing.redirect` raises.
    """
    one = await _planned(tx, actor, handover_id)
    await handing.redirect(tx, actor, one, successor_id, client_ids)
    return await handover(tx, actor, handover_id)


async def cancel_handover(tx: Tx, actor: Actor, handover_id: UUID) -> Handover:
    """Take a plan back before it takes effect; administrators only. Raises `NotFound`, `HandoverOver`."""
    return await handing.take_back(tx, actor, await _planned(tx, actor, handover_id))


async def handover(tx: Tx, actor: Actor, handover_id: UUID) -> Handover:
    """One hand-over with its progress, for overseers. Raises `Forbidden`, `NotFound`."""
    if not rules.may_oversee(actor):
        raise Forbidden
    one = await store.handover(tx, handover_id)
    if one is None or one.environment != actor.environment:
        raise NotFound
    return one


async def handovers(
    tx: Tx, actor: Actor, after: UUID | None, limit: int
) -> tuple[list[Handover], UUID | None]:
    """The firm's hand-overs, the newest first, and the next page's cursor, for overseers.

    Raises `Forbidden`.
    """
    if not rules.may_oversee(actor):
        raise Forbidden
    found = await store.handovers(tx, actor.environment, after, limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def handover_clients(
    tx: Tx, actor: Actor, handover_id: UUID, after: UUID | None, limit: int
) -> tuple[list[HandoverClient], dict[UUID, Person], UUID | None]:
    """A page of a hand-over's clients with the people in it, and the next page's cursor, for overseers."""
    await handover(tx, actor, handover_id)
    found = await store.handover_clients(tx, handover_id, after, limit + 1)
    page = found[:limit]
    people = await handover_people(tx, page)
    return page, people, page[-1].client_id if len(found) > limit else None


async def my_handover(tx: Tx, actor: Actor) -> tuple[Handover, HandoverClient] | None:
    """The hand-over that is planned for the client who asks, with what he said to it. Raises `Forbidden`."""
    if not actor.has(Role.CLIENT):
        raise Forbidden
    return await store.of_client_open(tx, actor.person_id)


async def answer_handover(tx: Tx, actor: Actor, said: Wish, choice: UUID | None) -> None:
    """Agree, choose somebody else (with `choice`), or stay with the present advisor.

    Raises `HandoverOver` where nothing is planned (any more), `NoSuchSuccessor`, `NotFound` for a choice without one.
    """
    mine = await my_handover(tx, actor)
    if mine is None:
        raise HandoverOver
    if (said is Wish.CHOSEN) != (choice is not None):
        raise NotFound
    await handing.answer(tx, actor, *mine, said, choice)


async def advance_handover(tx: Tx, handover_id: UUID) -> None:
    """Do the next slice of a hand-over; called by its job."""
    await handing.advance(tx, handover_id)


async def _planned(tx: Tx, actor: Actor, handover_id: UUID) -> Handover:
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden
    one = await handover(tx, actor, handover_id)
    if one.stage is not Stage.PLANNED:
        raise HandoverOver
    return one


async def handover_people(tx: Tx, page: Collection[HandoverClient]) -> dict[UUID, Person]:
    """The clients and successors of these lines."""
    ids = {one.client_id for one in page} | {one.successor_id for one in page if one.successor_id}
    return await identity.people(tx, ids)
