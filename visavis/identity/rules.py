"""Decisions about people without I/O: capabilities by licence, who may administer, what a sound password is."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID

from visavis.identity.types import (
    VALID,
    Capability,
    Constraint,
    Licence,
    LicenceDetails,
    LicenceStatus,
    LicenceType,
    Need,
    PersonStatus,
    Staff,
    Standing,
    Unmet,
)
from visavis.kernel.auth import SERVING, Actor, Environment, Role

EXTRA_LICENCE = {Need.ADVISE_MARGIN: LicenceType.MARGIN, Need.ADVISE_FUND: LicenceType.FUND}
NOTHING: frozenset[Capability] = frozenset()
SERVICE = frozenset({Capability.SERVE, Capability.RELAY, Capability.EDUCATE})
AGENCY = frozenset({Capability.RELAY, Capability.EDUCATE})


def capabilities(staff: Staff, at: date) -> frozenset[Capability]:
    """What the member of staff may do on the local day `at` (LIC-01, LIC-02).

    Advice needs the role and a valid advisory registration (notice 27 of 2010, art 7); service needs a securities or
    advisory one; a broker-agent passes on the firm's material and nothing else (order of 2009-04-13, art 11); partner
    staff only refer. Whoever is not active may do nothing.
    """
    if staff.status is not PersonStatus.ACTIVE:
        return NOTHING
    return granted(staff.roles, {one.type for one in staff.licences if one.valid(at)})


def granted(roles: frozenset[Role], valid: Collection[LicenceType]) -> frozenset[Capability]:
    """What roles and valid licences let active staff do; see `capabilities`."""
    found: frozenset[Capability] = NOTHING
    if Role.ADVISOR in roles and LicenceType.ADVISORY in valid:
        found |= SERVICE | {Capability.ADVISE}
    if roles & {Role.ADVISOR, Role.CLIENT_MANAGER} and (
        LicenceType.SECURITIES in valid or LicenceType.ADVISORY in valid
    ):
        found |= SERVICE
    if Role.BROKER_AGENT in roles and LicenceType.AGENT in valid:
        found |= AGENCY
    if Role.PARTNER_STAFF in roles:
        found |= {Capability.REFER}
    return found


@lru_cache(maxsize=4096)
def standing(
    environment: str,
    status: str,
    roles: tuple[str, ...],
    valid: tuple[str, ...],
    branch_id: UUID | None = None,
    home_id: UUID | None = None,
    reach: tuple[UUID, ...] | None = None,
) -> Standing:
    """What these words of the store mean; few combinations occur, so that each is worked out once."""
    state, held = PersonStatus(status), frozenset(map(Role, roles))
    able = granted(held, [LicenceType(one) for one in valid])
    active = state is PersonStatus.ACTIVE
    within = None if reach is None else frozenset(reach)
    return Standing(
        Environment(environment), state, held, able if active else NOTHING, branch_id, home_id, within
    )  # fmt: skip


def meets(staff: Staff, need: Need, at: date) -> Unmet | None:
    """None when the member of staff may meet `need` on the local day `at`, else the constraint that failed."""
    if staff.status is not PersonStatus.ACTIVE:
        return Unmet(Constraint.STATUS, staff.status.value)
    return _lack(staff.roles, held(staff.licences, at), need)


def held(licences: Collection[Licence], at: date) -> dict[LicenceType, str]:
    """What the best licence of each type is worth on the local day `at`: `valid`, or what is wrong with it."""
    ranked = sorted(licences, key=lambda one: (one.valid(at), one.valid_to, one.status.value))
    return {one.type: one.worth(at) for one in ranked}


@lru_cache(maxsize=4096)
def lacks(roles: tuple[str, ...], worth: tuple[str, ...]) -> Mapping[Need, Unmet]:
    """What active staff lack for each need that they do not meet; `worth` are words as `advisory expired`.

    Few combinations occur, so that each is worked out once.
    """
    holds = {LicenceType(kind): word for kind, _, word in (one.partition(" ") for one in worth)}
    found = {need: _lack(frozenset(map(Role, roles)), holds, need) for need in Need}
    return {need: unmet for need, unmet in found.items() if unmet is not None}


def _lack(roles: frozenset[Role], holds: Mapping[LicenceType, str], need: Need) -> Unmet | None:
    if not roles & SERVING:
        return Unmet(Constraint.ROLE, "not_serving")
    able = granted(roles, [kind for kind, word in holds.items() if word == VALID])
    if need is Need.SERVE:
        if Capability.SERVE in able:
            return None
        if not roles & {Role.ADVISOR, Role.CLIENT_MANAGER}:
            return Unmet(Constraint.ROLE, "relay_only")
        return _unlicensed(holds, LicenceType.SECURITIES)
    if Role.ADVISOR not in roles:
        return Unmet(Constraint.ROLE, "not_advisor")
    if Capability.ADVISE not in able:
        return _unlicensed(holds, LicenceType.ADVISORY)
    extra = EXTRA_LICENCE.get(need)
    return _unlicensed(holds, extra) if extra is not None and holds.get(extra) != VALID else None


def _unlicensed(holds: Mapping[LicenceType, str], kind: LicenceType) -> Unmet:
    return Unmet(Constraint.LICENCE, f"{kind}:{holds.get(kind, 'none')}")


def fits(roles: frozenset[Role], valid: Collection[LicenceType], need: Need) -> bool:
    """Whether active staff with these roles and valid licences meet `need`."""
    return _lack(roles, dict.fromkeys(valid, VALID), need) is None


def primary_role(roles: Collection[Role]) -> Role:
    """The role under which somebody is shown: the one nearest to the client."""
    for role in Role:
        if role in roles:
            return role
    return Role.SYSTEM


def may_administer(actor: Actor) -> bool:
    """Whether the actor may manage staff, licences, branches, issuers and origins."""
    return actor.has(Role.ADMINISTRATOR)


def may_list_staff(actor: Actor) -> bool:
    """Whether the actor may see the firm's staff with licences: administration, and those who supervise or run it."""
    return actor.has(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OPERATOR)


REGISTRATIONS = {
    Role.ADVISOR: (LicenceType.ADVISORY, LicenceType.SECURITIES),
    Role.CLIENT_MANAGER: (LicenceType.SECURITIES, LicenceType.ADVISORY),
    Role.BROKER_AGENT: (LicenceType.AGENT,),
}


def registration(staff: Staff, at: date) -> Licence | None:
    """The licence under which somebody is registered: of those that bear his code, where any does, a valid one before
    others, the longest before shorter ones. Another licence never speaks for a code that has run out.
    """
    kinds = REGISTRATIONS.get(primary_role(staff.roles), ())
    held = [one for one in staff.licences if one.type in kinds]
    coded = [one for one in held if one.number == staff.code]
    return max(
        coded or held,
        key=lambda one: (one.valid(at), -kinds.index(one.type), one.valid_to),
        default=None,
    )


def public_status(staff: Staff, at: date) -> str:
    """What the public page says: valid, expired, suspended, left, none; or the environment where it is not real."""
    if staff.environment is not Environment.REAL:
        return staff.environment.value
    if staff.status is not PersonStatus.ACTIVE:
        return "left" if staff.status is PersonStatus.LEFT else "suspended"
    held = registration(staff, at)
    if held is None:
        return "none"
    if held.valid(at):
        return "valid"
    return "expired" if held.status is LicenceStatus.ACTIVE else held.status.value


def may_set_own_capacity(actor: Actor) -> bool:
    """Whether the actor serves clients and so may say how many at once."""
    return actor.has(*SERVING)


def overlaps(held: Collection[Licence], fresh: LicenceDetails) -> bool:
    """Whether an unrevoked licence of the same kind covers a day of the fresh one."""
    return any(
        one.type is fresh.type
        and one.status is not LicenceStatus.REVOKED
        and one.valid_from <= fresh.valid_to
        and fresh.valid_from <= one.valid_to
        for one in held
    )


def may_set_photo(actor: Actor, staff_id: UUID) -> bool:
    """Whether the actor may set the photo: an administrator anybody's, staff their own."""
    return actor.has(Role.ADMINISTRATOR) or (actor.is_staff and actor.person_id == staff_id)
