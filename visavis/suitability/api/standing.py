"""How clients stand now, and whether somebody is the client himself."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from visavis.connections import api as connections
from visavis.identity import api as identity
from visavis.identity.types import Purpose
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.suitability.rules import rights, scoring
from visavis.suitability.store import clients as store
from visavis.suitability.types import Assessed, Assessment, Category, Standing


async def standings(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How each of these clients stands now; one statement for all of them."""
    now = clock.now()
    found = await store.latest(tx, sorted(set(client_ids)), now) if client_ids else {}
    return {key: _standing(key, one, until, now) for key, (one, until) in found.items()}


async def standing(tx: Tx, client_id: UUID) -> Standing:
    """How one client stands now."""
    return (await standings(tx, [client_id]))[client_id]


async def levels(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, str]:
    """The levels that count now, `C1` to `C5`, of those of these clients who have one and let staff see it.

    The caller may know them. A level comes of sensitive data: who has withdrawn that consent shows it to nobody, while
    the gate, which the law asks for, goes on working with it (PIPL arts 13, 29).
    """
    hidden = await identity.refusing_consent(tx, client_ids, Purpose.SENSITIVE)
    return {
        key: one.level.name
        for key, one in (await standings(tx, client_ids)).items()
        if one.level and one.assessed is Assessed.VALID and key not in hidden
    }


async def of_client(tx: Tx, actor: Actor, client_id: UUID) -> Standing:
    """How a client stands, for his own staff and supervisors; raises `NotFound` for everybody else.

    Staff who serve see a level only as long as the client lets them; compliance does in any case.
    """
    await connections.client_view(tx, actor, client_id)
    found = await standing(tx, client_id)
    hidden = await identity.refusing_consent(tx, [client_id], Purpose.SENSITIVE)
    return replace(found, level=None) if hidden and not actor.has(Role.SUPERVISOR) else found


async def alone(tx: Tx, actor: Actor) -> None:
    """Raise `AnsweredByClientAlone` unless this is the client in a session that nobody else controls (SUIT-14)."""
    session = await identity.session_context(tx, actor.session_id) if actor.session_id else {}
    rights.check_client_alone(actor, session)


def _standing(
    client_id: UUID, latest: Assessment | None, professional_until: datetime | None, now: datetime
) -> Standing:
    category = Category.PROFESSIONAL if professional_until else Category.ORDINARY
    if latest is None:
        return Standing(client_id, category=category, professional_until=professional_until)
    return Standing(
        client_id, scoring.assessed(latest, now), latest.level, latest.lowest, category, latest.goals,
        latest.kinds, latest.months, latest.id, latest.taken_at, latest.expires_at, professional_until,
    )  # fmt: skip
