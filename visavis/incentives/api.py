"""The door of incentives: codes of partners, the ledger of who came by whom, settlement rules in versions."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity import api as identity
from visavis.incentives import rules, store
from visavis.incentives.store import ERASURES, HOLDINGS, ORIGINS
from visavis.incentives.terms import contracts, install
from visavis.incentives.types import (
    AlreadyReferred,
    ForbiddenPay,
    Kind,
    NoSuchCode,
    Referral,
    ReferralCode,
    Settlement,
    SettlementDecided,
    SettlementRule,
    SettlementSameHand,
    Touch,
)
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, TooMany
from visavis.kernel.ids import new_id

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "ORIGINS",
    "codes",
    "decide",
    "install",
    "ledger",
    "new_code",
    "propose",
    "refer",
    "referrals",
    "settlement_rules",
    "touched",
]

LETTERS, LENGTH, MOST = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8, 50


async def new_code(tx: Tx, actor: Actor, label: str) -> ReferralCode:
    """Another code of a partner's member of staff. Raises `Forbidden`, `TooMany`."""
    _partner(actor)
    if len(await store.codes(tx, actor.person_id)) >= MOST:
        raise TooMany(limit=MOST)
    word = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    label = label.strip().replace("\x00", "")[:60]
    one = ReferralCode(new_id(), actor.environment, actor.person_id, word, label, clock.now())
    body = {"partner": str(actor.person_id), "code": word, "label": label}
    record = await archive.append_one(
        tx, Fact("referral_code", one.id, actor.person_id, actor.environment, body)
    )
    await store.insert_code(tx, one, record)
    return one


async def codes(tx: Tx, actor: Actor) -> list[ReferralCode]:
    """The actor's own codes. Raises `Forbidden` for everybody but partner staff."""
    _partner(actor)
    return await store.codes(tx, actor.person_id)


async def referrals(tx: Tx, actor: Actor) -> list[Referral]:
    """Who came by the actor's codes: when, and whether the firm serves them; no name, no id (PART-01)."""
    _partner(actor)
    return await store.referrals(tx, actor.person_id)


async def refer(tx: Tx, actor: Actor, word: str) -> None:
    """The client names the code by which he came; once, the same again changes nothing.

    Raises `Forbidden`, `NoSuchCode`, `AlreadyReferred`.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    one = await store.code(tx, word.strip().replace("\x00", ""), actor.environment)
    if one is None:
        raise NoSuchCode
    await store.lock_client(tx, actor.person_id)
    known = [
        each for each in await store.touches(tx, actor.person_id) if each.kind is Kind.REFERRED
    ]
    if known:
        if known[0].source_id != one.id:
            raise AlreadyReferred
        return
    client = actor.person_id
    touch = Touch(
        new_id(), actor.environment, client, Kind.REFERRED, one.id, one.partner_id, clock.now()
    )
    await _add(tx, [touch])


async def touched(tx: Tx, touches: Collection[tuple[Kind, UUID, UUID, UUID]]) -> None:
    """Connections were proposed or established: (kind, client, connection, staff), each a line of the ledger, once."""
    fresh = await store.untouched(tx, dict.fromkeys(touches))
    await _add(
        tx,
        [
            Touch(new_id(), environment, client_id, kind, source_id, staff_id, clock.now())
            for (kind, client_id, source_id, staff_id), environment in fresh.items()
        ],
    )


async def ledger(tx: Tx, actor: Actor, client_id: UUID) -> list[Touch]:
    """Everything the ledger says of a client, for supervisors. Raises `Forbidden`, `NotFound`."""
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden
    client = (await identity.people(tx, [client_id])).get(client_id)
    if client is None or client.kind == "staff" or client.environment is not actor.environment:
        raise NotFound
    return await store.touches(tx, client_id)


async def settlement_rules(tx: Tx, actor: Actor) -> list[SettlementRule]:
    """All versions, the newest first; the newest approved one is in force. Raises `Forbidden`."""
    if not actor.has(Role.ADMINISTRATOR, Role.SUPERVISOR):
        raise Forbidden
    return await store.rules(tx)


async def propose(tx: Tx, actor: Actor, content: Mapping[str, Any]) -> SettlementRule:
    """Another version of the settlement rule; it counts when somebody else has approved it.

    Raises `Forbidden`, `Malformed`, and `ForbiddenPay` for what must never be paid (PART-02).
    """
    if not actor.has(Role.ADMINISTRATOR):
        raise Forbidden
    try:
        rule = msgspec.convert(content, Settlement)
    except msgspec.ValidationError as error:
        raise Malformed(field="content", reason=str(error)) from None
    reason = rules.forbidden(rule, contracts())
    if reason is not None:
        raise ForbiddenPay(reason=reason)
    known = await store.rules(tx)
    version = known[0].version + 1 if known else 1
    one = SettlementRule(version, rule, "proposed", actor.person_id, None, clock.now())
    await store.insert_rule(tx, one, await _record_rule(tx, actor, one))
    return one


async def decide(tx: Tx, actor: Actor, version: int, approved: bool) -> SettlementRule:
    """Let a version count, or refuse it; never one's own.

    Raises `SettlementDecided`, `SettlementSameHand`, `Forbidden`, `NotFound`.
    """
    if not actor.has(Role.SUPERVISOR):
        raise Forbidden
    one = next((each for each in await store.rules(tx) if each.version == version), None)
    if one is None:
        raise NotFound
    if one.author_id == actor.person_id:
        raise SettlementSameHand
    if one.state != "proposed":
        raise SettlementDecided
    one = replace(one, state="approved" if approved else "refused", approver_id=actor.person_id)
    await _record_rule(tx, actor, one)
    await store.decide(tx, version, one.state, actor.person_id)
    return one


def _partner(actor: Actor) -> None:
    if not actor.has(Role.PARTNER_STAFF):
        raise Forbidden


async def _add(tx: Tx, touches: Sequence[Touch]) -> None:
    facts = [
        Fact(
            "attribution", one.client_id, one.client_id, one.environment,
            {"touch": str(one.id), "kind": one.kind.value, "source": str(one.source_id), "staff": str(one.staff_id)},
        )
        for one in touches
    ]  # fmt: skip
    await store.add(tx, touches, await archive.append(tx, facts))


async def _record_rule(tx: Tx, actor: Actor, one: SettlementRule) -> UUID:
    body = {"by": str(actor.person_id), "content": msgspec.to_builtins(one.content)}
    clear = {"version": one.version, "state": one.state}
    return await archive.append_one(
        tx,
        Fact("settlement_rule", actor.person_id, actor.person_id, actor.environment, body, clear),
    )
