"""The client's side: how she may be reached, whom she blocks or mutes (CONN-04)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import lifecycle, rules, store
from visavis.connections.terms import terms
from visavis.connections.types import (
    Bar,
    Barred,
    ContactBarred,
    ContactWishes,
    NoTimeLeft,
    Reason,
    State,
)
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id


async def contact_wishes(tx: Tx, actor: Actor) -> ContactWishes:
    """How the client may be contacted unasked."""
    return (await store.wishes(tx, [actor.person_id])).get(actor.person_id, ContactWishes())


async def wish_contact(tx: Tx, actor: Actor, wished: ContactWishes) -> None:
    """Keep the client's own wishes, on record; they count from this commit on, on every road that is not an answer.

    Raises `NoTimeLeft` where no minute of the day would be left: whoever wants no contact says so in one word.
    """
    _client(actor)
    if not rules.leaves_time(rules.tightened(terms().limits, wished)):
        raise NoTimeLeft
    me = actor.person_id
    body = {
        "client": str(me), "greetings": wished.greetings, "quiet_from": wished.quiet_from or "",
        "quiet_to": wished.quiet_to or "", "cap": -1 if wished.cap is None else wished.cap,
    }  # fmt: skip
    fact = Fact("connection.preference", me, me, actor.environment, body)
    await store.prefer(tx, me, wished, clock.now(), await archive.append_one(tx, fact))


async def my_bars(tx: Tx, actor: Actor) -> list[Barred]:
    """Whom the client has blocked or muted, the latest first."""
    _client(actor)
    return (await store.bars(tx, [actor.person_id])).get(actor.person_id, [])


async def lay_bar(tx: Tx, actor: Actor, staff_id: UUID, kind: Bar) -> None:
    """Block or mute somebody with whom the client was ever connected; repeating changes nothing. Raises `NotFound`.

    A block ends what connects the two in this commit. The firm's duty to serve stays: another one is proposed, and
    whatever the client has open moves on. Unlike the wish for another advisor it has no limit.
    """
    _client(actor)
    me = actor.person_id
    await store.lock_client(tx, me)
    met = [one for one in await store.of_client(tx, me) if one.staff_id == staff_id]
    if not met:
        raise NotFound
    if not await _keep(tx, actor, staff_id, kind, standing=True) or kind is Bar.MUTE:
        return
    living = [one for one in met if one.state is not State.DISSOLVED]
    await lifecycle.part(tx, actor, living, Reason.CLIENT_DECLINED, None)
    await outbox.publish(tx, ContactBarred(me, staff_id))


async def lift_bar(tx: Tx, actor: Actor, staff_id: UUID, kind: Bar) -> None:
    """Take a block or a mute back; what a block has ended stays ended. Raises `NotFound` where there is none."""
    _client(actor)
    if not await _keep(tx, actor, staff_id, kind, standing=False):
        raise NotFound


async def blocked_by(tx: Tx, client_id: UUID) -> frozenset[UUID]:
    """The staff with whom this client wants no dealings."""
    return (await store.blocked(tx, [client_id]))[client_id]


async def muted(tx: Tx, client_id: UUID, staff_id: UUID) -> bool:
    """Whether the client wants no notices about what this member of staff writes."""
    found = await store.bars(tx, [client_id])
    return any(one.staff_id == staff_id for one in found.get(client_id, ()))


async def rests_until(tx: Tx, client_id: UUID, at: datetime, *, own: bool) -> datetime | None:
    """When the hours of rest around `at` end for a client, or None; with `own` her own alone, without the firm's."""
    wished = (await store.wishes(tx, [client_id])).get(client_id, ContactWishes())
    limits = rules.tightened(terms().limits, wished)
    return rules.own_rest_until(at, limits) if own else rules.quiet_until(at, limits)


async def _keep(tx: Tx, actor: Actor, staff_id: UUID, kind: Bar, *, standing: bool) -> bool:
    """Keep a bar as standing or lifted; False where it is so already."""
    me = actor.person_id
    known = await store.bar_id(tx, me, staff_id, kind)
    if (known is not None and known[1]) is standing:
        return False
    bar = known[0] if known else new_id()
    body = {
        "client": str(me),
        "staff": str(staff_id),
        "kind": kind.value,
        "standing": standing,
    }
    record = await archive.append_one(tx, Fact("connection.bar", bar, me, actor.environment, body))
    await store.keep_bar(tx, bar, me, Barred(staff_id, kind, clock.now()), standing, record)
    tx.hint(f"person.{me}", frame="changed", what="connections")
    return True


async def bars_between(tx: Tx, client_ids: Collection[UUID], staff_id: UUID) -> dict[UUID, Bar]:
    """Which of these clients have laid a bar upon this member of staff; a block counts more than a mute."""
    found: dict[UUID, Bar] = {}
    for client_id, laid in (await store.bars(tx, client_ids)).items():
        for one in laid:
            if one.staff_id == staff_id and found.get(client_id) is not Bar.BLOCK:
                found[client_id] = one.kind
    return found


def _client(actor: Actor) -> None:
    if not actor.has(Role.CLIENT):
        raise Forbidden
