"""Tables `person`, `staff`, `licence`, `branch`: what administration lists and changes."""

from datetime import date
from uuid import UUID

import asyncpg

from visavis.identity.store.people import STAFF, licence_of, with_licences
from visavis.identity.types import (
    Branch,
    Licence,
    LicenceDetails,
    LicenceStatus,
    PersonKind,
    PersonStatus,
    Staff,
    StaffDetails,
    StaffFilter,
    Taken,
)
from visavis.kernel import clock
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id

LIST = """
WHERE ($1 = '' OR p.name ILIKE $2 OR p.name_en ILIKE $2 OR s.login ILIKE $2 OR s.registration_code ILIKE $2
       OR s.employee_no ILIKE $2 OR b.name ILIKE $2 OR b.name_en ILIKE $2)
  AND ($3::text IS NULL OR $3 = ANY(s.roles)) AND ($4::uuid IS NULL OR s.branch_id = $4)
  AND ($5::text IS NULL OR p.status = $5) AND ($6::boolean IS NULL OR (s.locked_at IS NOT NULL) = $6)
  AND ($7::date IS NULL OR EXISTS (
      SELECT 1 FROM licence AS l WHERE l.staff_id = s.person_id AND l.status = 'active'
      AND l.valid_to BETWEEN $8 AND $7))
  AND ($9 = '' OR s.login > $9)
ORDER BY s.login LIMIT $10
"""

EDIT = """
UPDATE staff SET login = coalesce($2, login), roles = coalesce($3, roles), branch_id = coalesce($4, branch_id),
    registration_code = coalesce($5, registration_code), employee_no = coalesce($6, employee_no),
    languages = coalesce($7, languages), topics = coalesce($8, topics), capacity = coalesce($9, capacity),
    area = coalesce($10, area)
WHERE person_id = $1
"""

OTHER_ADMINISTRATORS = """
SELECT s.person_id FROM staff AS s JOIN person AS p ON p.id = s.person_id
WHERE 'administrator' = ANY(s.roles) AND p.status = 'active' AND s.locked_at IS NULL AND s.person_id <> $1
ORDER BY s.person_id FOR UPDATE
"""

FIELDS = {
    "staff_login_key": "login",
    "staff_employee_no_key": "employee_no",
    "staff_registration_code_key": "code",
    "branch_code_key": "code",
}


async def page(
    tx: Tx, wanted: StaffFilter, today: date, until: date | None, after: str, limit: int
) -> list[Staff]:
    """Staff by login, from behind `after`."""
    rows = await tx.fetch(
        STAFF + LIST,
        wanted.q,
        "%" + wanted.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
        wanted.role.value if wanted.role else None,
        wanted.branch_id,
        wanted.status.value if wanted.status else None,
        wanted.locked,
        until,
        today,
        after,
        limit,
    )
    return await with_licences(tx, rows)


async def counts(tx: Tx) -> Row:
    """How many staff there are, and how many in each state that wants attention."""
    row = await tx.fetchrow(
        "SELECT count(*) AS total, count(*) FILTER (WHERE p.status = 'active') AS active,"
        " count(*) FILTER (WHERE p.status = 'suspended') AS suspended,"
        " count(*) FILTER (WHERE p.status = 'left') AS left,"
        " count(*) FILTER (WHERE s.locked_at IS NOT NULL) AS locked"
        " FROM staff AS s JOIN person AS p ON p.id = s.person_id"
    )
    assert row is not None
    return row


async def add_staff(tx: Tx, details: StaffDetails) -> UUID:
    """Add a member of staff; raises `Taken`."""
    assert details.roles is not None
    person_id = new_id()
    now = clock.now()
    await tx.execute(
        "INSERT INTO person (id, kind, environment, name, name_en, language, created_at)"
        " VALUES ($1, $2, $3, $4, $5, 'zh-CN', $6)",
        person_id, PersonKind.STAFF.value, details.environment.value, details.name,
        details.name_en or "", now,
    )  # fmt: skip
    try:
        async with tx.savepoint():
            await tx.execute(
                "INSERT INTO staff (person_id, login, employee_no, roles, branch_id,"
                " registration_code, languages, topics, capacity, created_at, area)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                person_id, details.login, details.employee_no or None,
                sorted(role.value for role in details.roles), details.branch_id,
                details.code or None, list(details.languages or ("zh-CN",)),
                list(details.topics or ()), details.capacity or 4, now, list(details.area or ()),
            )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise Taken(field=FIELDS.get(error.constraint_name or "", "login")) from None
    return person_id


async def edit_staff(tx: Tx, person_id: UUID, details: StaffDetails) -> None:
    """Change what is given; raises `Taken`."""
    await tx.execute(
        "UPDATE person SET name = coalesce($2, name), name_en = coalesce($3, name_en) WHERE id = $1",
        person_id, details.name, details.name_en,
    )  # fmt: skip
    try:
        async with tx.savepoint():
            await tx.execute(
                EDIT, person_id, details.login,
                sorted(role.value for role in details.roles) if details.roles else None,
                details.branch_id, details.code or None, details.employee_no or None,
                list(details.languages) if details.languages is not None else None,
                list(details.topics) if details.topics is not None else None, details.capacity,
                list(details.area) if details.area is not None else None,
            )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise Taken(field=FIELDS.get(error.constraint_name or "", "login")) from None


async def set_status(tx: Tx, person_id: UUID, status: PersonStatus) -> None:
    """Set whether a member of staff may act; leaving is dated."""
    await tx.execute("UPDATE person SET status = $2 WHERE id = $1", person_id, status.value)
    if status is PersonStatus.LEFT:
        await tx.execute(
            "UPDATE staff SET left_at = $2 WHERE person_id = $1", person_id, clock.now()
        )


async def other_administrators(tx: Tx, person_id: UUID) -> int:
    """How many active administrators there are besides this person, locked until the transaction ends."""
    return len(await tx.fetch(OTHER_ADMINISTRATORS, person_id))


async def set_photo(tx: Tx, person_id: UUID, data: bytes | None, media_type: str | None) -> None:
    """Keep a photo, or none."""
    await tx.execute(
        "UPDATE staff SET photo = $2, photo_type = $3 WHERE person_id = $1",
        person_id, data, media_type,
    )  # fmt: skip


async def add_licence(tx: Tx, staff_id: UUID, details: LicenceDetails) -> UUID:
    """Add a licence."""
    licence_id = new_id()
    await tx.execute(
        "INSERT INTO licence"
        " (id, staff_id, type, number, valid_from, valid_to, source, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        licence_id, staff_id, details.type.value, details.number, details.valid_from,
        details.valid_to, details.source, clock.now(),
    )  # fmt: skip
    return licence_id


async def licence(tx: Tx, licence_id: UUID) -> Licence | None:
    """A licence, locked until the transaction ends."""
    row = await tx.fetchrow(
        "SELECT id, staff_id, type, number, valid_from, valid_to, status, source FROM licence"
        " WHERE id = $1 FOR UPDATE",
        licence_id,
    )
    return licence_of(row) if row else None


async def licences_turned(tx: Tx, on: date) -> list[UUID]:
    """Staff of whom a licence began or ended by the day `on` without anybody having been told; they are told now."""
    rows = await tx.fetch(
        "UPDATE licence SET told_on = $1 WHERE status = 'active'"
        " AND ((valid_to < $1 AND (told_on IS NULL OR told_on <= valid_to))"
        " OR (valid_from <= $1 AND (told_on IS NULL OR told_on < valid_from))) RETURNING staff_id",
        on,
    )
    return sorted({row["staff_id"] for row in rows})


async def change_licence(
    tx: Tx, licence_id: UUID, status: LicenceStatus | None, valid_to: date | None
) -> None:
    """Set a licence's status or last day."""
    await tx.execute(
        "UPDATE licence SET status = coalesce($2, status), valid_to = coalesce($3, valid_to),"
        " updated_at = $4 WHERE id = $1",
        licence_id, status.value if status else None, valid_to, clock.now(),
    )  # fmt: skip


async def add_branch(tx: Tx, code: str, name: str, name_en: str, region: str) -> Branch:
    """Add a branch; raises `Taken`."""
    branch_id = new_id()
    added = await tx.execute(
        "INSERT INTO branch (id, code, name, name_en, region, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (code) DO NOTHING",
        branch_id, code, name, name_en, region, clock.now(),
    )  # fmt: skip
    if added == 0:
        raise Taken(field="code")
    return Branch(branch_id, code, name, name_en, region)


async def edit_branch(
    tx: Tx, branch_id: UUID, name: str | None, name_en: str | None, region: str | None
) -> None:
    """Change a branch's names or region."""
    await tx.execute(
        "UPDATE branch SET name = coalesce($2, name), name_en = coalesce($3, name_en),"
        " region = coalesce($4, region) WHERE id = $1",
        branch_id, name, name_en, region,
    )  # fmt: skip
