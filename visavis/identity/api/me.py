"""The signed-in person as he sees himself, and the little that he may change."""

from dataclasses import replace

from visavis.identity import rules, terms
from visavis.identity.store import people as store
from visavis.identity.types import Firm, Me, PersonKind
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed
from visavis.kernel.installation import current
from visavis.kernel.languages import LANGUAGES


async def me(tx: Tx, actor: Actor) -> Me:
    """The actor with what his pages need to know: role, branch, code, capabilities of today."""
    person = (await store.people(tx, [actor.person_id]))[actor.person_id]
    held = terms.terms()
    plain = Me(
        id=person.id,
        name=person.name,
        name_en=person.name_en,
        kind=person.kind,
        roles=tuple(role for role in Role if role in actor.roles),
        environment=person.environment,
        language=person.language,
        firm=Firm(held.firm, held.firm_en),
        demo=(await current(tx)).mode == "demo",
    )
    if person.kind is not PersonKind.STAFF:
        return plain
    one = (await store.staff(tx, [person.id]))[person.id]
    return replace(
        plain,
        branch=await store.branch(tx, one.branch_id),
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
    return await me(tx, actor)
