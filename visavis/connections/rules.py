"""Decisions about connections: who may speak, when a proactive contact is allowed, who succeeds. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from visavis.connections.types import (
    Basis,
    CapabilityMissing,
    ClientRestricted,
    Connection,
    ConnectionEnded,
    ConnectionResting,
    LicenceExpired,
    Limits,
    NotConnected,
    QuietHours,
    StaffSuspended,
    State,
    TouchCapReached,
    WrongEnvironment,
)
from visavis.identity.types import Capability, Person, PersonKind, PersonStatus, Staff
from visavis.kernel.auth import SERVING, Actor, Role
from visavis.kernel.clock import to_ms
from visavis.kernel.errors import Forbidden, Refusal

SPEAKING = frozenset({Capability.ADVISE, Capability.SERVE, Capability.RELAY})
OVERSEERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OPERATOR)


def may_client_speak(actor: Actor, client: Person | None) -> Refusal | None:
    """A client always may write in his own conversation, unless restricted."""
    if client is None or actor.person_id != client.id:
        return NotConnected()
    if client.environment != actor.environment:
        return WrongEnvironment()
    return None if client.status is PersonStatus.ACTIVE else ClientRestricted()


def may_machine_speak(actor: Actor, client: Person | None) -> Refusal | None:
    """Assistant and system speak to any client of their own environment."""
    if client is None:
        return NotConnected()
    return None if client.environment == actor.environment else WrongEnvironment()


def may_staff_speak(
    actor: Actor,
    staff: Staff | None,
    capabilities: frozenset[Capability],
    client: Person | None,
    connection: Connection | None,
) -> Refusal | None:
    """Active staff, standing registration, active connection, same environment (LIC-01, LIC-02, CONN-01)."""
    if staff is None or client is None:
        return NotConnected()
    if staff.status is not PersonStatus.ACTIVE:
        return StaffSuspended()
    if not staff.environment == client.environment == actor.environment:
        return WrongEnvironment()
    if connection is None or connection.state is State.PROPOSED:
        return NotConnected()
    if connection.state is State.DISSOLVED:
        return ConnectionEnded()
    if connection.state is State.SUSPENDED:
        return ConnectionResting()
    return lacks_licence(staff.roles, capabilities)


def lacks_licence(roles: frozenset[Role], capabilities: frozenset[Capability]) -> Refusal | None:
    """Why somebody with these roles and capabilities may not speak to clients now, or None."""
    if capabilities & SPEAKING:
        return None
    return LicenceExpired() if roles & SERVING else CapabilityMissing()


def may_establish(
    actor: Actor, staff: Staff, client: Person, basis: Basis, existing: Connection | None
) -> Refusal | None:
    """Only the firm connects: by its book, by a request it has matched, or by an administrator (CONN-01)."""
    if client.kind is not PersonKind.CLIENT or not staff.roles & SERVING:
        return NotConnected()
    if staff.status is not PersonStatus.ACTIVE:
        return StaffSuspended()
    if staff.environment != client.environment:
        return WrongEnvironment()
    if existing is not None and existing.state is State.SUSPENDED:
        return ConnectionResting()
    if actor.has(Role.SYSTEM, Role.ADMINISTRATOR):
        return None
    if basis is Basis.ACCEPTANCE:
        return None if actor.person_id == staff.id else Forbidden()
    if basis is Basis.FIRST_CONTACT and existing is not None:
        return None if actor.person_id in (staff.id, client.id) else Forbidden()
    return Forbidden()


def may_greet(
    actor: Actor,
    staff: Staff | None,
    capabilities: frozenset[Capability],
    client: Person | None,
    connection: Connection,
) -> Refusal | None:
    """Whether the actor may contact his own client unasked at all; when is for `may_touch` to say."""
    if staff is None or connection.staff_id != actor.person_id:
        return NotConnected()
    greeted = replace(
        connection, state=State.ACTIVE if connection.state is State.PROPOSED else connection.state
    )
    return may_staff_speak(actor, staff, capabilities, client, greeted) or (
        None if client and client.status is PersonStatus.ACTIVE else ClientRestricted()
    )


def may_oversee(actor: Actor) -> bool:
    """Whether the actor may see the firm's list of connections (never what was said in them)."""
    return actor.has(*OVERSEERS)


def may_see_client(actor: Actor, connections: Sequence[Connection]) -> bool:
    """Whether staff may open a client's panel: connected or assigned now, or a supervisor."""
    if actor.has(Role.SUPERVISOR):
        return True
    return any(
        one.staff_id == actor.person_id and one.state in (State.ACTIVE, State.PROPOSED)
        for one in connections
    )


def quiet_until(at: datetime, limits: Limits) -> datetime | None:
    """When the hours of rest around `at` end, or None outside of them; they may span midnight."""
    zone = ZoneInfo(limits.zone)
    local = at.astimezone(zone)
    begins, ends = time.fromisoformat(limits.quiet_from), time.fromisoformat(limits.quiet_to)
    now = local.time()
    over_midnight = begins > ends
    resting = (now >= begins or now < ends) if over_midnight else begins <= now < ends
    if not resting:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    return datetime.combine(day, ends, zone).astimezone(at.tzinfo)


def may_touch(at: datetime, touches: Sequence[datetime], limits: Limits) -> Refusal | None:
    """Whether a proactive contact is allowed at `at`, given the client's earlier ones (CONN-04)."""
    recent = sorted(one for one in touches if one > at - timedelta(days=limits.period_days))
    if len(recent) >= limits.cap:
        free = recent[len(recent) - limits.cap] + timedelta(days=limits.period_days)
        return TouchCapReached(**_allowed(quiet_until(free, limits) or free, limits))
    rest = quiet_until(at, limits)
    return QuietHours(**_allowed(rest, limits)) if rest else None


def _allowed(at: datetime, limits: Limits) -> dict[str, object]:
    local = at.astimezone(ZoneInfo(limits.zone))
    return {"allowed_at": to_ms(at), "allowed_local": f"{local:%Y-%m-%d %H:%M}"}


@dataclass(frozen=True)
class Candidate:
    """A colleague who might take over, with what he may do and how many own clients he has."""

    staff: Staff
    capabilities: frozenset[Capability]
    clients: int


def successor(
    leaver: Staff,
    language: str,
    candidates: Sequence[Candidate],
    declined: frozenset[UUID] = frozenset(),
) -> UUID | None:
    """Who takes over a client: same branch, same needs (advice, language, topics), fewest clients; None if nobody can.

    Advice counts as needed where the leaver's role is to advise: his licence may have ended together with him.
    """
    needed = Capability.ADVISE if Role.ADVISOR in leaver.roles else Capability.SERVE
    able = [
        one
        for one in candidates
        if one.staff.id != leaver.id
        and one.staff.id not in declined
        and one.staff.environment == leaver.environment
        and one.staff.status is PersonStatus.ACTIVE
        and Capability.SERVE in one.capabilities
    ]

    def order(one: Candidate) -> tuple[bool, bool, bool, int, int, UUID]:
        shared = len(set(one.staff.topics) & set(leaver.topics))
        return (
            needed not in one.capabilities,
            one.staff.branch_id != leaver.branch_id,
            language not in one.staff.languages,
            one.clients,
            -shared,
            one.staff.id,
        )

    return min(able, key=order).staff.id if able else None


def succession(
    leaver: Staff,
    languages: Mapping[UUID, str],
    candidates: Sequence[Candidate],
    declined: Mapping[UUID, frozenset[UUID]],
) -> dict[UUID, UUID | None]:
    """`successor` for many clients of one leaver: each one given raises the chosen colleague's load."""
    pool = {one.staff.id: one for one in candidates}
    chosen: dict[UUID, UUID | None] = {}
    for client_id, language in languages.items():
        found = successor(
            leaver, language, tuple(pool.values()), declined.get(client_id, frozenset())
        )
        chosen[client_id] = found
        if found is not None:
            one = pool[found]
            pool[found] = Candidate(one.staff, one.capabilities, one.clients + 1)
    return chosen
