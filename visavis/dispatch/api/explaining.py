"""Why this advisor: decisions as they were kept, for those who may know."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from visavis.dispatch.store import figures, offers, requests
from visavis.dispatch.types import Decision, Explained
from visavis.identity import api as identity
from visavis.kernel.auth import SERVING, Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound

LISTED = 100


async def decisions(tx: Tx, actor: Actor, request_id: UUID) -> list[Explained]:
    """The decisions about a request, oldest first; names for supervisors alone. Raises `NotFound`.

    An advisor sees those that looked at him, with his own row named.
    """
    request = await requests.by_id(tx, request_id)
    if request is None:
        raise NotFound
    kept = await offers.decisions(tx, request_id)
    if actor.has(Role.SUPERVISOR, Role.OPERATOR):
        return await _named(tx, actor, kept)
    if not actor.has(*SERVING) or request.environment is not actor.environment:
        raise NotFound
    mine = [one for one in kept if any(each.staff_id == actor.person_id for each in one.candidates)]
    concerned = request.advisor_id == actor.person_id or any(
        actor.person_id in one.chosen for one in mine
    )
    if not concerned:
        raise NotFound
    return await _named(tx, actor, mine)


async def conversation_decisions(tx: Tx, actor: Actor, conversation_id: UUID) -> list[Explained]:
    """The decisions about all requests of a conversation, oldest first; the same rights. Raises `NotFound`."""
    found: list[Explained] = []
    refused = True
    for request in await figures.of_conversation(tx, conversation_id):
        try:
            found += await decisions(tx, actor, request.id)
            refused = False
        except NotFound:
            continue
    if refused:
        raise NotFound
    return found


async def latest_decisions(
    tx: Tx, actor: Actor, environment: Environment, before: UUID | None, limit: int
) -> list[Explained]:
    """Recent decisions, newest first, each with its first 100 candidates, the able ones first. Raises `Forbidden`."""
    if not actor.has(Role.SUPERVISOR, Role.OPERATOR):
        raise Forbidden
    rows = await offers.latest_decisions(tx, environment.value, before, limit)
    found = await _named(
        tx, actor, [replace(one, candidates=one.candidates[:LISTED]) for one, _ in rows]
    )
    return [
        replace(one, topic=row["topic"], capability=row["capability"], state=row["request_state"])
        for one, (_, row) in zip(found, rows, strict=True)
    ]


async def _named(tx: Tx, actor: Actor, kept: Sequence[Decision]) -> list[Explained]:
    """Who may know names: a supervisor all of them, anybody else his own."""
    ids = {each.staff_id for one in kept for each in one.candidates} | {
        each for one in kept for each in one.chosen
    }
    if not actor.has(Role.SUPERVISOR):
        ids &= {actor.person_id}
    people = await identity.people(tx, ids)
    names = {key: person.name for key, person in people.items()}
    english = {key: person.name_en for key, person in people.items()}
    return [Explained(one, names, english) for one in kept]
