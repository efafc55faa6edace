"""Who takes over a client. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from visavis.identity.types import Capability, PersonStatus, Staff, serves_there
from visavis.kernel.auth import Role


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


def outside(
    candidates: Sequence[Candidate], clients: Collection[UUID], homes: Mapping[UUID, UUID]
) -> dict[UUID, frozenset[UUID]]:
    """For each client the colleagues whose contract does not cover her branch (LIC-02); `homes` is by client."""
    beyond = {
        home: frozenset(
            one.staff.id for one in candidates if not serves_there(one.staff.reach, home)
        )
        for home in {None, *homes.values()}
    }
    return {client: beyond[homes.get(client)] for client in clients}
