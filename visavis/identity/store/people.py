"""Tables `person`, `staff`, `licence`, `branch`: reading people, and adding clients."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from visavis.identity.types import (
    Branch,
    Licence,
    LicenceStatus,
    LicenceType,
    NewClient,
    Person,
    PersonKind,
    PersonStatus,
    Post,
    Staff,
)
from visavis.kernel import clock
from visavis.kernel.auth import Environment, Role
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id

BRANCH = "SELECT id, code, name, name_en, region FROM branch"
PERSON = "SELECT id, kind, name, name_en, environment, status, language, external_ref FROM person"

# The branches of a contract, from codes and regions; a broker-agent's without any is that of his own branch.
REACH = """
CASE WHEN s.area <> '{}' OR 'broker_agent' = ANY(s.roles) THEN ARRAY(
    SELECT r.id FROM branch AS r WHERE r.code = ANY(s.area) OR r.region = ANY(s.area)
    OR (s.area = '{}' AND r.id = s.branch_id) ORDER BY r.id) END AS reach
"""

STAFF = f"""
SELECT p.id, p.kind, p.name, p.name_en, p.environment, p.status, p.language, s.login, s.employee_no, s.roles,
       s.branch_id, b.name AS branch_name, b.name_en AS branch_name_en, s.registration_code, s.languages, s.topics,
       s.capacity, left(encode(sha256(s.photo), 'hex'), 12) AS photo_tag, s.locked_at, s.left_at,
       s.password_hash IS NOT NULL AS has_password, s.password_set_at, s.totp_sealed IS NOT NULL AS has_totp,
       s.area, {REACH}
FROM staff AS s JOIN person AS p ON p.id = s.person_id JOIN branch AS b ON b.id = s.branch_id
"""

# Told by the size of what it really is, the planner joins by hashing; it takes the active among all people for few.
POST_COUNTS = """
WITH active AS MATERIALIZED (
    SELECT id FROM person WHERE kind = 'staff' AND environment = $1 AND status = 'active'
), serving AS MATERIALIZED (
    SELECT s.person_id, s.branch_id, s.topics FROM staff AS s JOIN active ON active.id = s.person_id
    WHERE s.roles && $2::text[]
)
SELECT branch_id, topics, count(*)::int AS n, count(*) FILTER (WHERE one.marked)::int AS marked
FROM serving JOIN unnest($3::uuid[], $4::boolean[]) AS one (id, marked) ON one.id = serving.person_id
GROUP BY branch_id, topics ORDER BY branch_id, topics
"""

LICENCES = """
SELECT id, staff_id, type, number, valid_from, valid_to, status, source FROM licence
WHERE staff_id = ANY($1) ORDER BY staff_id, type, valid_to
"""

NEW_PERSON = """
INSERT INTO person (id, kind, environment, name, name_en, language, external_ref, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (environment, external_ref) DO NOTHING
"""

NEW_CLIENTS = """
INSERT INTO person (id, kind, environment, name, name_en, language, external_ref, created_at)
SELECT fresh.id, 'client', $1, fresh.name, fresh.name_en, fresh.language, fresh.ref, $2
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]) AS fresh (id, ref, name, language, name_en)
ON CONFLICT (environment, external_ref) DO NOTHING
"""


def person_of(row: Row) -> Person:
    """The person of a row of `PERSON`."""
    return Person(
        row["id"], PersonKind(row["kind"]), row["name"], row["name_en"],
        Environment(row["environment"]), PersonStatus(row["status"]), row["language"],
        row["external_ref"],
    )  # fmt: skip


def licence_of(row: Row) -> Licence:
    """The licence of a row."""
    return Licence(
        row["id"], row["staff_id"], LicenceType(row["type"]), row["number"],
        row["valid_from"], row["valid_to"], LicenceStatus(row["status"]), row["source"],
    )  # fmt: skip


def staff_of(row: Row, licences: Collection[Licence]) -> Staff:
    """The member of staff of a row of `STAFF`."""
    photo = f"/api/people/{row['id']}/photo?v={row['photo_tag']}" if row["photo_tag"] else None
    return Staff(
        id=row["id"],
        kind=PersonKind.STAFF,
        name=row["name"],
        name_en=row["name_en"],
        environment=Environment(row["environment"]),
        status=PersonStatus(row["status"]),
        language=row["language"],
        login=row["login"],
        employee_no=row["employee_no"],
        roles=frozenset(Role(one) for one in row["roles"]),
        branch_id=row["branch_id"],
        branch_name=row["branch_name"],
        branch_name_en=row["branch_name_en"],
        code=row["registration_code"],
        languages=tuple(row["languages"]),
        topics=tuple(row["topics"]),
        capacity=row["capacity"],
        licences=tuple(licences),
        photo_url=photo,
        locked_at=row["locked_at"],
        left_at=row["left_at"],
        has_password=row["has_password"],
        password_set_at=row["password_set_at"],
        has_totp=row["has_totp"],
        area=tuple(row["area"]),
        reach=None if row["reach"] is None else frozenset(row["reach"]),
    )


async def people(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Person]:
    """The people with these ids, staff included."""
    rows = await tx.fetch(f"{PERSON} WHERE id = ANY($1)", list(ids))
    return {row["id"]: person_of(row) for row in rows}


async def with_licences(tx: Tx, rows: Collection[Row]) -> list[Staff]:
    """Staff of rows of `STAFF`, in their order, with their licences."""
    held: dict[UUID, list[Licence]] = {row["id"]: [] for row in rows}
    for one in await tx.fetch(LICENCES, list(held)):
        held[one["staff_id"]].append(licence_of(one))
    return [staff_of(row, held[row["id"]]) for row in rows]


async def staff(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Staff]:
    """The members of staff with these ids."""
    rows = await tx.fetch(f"{STAFF} WHERE s.person_id = ANY($1)", list(ids))
    return {one.id: one for one in await with_licences(tx, rows)}


async def serving(tx: Tx, environment: Environment, roles: Collection[Role]) -> list[Staff]:
    """Active staff of one environment who hold one of `roles`, by id."""
    rows = await tx.fetch(
        f"{STAFF} WHERE p.kind = 'staff' AND p.environment = $1 AND p.status = 'active' AND s.roles && $2::text[]"
        " ORDER BY p.id",
        environment.value,
        [role.value for role in roles],
    )
    return await with_licences(tx, rows)


async def posts(
    tx: Tx, environment: Environment, roles: Collection[Role], ids: Collection[UUID]
) -> list[Post]:
    """Branch and topics of those of these people who are active, in one environment, in one of `roles`; by id."""
    rows = await tx.fetch(
        "SELECT s.person_id, s.branch_id, s.topics FROM staff AS s JOIN person AS p ON p.id = s.person_id"
        " WHERE s.person_id = ANY($3) AND p.kind = 'staff' AND p.environment = $1 AND p.status = 'active'"
        " AND s.roles && $2::text[] ORDER BY s.person_id",
        environment.value, [role.value for role in roles], list(ids),
    )  # fmt: skip
    return [Post(row["person_id"], row["branch_id"], tuple(row["topics"])) for row in rows]


async def post_counts(
    tx: Tx, environment: Environment, roles: Collection[Role], ids: Sequence[UUID], marked: Sequence[bool]
) -> list[tuple[UUID | None, tuple[str, ...], int, int]]:  # fmt: skip
    """What `posts` finds, counted by branch and topics; and how many of each are marked."""
    rows = await tx.fetch(
        POST_COUNTS, environment.value, [role.value for role in roles], ids, marked
    )
    return [(row["branch_id"], tuple(row["topics"]), row["n"], row["marked"]) for row in rows]


async def by_code(tx: Tx, code: str) -> Staff | None:
    """Whoever holds a registration code."""
    rows = await tx.fetch(f"{STAFF} WHERE s.registration_code = $1", code)
    found = await with_licences(tx, rows)
    return found[0] if found else None


async def client(tx: Tx, environment: Environment, ref: str) -> Person | None:
    """The client with this number at the broker."""
    row = await tx.fetchrow(
        f"{PERSON} WHERE environment = $1 AND external_ref = $2", environment.value, ref
    )
    return person_of(row) if row else None


async def add_person(
    tx: Tx, kind: PersonKind, environment: Environment, ref: str | None, name: str, language: str,
    name_en: str = "",
) -> UUID:  # fmt: skip
    """Add somebody; where the number is known already, nothing happens."""
    person_id = new_id()
    await tx.execute(
        NEW_PERSON,
        person_id,
        kind.value,
        environment.value,
        name,
        name_en,
        language,
        ref,
        clock.now(),
    )
    return person_id


async def clients(tx: Tx, environment: Environment, refs: Collection[str]) -> dict[str, Person]:
    """Whoever has these numbers at the broker, by number."""
    rows = await tx.fetch(
        f"{PERSON} WHERE environment = $1 AND external_ref = ANY($2)", environment.value, list(refs)
    )
    return {row["external_ref"]: person_of(row) for row in rows}


async def add_clients(tx: Tx, environment: Environment, fresh: Collection[NewClient]) -> None:
    """Add clients; where a number is known already, nothing happens."""
    await tx.execute(
        NEW_CLIENTS, environment.value, clock.now(), [new_id() for _ in fresh],
        [one.ref for one in fresh], [one.name for one in fresh], [one.language for one in fresh],
        [one.name_en for one in fresh],
    )  # fmt: skip


async def staff_by_number(
    tx: Tx, environment: Environment, numbers: Collection[str]
) -> dict[str, Staff]:
    """Staff of one environment by employee number."""
    rows = await tx.fetch(
        f"{STAFF} WHERE p.environment = $1 AND s.employee_no = ANY($2)",
        environment.value,
        list(numbers),
    )
    return {one.employee_no: one for one in await with_licences(tx, rows) if one.employee_no}


async def photo(tx: Tx, person_id: UUID) -> tuple[bytes, str] | None:
    """The photo of a member of staff and its media type."""
    row = await tx.fetchrow("SELECT photo, photo_type FROM staff WHERE person_id = $1", person_id)
    return (row["photo"], row["photo_type"]) if row and row["photo"] else None


async def branches(tx: Tx) -> list[Branch]:
    """All branches by code."""
    return _branches(await tx.fetch(f"{BRANCH} ORDER BY code"))


async def branch(tx: Tx, branch_id: UUID) -> Branch | None:
    """The branch with this id."""
    return (await branches_by_id(tx, [branch_id])).get(branch_id)


async def branches_by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Branch]:
    """The branches with these ids."""
    rows = await tx.fetch(f"{BRANCH} WHERE id = ANY($1)", list(ids))
    return {one.id: one for one in _branches(rows)}


def _branches(rows: Sequence[Row]) -> list[Branch]:
    return [
        Branch(row["id"], row["code"], row["name"], row["name_en"], row["region"]) for row in rows
    ]


async def set_language(tx: Tx, person_id: UUID, language: str) -> None:
    """Set a person's language."""
    await tx.execute("UPDATE person SET language = $2 WHERE id = $1", person_id, language)


async def set_capacity(tx: Tx, person_id: UUID, capacity: int) -> None:
    """Set how many conversations a member of staff takes at once."""
    await tx.execute("UPDATE staff SET capacity = $2 WHERE person_id = $1", person_id, capacity)


async def homes(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The branches of these clients, where the firm has named them."""
    rows = await tx.fetch(
        "SELECT id, branch_id FROM person WHERE id = ANY($1) AND branch_id IS NOT NULL",
        list(client_ids),
    )
    return {row["id"]: row["branch_id"] for row in rows}


async def settle_homes(tx: Tx, homes: Mapping[UUID, UUID]) -> None:
    """Keep the branches of clients."""
    await tx.execute(
        "UPDATE person AS p SET branch_id = one.branch_id FROM unnest($1::uuid[], $2::uuid[]) AS one (id, branch_id)"
        " WHERE p.id = one.id AND p.branch_id IS DISTINCT FROM one.branch_id",
        list(homes), list(homes.values()),
    )  # fmt: skip
