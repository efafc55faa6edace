"""What identity puts on record, and how: sign-ins as access records, administration as business records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Tx


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
