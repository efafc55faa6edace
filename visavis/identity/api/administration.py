"""Administration of staff and branches: listing, adding, changing, inviting, and the first administrator."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from visavis.identity import rules, terms
from visavis.identity.api import sessions
from visavis.identity.api.entry import INVITATION
from visavis.identity.api.standing import administrator, known, not_the_last, present, record
from visavis.identity.store import administration as store
from visavis.identity.store import credentials
from visavis.identity.store import people as persons
from visavis.identity.store import sessions as tokens
from visavis.identity.types import (
    Branch,
    Invitation,
    LicenceChanged,
    Staff,
    StaffDetails,
    StaffFilter,
    Topic,
)
from visavis.kernel import clock, outbox
from visavis.kernel.auth import STAFF, Actor, Environment, Role, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.installation import current
from visavis.kernel.languages import LANGUAGES

INVITED_FOR = timedelta(hours=72)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
CODE = re.compile(r"[A-Z0-9]{6,20}")
HEAD_OFFICE = ("HQ", "总部", "Head office", "总部")


async def list_staff(
    tx: Tx, actor: Actor, wanted: StaffFilter, after: str, limit: int
) -> tuple[list[Staff], str | None]:
    """A page of staff by login, and where the next one begins. Raises `Forbidden`."""
    if not rules.may_list_staff(actor):
        raise Forbidden
    today = terms.today()
    until = today + timedelta(days=wanted.expiring_days) if wanted.expiring_days else None
    found = await store.page(tx, wanted, today, until, after, limit + 1)
    return found[:limit], found[limit - 1].login if len(found) > limit else None


async def staff_counts(tx: Tx, actor: Actor) -> Mapping[str, Any]:
    """How many staff there are: total, active, suspended, left, locked. Raises `Forbidden`."""
    if not rules.may_list_staff(actor):
        raise Forbidden
    return await store.counts(tx)


async def one_staff(tx: Tx, actor: Actor, staff_id: UUID) -> Staff:
    """A member of staff with licences. Raises `Forbidden`, `NotFound`."""
    if not rules.may_list_staff(actor):
        raise Forbidden
    return await known(tx, staff_id)


async def add_staff(tx: Tx, actor: Actor, details: StaffDetails) -> Staff:
    """Add a member of staff, who cannot sign in before an invitation. Raises `Forbidden`, `Malformed`, `Taken`."""
    administrator(actor)
    tidy = await _tidied(tx, details)
    for field in ("login", "name", "roles", "branch_id"):
        if not getattr(tidy, field):
            raise Malformed(field=field, reason="missing")
    staff_id = await store.add_staff(tx, tidy)
    await record(tx, "staff_added", actor, staff_id, tidy.environment, _told(tidy))
    return await known(tx, staff_id)


async def edit_staff(tx: Tx, actor: Actor, staff_id: UUID, details: StaffDetails) -> Staff:
    """Change a member of staff. Raises `Forbidden`, `HasLeft`, `Malformed`, `Taken`, `LastAdministrator`."""
    administrator(actor)
    before = await present(tx, staff_id)
    tidy = await _tidied(tx, replace(details, environment=before.environment))
    if tidy.roles is not None:
        if not tidy.roles:
            raise Malformed(field="roles", reason="missing")
        if Role.ADMINISTRATOR in before.roles - tidy.roles:
            await not_the_last(tx, before)
    await store.edit_staff(tx, staff_id, tidy)
    if tidy.roles is not None and tidy.roles != before.roles:
        await outbox.publish(tx, LicenceChanged(staff_id))
    sessions.rights_changed(tx, staff_id)
    await record(tx, "staff_changed", actor, staff_id, before.environment, _told(tidy))
    return await known(tx, staff_id)


async def invite(tx: Tx, actor: Actor, staff_id: UUID) -> Invitation:
    """A new invitation, good for 72 hours; earlier ones become worthless. Raises `Forbidden`, `NotFound`, `HasLeft`."""
    administrator(actor)
    one = await present(tx, staff_id)
    await tokens.cancel_tokens(tx, staff_id, INVITATION)
    token, expires_at = sessions.fresh_token(), clock.now() + INVITED_FOR
    await tokens.add_token(tx, sessions.digest(token), INVITATION, staff_id, {}, expires_at)
    await record(tx, "staff_invited", actor, staff_id, one.environment, {})
    return Invitation(token, expires_at)


async def add_branch(
    tx: Tx, actor: Actor, code: str, name: str, name_en: str, region: str
) -> Branch:
    """Add a branch. Raises `Forbidden`, `Taken`."""
    administrator(actor)
    branch = await store.add_branch(tx, code, name, name_en, region)
    body = {"code": code, "name": name, "name_en": name_en, "region": region}
    await record(tx, "branch_added", actor, branch.id, Environment.REAL, body)
    return branch


async def edit_branch(
    tx: Tx, actor: Actor, branch_id: UUID, name: str | None, name_en: str | None, region: str | None
) -> Branch:
    """Change a branch's names or region. Raises `Forbidden`, `NotFound`."""
    administrator(actor)
    await store.edit_branch(tx, branch_id, name, name_en, region)
    branch = await persons.branch(tx, branch_id)
    if branch is None:
        raise NotFound
    body = {"name": branch.name, "name_en": branch.name_en, "region": branch.region}
    await record(tx, "branch_changed", actor, branch_id, Environment.REAL, body)
    return branch


async def create_administrator(tx: Tx, login: str, name: str) -> Invitation:
    """An administrator and his invitation, for whoever commands the server; an unknown login is added.

    The head office is made where there is no branch yet.
    """
    actor = replace(system(), roles=frozenset({Role.ADMINISTRATOR}))
    account = await credentials.by_login(tx, login.lower())
    if account is not None:
        await credentials.set_lock(tx, account["person_id"], locked=False)
        return await invite(tx, actor, account["person_id"])
    branches = await persons.branches(tx)
    branch = branches[0] if branches else await add_branch(tx, actor, *HEAD_OFFICE)
    details = StaffDetails(
        login=login.lower(), name=name, roles=frozenset({Role.ADMINISTRATOR}), branch_id=branch.id
    )
    return await invite(tx, actor, (await add_staff(tx, actor, details)).id)


async def _tidied(tx: Tx, details: StaffDetails) -> StaffDetails:
    """The details in the form in which they are kept; raises `Malformed`."""
    login = details.login.strip().lower() if details.login else details.login
    code = details.code.strip().upper() if details.code else details.code
    checks: tuple[tuple[str, bool, str], ...] = (
        ("login", login is None or bool(LOGIN.fullmatch(login)), "a-z 0-9 . _ @ -"),
        ("name", details.name is None or 0 < len(details.name.strip()) <= 60, "1-60"),
        ("roles", (details.roles or frozenset()) <= STAFF, "staff"),
        ("code", not code or bool(CODE.fullmatch(code)), "A-Z 0-9, 6-20"),
        ("languages", set(details.languages or ()) <= {*LANGUAGES}, "zh-CN, en"),
        ("topics", set(details.topics or ()) <= set(Topic), ", ".join(Topic)),
        ("capacity", details.capacity is None or 1 <= details.capacity <= 20, "1-20"),
    )
    for field, sound, reason in checks:
        if not sound:
            raise Malformed(field=field, reason=reason)
    if details.branch_id and await persons.branch(tx, details.branch_id) is None:
        raise Malformed(field="branch", reason="unknown")
    if details.area:
        known = {word for one in await persons.branches(tx) for word in (one.code, one.region)}
        if not known - {""} >= set(details.area):
            raise Malformed(field="area", reason="codes of branches, names of regions")
    real = details.environment is Environment.REAL
    if not real and not (await current(tx)).admits_simulated:
        raise Malformed(field="environment", reason="real")
    name = details.name.strip() if details.name else details.name
    return replace(details, login=login, code=code, name=name)


def _told(details: StaffDetails) -> dict[str, Any]:
    told: dict[str, Any] = {
        "login": details.login, "name": details.name, "name_en": details.name_en,
        "branch": str(details.branch_id) if details.branch_id else None, "code": details.code or None,
        "employee_no": details.employee_no or None, "capacity": details.capacity,
        "roles": sorted(details.roles) if details.roles else None,
        "languages": list(details.languages) if details.languages else None,
        "topics": list(details.topics) if details.topics else None,
        "area": list(details.area) if details.area is not None else None,
    }  # fmt: skip
    return {key: value for key, value in told.items() if value is not None}
