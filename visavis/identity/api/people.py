"""Who somebody is: people, staff, clients by number, and the public look at a registration code."""

from collections.abc import Collection, Sequence
from uuid import UUID

from visavis.identity import rules, terms
from visavis.identity.store import people as store
from visavis.identity.store import standing as standing_store
from visavis.identity.types import (
    Branch,
    LicenceType,
    Need,
    NewClient,
    Person,
    PersonKind,
    Post,
    Serving,
    Staff,
    Standing,
    Verification,
)
from visavis.kernel.auth import SERVING, Actor, Environment, Role
from visavis.kernel.db import Tx


async def people(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Person]:
    """The people with these ids; unknown ids are left out. Callers have checked that the reader may know them."""
    return await store.people(tx, ids) if ids else {}


async def standings(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How these people stand at this moment; unknown ids are left out."""
    rows = await standing_store.standings(tx, ids, terms.today()) if ids else []
    return {
        person_id: rules.standing(
            environment,
            status,
            tuple(roles or ()),
            tuple(valid or ()),
            branch_id,
            home_id,
            None if reach is None else tuple(reach),
        )
        for person_id, environment, status, roles, branch_id, valid, home_id, reach in (
            row.values() for row in rows
        )
    }


async def staff(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Staff]:
    """The members of staff with these ids, with licences; others are left out."""
    return await store.staff(tx, ids) if ids else {}


async def serving_staff(tx: Tx, environment: Environment) -> list[Staff]:
    """Active advisors, client managers and broker-agents of one environment, with licences, by id."""
    return await store.serving(tx, environment, SERVING)


async def serving(
    tx: Tx, environment: Environment, ids: Collection[UUID] | None = None
) -> list[Serving]:
    """`serving_staff`, or those of them who are named in `ids`, with what decides alone: of thousands at once."""
    rows = await standing_store.serving(tx, environment, SERVING, terms.today(), ids)
    return [
        Serving(
            row["person_id"], environment, tuple(row["languages"]), tuple(row["topics"]), row["branch_id"],
            None if row["reach"] is None else frozenset(row["reach"]),
            rules.lacks(tuple(row["roles"]), tuple(row["worth"])),
        )
        for row in rows
    ]  # fmt: skip


async def able_count(tx: Tx, environment: Environment, need: Need) -> int:
    """How many of `serving_staff` meet `need` today."""
    return sum(
        count
        for roles, valid, count in await standing_store.grouped(
            tx, environment, SERVING, terms.today()
        )
        if rules.fits(frozenset(map(Role, roles)), [LicenceType(one) for one in valid], need)
    )


async def posts(tx: Tx, environment: Environment, ids: Collection[UUID]) -> list[Post]:
    """Where those of these people sit who serve clients, as `serving_staff` would find them; by id."""
    return await store.posts(tx, environment, SERVING, ids) if ids else []


async def post_counts(
    tx: Tx, environment: Environment, ids: Sequence[UUID], marked: Sequence[bool]
) -> list[tuple[UUID | None, tuple[str, ...], int, int]]:
    """Of those that `posts` finds: branch, topics, how many, and how many of them are marked."""
    return await store.post_counts(tx, environment, SERVING, ids, marked) if ids else []


async def staff_with(tx: Tx, environment: Environment, roles: frozenset[Role]) -> list[Staff]:
    """Active staff of one environment who have one of these roles, by id."""
    return await store.serving(tx, environment, roles)


async def client_by_ref(tx: Tx, environment: Environment, ref: str) -> Person | None:
    """The client with this number at the broker."""
    return await store.client(tx, environment, ref)


async def ensure_client(
    tx: Tx, environment: Environment, ref: str, name: str, language: str, name_en: str = ""
) -> Person:
    """The client with this number at the broker, added where he was not known; a known name is kept."""
    found = await store.client(tx, environment, ref)
    if found is None:
        await store.add_person(tx, PersonKind.CLIENT, environment, ref, name, language, name_en)
        found = await store.client(tx, environment, ref)
        assert found is not None
    return found


async def ensure_clients(
    tx: Tx, environment: Environment, rows: Collection[NewClient]
) -> dict[str, Person]:
    """`ensure_client` for many, in three statements; by number."""
    found = await store.clients(tx, environment, [row.ref for row in rows])
    missing = [row for row in rows if row.ref not in found]
    if missing:
        await store.add_clients(tx, environment, missing)
        found |= await store.clients(tx, environment, [row.ref for row in missing])
    return found


async def clients_by_ref(
    tx: Tx, environment: Environment, refs: Collection[str]
) -> dict[str, Person]:
    """Whoever has these numbers at the broker, by number; callers have checked that the reader may know them."""
    return await store.clients(tx, environment, refs) if refs else {}


async def staff_by_number(
    tx: Tx, environment: Environment, numbers: Collection[str]
) -> dict[str, Staff]:
    """Staff of one environment by employee number, with licences; unknown numbers are left out."""
    return await store.staff_by_number(tx, environment, numbers) if numbers else {}


async def branches(tx: Tx, actor: Actor) -> list[Branch]:
    """All branches by code; any signed-in actor may know them."""
    del actor
    return await store.branches(tx)


async def photo(tx: Tx, person_id: UUID) -> tuple[bytes, str] | None:
    """The photo of a member of staff and its media type; public, like his registration."""
    return await store.photo(tx, person_id)


async def verify_code(tx: Tx, code: str) -> Verification:
    """What the public may know about a registration code (rules LIC-03; Regulation 2014, art 32).

    Simulated and test people are found, but their status is `simulated` or `test`, never `valid`.
    """
    code = code.strip().upper()
    found = await store.by_code(tx, code) if code else None
    if found is None:
        return Verification(code, found=False)
    today = terms.today()
    able = rules.capabilities(found, today)
    held = rules.registration(found, today)
    status = rules.public_status(found, today)
    return Verification(
        code,
        True,
        found.id,
        found.name,
        found.name_en,
        rules.primary_role(found.roles).value,
        found.branch_name,
        found.branch_name_en,
        status,
        held.valid_to if held and status in ("valid", "expired") else None,
        terms.today(found.left_at) if found.left_at and status == "left" else None,
        found.environment,
        found.photo_url,
        tuple(sorted(able)) if status == "valid" else (),
    )
