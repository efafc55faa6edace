"""Who may speak, connect, greet and look. No I/O."""

from collections.abc import Sequence

from visavis.connections.types import (
    Basis,
    CapabilityMissing,
    ClientRestricted,
    Connection,
    ConnectionEnded,
    ConnectionResting,
    LicenceExpired,
    NotConnected,
    OutsideContract,
    StaffSuspended,
    State,
    WrongEnvironment,
)
from visavis.identity.types import (
    Capability,
    Person,
    PersonKind,
    PersonStatus,
    Staff,
    Standing,
    serves_there,
)
from visavis.kernel.auth import SERVING, Actor, Role
from visavis.kernel.errors import Forbidden, Refusal

SPEAKING = frozenset({Capability.ADVISE, Capability.SERVE, Capability.RELAY})
OVERSEERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OPERATOR)


def may_client_speak(actor: Actor, client: Standing | None) -> Refusal | None:
    """A client always may write in his own conversation, unless restricted; `client` is himself, or None."""
    if client is None:
        return NotConnected()
    if client.environment != actor.environment:
        return WrongEnvironment()
    return None if client.status is PersonStatus.ACTIVE else ClientRestricted()


def may_machine_speak(actor: Actor, client: Standing | None) -> Refusal | None:
    """Assistant and system speak to any client of their own environment."""
    if client is None:
        return NotConnected()
    return None if client.environment == actor.environment else WrongEnvironment()


def may_staff_speak(
    actor: Actor,
    staff: Staff | Standing | None,
    capabilities: frozenset[Capability],
    client: Person | Standing | None,
    connection: State | None,
) -> Refusal | None:
    """Active staff, standing registration, active connection, same environment (LIC-01, LIC-02, CONN-01)."""
    if staff is None or client is None:
        return NotConnected()
    if staff.status is not PersonStatus.ACTIVE:
        return StaffSuspended()
    if not staff.environment == client.environment == actor.environment:
        return WrongEnvironment()
    if connection is None or connection is State.PROPOSED:
        return NotConnected()
    if connection is State.DISSOLVED:
        return ConnectionEnded()
    if connection is State.SUSPENDED:
        return ConnectionResting()
    home = client.home_id if isinstance(client, Standing) else None
    if not serves_there(staff.reach, home):
        return OutsideContract()
    return lacks_licence(staff.roles, capabilities)


def lacks_licence(roles: frozenset[Role], capabilities: frozenset[Capability]) -> Refusal | None:
    """Why somebody with these roles and capabilities may not speak to clients now, or None."""
    if capabilities & SPEAKING:
        return None
    return LicenceExpired() if roles & SERVING else CapabilityMissing()


def may_establish(
    actor: Actor,
    staff: Staff,
    client: Person,
    basis: Basis,
    existing: Connection | None,
    sponsor: Connection | None,
) -> Refusal | None:
    """Only the firm connects: by its book, by a request it has matched, or by an administrator (CONN-01).

    `existing` is the living connection of the two, `sponsor` that of the actor himself with the client.
    """
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
    if basis is Basis.TRANSFER:
        hands_on = sponsor is not None and sponsor.state is State.ACTIVE
        return None if hands_on else NotConnected()
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
    greeted = State.ACTIVE if connection.state is State.PROPOSED else connection.state
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


def is_called(person: Person, wanted: str) -> bool:
    """Whether the person's name or number contains `wanted`, whatever its case."""
    sought = wanted.strip().casefold()
    names = (person.name, person.name_en, person.external_ref or "")
    return any(sought in one.casefold() for one in names)
