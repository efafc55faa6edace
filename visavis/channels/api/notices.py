"""Subscriptions to be told, and the log of what left the house."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from visavis.channels import evidence, rules, store
from visavis.channels.terms import terms
from visavis.channels.types import (
    Notice,
    NoticeState,
    PushIsOff,
    Subscription,
)
from visavis.dispatch import api as dispatch
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id


def push_key() -> str:
    """The key that a browser subscribes with; raises `PushIsOff`."""
    if not terms().push:
        raise PushIsOff
    return terms().push_key


async def subscribe(
    tx: Tx, actor: Actor, endpoint: str, p256dh: str, auth: str, device: str
) -> UUID:
    """Let the actor be told on this browser; it belongs to whoever subscribed last.

    Raises `UnfitEndpoint`, `Forbidden`.
    """
    push_key()
    if actor.has(Role.VISITOR):
        raise Forbidden
    rules.check_subscription(endpoint, p256dh, auth)
    one = Subscription(new_id(), actor.person_id, endpoint, p256dh, auth, device[:100], clock.now())
    kept, before = await store.subscribe(tx, one)
    await evidence.subscribed(tx, replace(one, id=kept))
    await _reachable(tx, actor.person_id)
    if before is not None:
        await _reachable(tx, before)
    return kept


async def unsubscribe(tx: Tx, actor: Actor, subscription_id: UUID) -> None:
    """Tell the actor no more on that browser. Raises `NotFound`."""
    if await store.unsubscribe(tx, subscription_id, actor.person_id) is None:
        raise NotFound
    await evidence.ended(tx, actor.person_id, [subscription_id], "asked for")
    await _reachable(tx, actor.person_id)


async def silence(tx: Tx, person_id: UUID) -> None:
    """Nothing leaves the house to this person any more: subscriptions, wishes and queued notices end (CONN-02)."""
    await store.skip_all(tx, person_id, clock.now(), "rights ended")
    gone = await store.forget_all(tx, person_id)
    await evidence.ended(tx, person_id, gone, "rights ended")


async def cut_off(tx: Tx, person_id: UUID) -> None:
    """`silence` for a member of staff, whom no offer reaches asleep any more either."""
    await silence(tx, person_id)
    await _reachable(tx, person_id)


async def _reachable(tx: Tx, person_id: UUID) -> None:
    """Tell dispatch whether a sleeping device of this advisor can be reached."""
    found = await store.subscriptions(tx, person_id)
    await dispatch.set_pushable(tx, person_id, bool(found))


async def log_of(
    tx: Tx,
    actor: Actor,
    person_id: UUID | None,
    state: NoticeState | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Notice]:
    """What was sent where, for operators and administrators; the newest first. Raises `Forbidden`."""
    if not actor.has(Role.OPERATOR, Role.ADMINISTRATOR):
        raise Forbidden
    return await store.listed(tx, actor.environment, person_id, state, after, limit)
