"""Examiners: outsiders whom the firm lets look, at a part of the record, for a time (SUP-02)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.custody.api import keeping, looking
from visavis.custody.rules import grants as rules
from visavis.custody.store import looks as store
from visavis.custody.terms import terms
from visavis.custody.types import BeyondGrant, Grant, GrantOverlaps
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id


async def give_grant(
    tx: Tx, actor: Actor, examiner_id: UUID, purpose: str, clients: Sequence[UUID] | None,
    from_us: int, until_us: int, starts_at: datetime, ends_at: datetime,
) -> Grant:  # fmt: skip
    """Let an examiner look at these clients (None: all) and this period of the record, from when to when.

    Raises `Forbidden`, `Malformed`, `NotFound` for who is no client, `GrantOverlaps` where one of his stands, and
    as `grants.check_grant`.
    """
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden
    rules.check_grant(purpose.strip(), from_us, until_us, starts_at, ends_at, clock.now())
    examiner = (await identity.staff(tx, [examiner_id])).get(examiner_id)
    if examiner is None or Role.EXAMINER not in examiner.roles:
        raise Malformed(field="examiner", reason="not an examiner")
    if clients is not None and not clients:
        raise Malformed(field="clients", reason="none")
    await keeping.clients_of(tx, actor, clients or ())
    standing = await store.standing(tx, examiner_id, clock.now())
    other = rules.overlapping(standing, starts_at, ends_at)
    if other is not None:
        raise GrantOverlaps(starts=_day(other.starts_at), ends=_day(other.ends_at))
    one = Grant(
        new_id(), examiner_id, purpose.strip(), None if clients is None else tuple(clients), from_us, until_us,
        starts_at, ends_at, actor.person_id, clock.now(), None, None, UUID(int=0),
    )  # fmt: skip
    record = await archive.append_one(tx, _fact("grant.given", actor, one))
    one = replace(one, record_id=record)
    await store.add_grant(tx, one)
    return one


async def revoke_grant(tx: Tx, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant now; idempotent. Raises `Forbidden`, `NotFound`."""
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden
    one = await store.grant(tx, grant_id)
    if one is None:
        raise NotFound
    if one.revoked_at is not None:
        return one
    ended = replace(one, revoked_by=actor.person_id, revoked_at=clock.now())
    record = await archive.append_one(tx, _fact("grant.revoked", actor, ended))
    await store.revoke(tx, grant_id, actor.person_id, clock.now(), record)
    return replace(ended, record_id=record)


async def grants(tx: Tx, actor: Actor) -> list[Grant]:
    """All grants for the supervisor, his own for an examiner; raises `Forbidden`."""
    if actor.has(Role.SUPERVISOR):
        return await store.grants(tx, None)
    if actor.has(Role.EXAMINER):
        return await store.grants(tx, actor.person_id)
    raise Forbidden


async def bundle_taken(tx: Tx, actor: Actor, name: str) -> None:
    """An examiner takes a bundle of sealed records with their headers, whoever they are of: it goes on record.

    Raises `GrantMissing`, and `BeyondGrant` unless his grant covers everybody and all time until now.
    """
    within = await looking.opened(tx, actor)
    if within is None:
        return
    if within.clients is not None or within.from_us > 0 or within.until_us <= clock.now_us():
        raise BeyondGrant
    await looking.on_record(tx, actor, within, "download", None, None, name)


def _day(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(terms().zone)):%Y-%m-%d %H:%M}"


def _fact(kind: str, actor: Actor, one: Grant) -> Fact:
    body = {
        "actor": str(actor.person_id), "examiner": str(one.examiner_id), "purpose": one.purpose,
        "clients": None if one.clients is None else [str(each) for each in one.clients],
        "from": str(one.from_us), "until": str(one.until_us),
        "starts": str(clock.to_us(one.starts_at)), "ends": str(clock.to_us(one.ends_at)),
        "revoked": one.revoked_at is not None,
    }  # fmt: skip
    return Fact(kind, one.id, one.examiner_id, Environment.REAL, body)
