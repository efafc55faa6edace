"""Who may be told of an item or a ticket: for the contexts that send notices."""

from uuid import UUID

from visavis.identity import api as identity
from visavis.identity.types import Staff
from visavis.kernel.auth import Environment, Role
from visavis.kernel.db import Tx
from visavis.review.store import items, tickets
from visavis.review.terms import terms

Told = tuple[list[UUID], Environment]


async def reviewers_of(tx: Tx, item_id: UUID) -> Told:
    """The supervisors whom an item may reach, and its world."""
    found = await items.about(tx, [item_id])
    if not found:
        return [], Environment.REAL
    (item,) = found
    bar = terms().same_branch == "barred"
    people = await _supervisors(tx, item.environment)
    return [
        one.id
        for one in people
        if one.id != item.subject_id and not (bar and one.branch_id == item.branch_id)
    ], item.environment


async def handlers_of(tx: Tx, ticket_id: UUID) -> Told:
    """The supervisors whom a ticket does not concern, and its world."""
    ticket = await tickets.one(tx, ticket_id)
    if ticket is None:
        return [], Environment.REAL
    people = await _supervisors(tx, ticket.environment)
    return [one.id for one in people if one.id not in ticket.concerned], ticket.environment


async def _supervisors(tx: Tx, environment: Environment) -> list[Staff]:
    return await identity.staff_with(tx, environment, frozenset({Role.SUPERVISOR}))
