"""What channels puts on record about browsers that may be told: who let which one, and that it ended."""

import hashlib
from collections.abc import Collection
from urllib.parse import urlsplit
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.channels.types import Subscription
from visavis.identity import api as identity
from visavis.kernel.db import Tx

SUBSCRIBED, ENDED = "push.subscribed", "push.ended"


async def subscribed(tx: Tx, one: Subscription) -> None:
    """Somebody lets himself be told on a browser; address and keys are named by their digest."""
    material = f"{one.endpoint} {one.p256dh} {one.auth}"
    body = {
        "person": str(one.person_id), "device": one.device, "service": urlsplit(one.endpoint).hostname or "",
        "digest": hashlib.sha256(material.encode()).hexdigest(),
    }  # fmt: skip
    environment = (await identity.people(tx, [one.person_id]))[one.person_id].environment
    await archive.append_one(tx, Fact(SUBSCRIBED, one.id, one.person_id, environment, body))


async def ended(tx: Tx, person_id: UUID, subscriptions: Collection[UUID], why: str) -> None:
    """Nobody is told on these browsers of his any more."""
    if not subscriptions:
        return
    environment = (await identity.people(tx, [person_id]))[person_id].environment
    body = {"person": str(person_id), "why": why}
    await archive.append(
        tx, [Fact(ENDED, one, person_id, environment, body) for one in sorted(subscriptions)]
    )
