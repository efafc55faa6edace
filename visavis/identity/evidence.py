"""What identity puts on record, and how: sign-ins as access records, administration as business records."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, KeyDestroyed, RetentionClass
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.denials import Denial


async def access(
    tx: Tx,
    kind: str,
    person_id: UUID | None,
    environment: Environment,
    body: Mapping[str, Any],
) -> UUID:
    """Record that somebody came in, tried to, or went; without a person it continues the platform's own chain."""
    who = person_id or SYSTEM_ID
    return await archive.append_one(
        tx, Fact(kind, who, who, environment, body, {}, RetentionClass.ACCESS)
    )


async def denied(tx: Tx, several: Sequence[Denial]) -> None:
    """Record refused authorisations, each in the chain of whoever was refused, or else in the platform's own."""
    for one in several:
        try:
            await archive.append_one(tx, _denied(one, one.actor))
        except KeyDestroyed:
            await archive.append_one(tx, _denied(one, None))


def _denied(one: Denial, actor: Actor | None) -> Fact:
    who = actor.person_id if actor else SYSTEM_ID
    body: dict[str, Any] = {
        "operation": one.operation, "objects": dict(one.objects), "why": one.code,
        "address": one.address,
    }  # fmt: skip
    body |= {"reason": one.reason} if one.reason else {}
    body |= {"omitted": one.omitted} if one.omitted else {}
    if actor:
        body |= {"roles": sorted(actor.roles), "session": str(actor.session_id)}
    environment = one.actor.environment if one.actor else Environment.REAL
    return Fact("denied", who, who, environment, body, {}, RetentionClass.ACCESS)


async def administration(
    tx: Tx,
    kind: str,
    actor: Actor,
    object_id: UUID,
    environment: Environment,
    body: Mapping[str, Any],
) -> UUID:
    """Record what an administrator has done to `object_id`."""
    clear = {"actor": str(actor.person_id)}
    return await archive.append_one(
        tx,
        Fact(
            kind, object_id, object_id, environment, {**body, "actor": str(actor.person_id)}, clear
        ),
    )
