"""The signed-in person as he sees himself, and the little that he may change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from visavis.identity import evidence, rules, terms
from visavis.identity.store import people as store
from visavis.identity.types import Branch, Firm, Me, Person, PersonKind, Staff
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed
from visavis.kernel.installation import current
from visavis.kernel.languages import LANGUAGES


async def me(tx: Tx, actor: Actor) -> Me:
    """The actor with what his pages need to know: role, branch, code, capabilities of today."""
    return (await several_me(tx, [actor]))[actor.person_id]


async def several_me(tx: Tx, actors: Sequence[Actor]) -> dict[UUID, Me]:
    """`me` of each of the actors, by person; the number of statements does not depend on how many they are."""
    people = await store.people(tx, {one.person_id for one in actors})
    demo = (await current(tx)).mode == "demo"
    working = [one.id for one in people.values() if one.kind is PersonKind.STAFF]
    staff = await store.staff(tx, working) if working else {}
    branches = await store.branches_by_id(tx, {one.branch_id for one in staff.values()})
    plain = {one.person_id: _plain(people[one.person_id], one, demo) for one in actors}
    return plain | {key: _working(plain[key], one, branches) for key, one in staff.items()}


def _plain(person: Person, actor: Actor, demo: bool) -> Me:
    held = terms.terms()
    return Me(
        id=person.id,
        name=person.name,
        name_en=person.name_en,
        kind=person.kind,
        roles=tuple(role for role in Role if role in actor.roles),
        environment=person.environment,
        language=person.language,
        firm=Firm(held.firm, held.firm_en),
        demo=demo,
    )


def _working(plain: Me, one: Staff, branches: Mapping[UUID, Branch]) -> Me:
    return replace(
        plain,
        branch=branches.get(one.branch_id),
        code=one.code,
        photo=one.photo_url,
        capacity=one.capacity,
        topics=one.topics,
        languages=one.languages,
        capabilities=tuple(sorted(rules.capabilities(one, terms.today()))),
    )


async def change_me(
    tx: Tx, actor: Actor, *, language: str | None = None, capacity: int | None = None
) -> Me:
    """Change the own language (zh-CN or en) or, for serving staff, the own capacity of 1 to 20 conversations.

    A capacity, which decides on who is offered what, goes on record.

    Raises `Forbidden`, `Malformed`.
    """
    if language is not None:
        if language not in LANGUAGES:
            raise Malformed(field="language", reason="enum zh-CN, en")
        await store.set_language(tx, actor.person_id, language)
    if capacity is not None:
        if not rules.may_set_own_capacity(actor):
            raise Forbidden
        await store.set_capacity(tx, actor.person_id, capacity)
        said, me_id = {"capacity": capacity}, actor.person_id
        await evidence.administration(tx, "staff_changed", actor, me_id, actor.environment, said)
    return await me(tx, actor)
