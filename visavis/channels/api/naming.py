"""How people are named in a notice: by numbers the broker knows, and by what is public anyway."""

from collections.abc import Collection
from uuid import UUID

from visavis.identity import api as identity
from visavis.identity.types import Person, PersonKind
from visavis.kernel.db import Tx


async def addressee(tx: Tx, person: Person) -> dict[str, str]:
    """Whom the broker's own systems know: a client by number, staff by employee number."""
    if person.kind is PersonKind.CLIENT:
        return {"kind": "client", "ref": person.external_ref or "", "language": person.language}
    member = (await identity.staff(tx, [person.id])).get(person.id)
    number = (member.employee_no if member else None) or ""
    return {"kind": "staff", "ref": number, "language": person.language}


async def public_name(tx: Tx, sender_id: UUID | None) -> dict[str, str] | None:
    """The name and code of a member of staff, which anybody may look up; nothing of a client."""
    if sender_id is None:
        return None
    member = (await identity.staff(tx, [sender_id])).get(sender_id)
    if member is None:
        return None
    return {"name": member.name, "name_en": member.name_en, "code": member.code or ""}


async def addressees(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """To whom notices went, for the log: staff by name, a client by his number at the broker alone."""
    people = await identity.people(tx, ids)
    staff = await identity.staff(
        tx, [key for key, one in people.items() if one.kind is PersonKind.STAFF]
    )
    return {
        key: {
            "kind": one.kind.value,
            "ref": (staff[key].employee_no if key in staff else one.external_ref) or "",
            "name": one.name if key in staff else "",
            "name_en": one.name_en if key in staff else "",
        }
        for key, one in people.items()
    }


async def named(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[str, object]]:
    """Clients as their own staff see them: id and name."""
    people = await identity.people(tx, ids)
    return {
        key: {"id": key, "name": one.name, "name_en": one.name_en} for key, one in people.items()
    }
