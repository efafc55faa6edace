"""The client's own request for a product that does not suit him, step by step (SUIT-03, 04, 05, 10, 16)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.kernel import clock
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed, NotFound, Refusal
from visavis.kernel.ids import new_id
from visavis.products import api as products
from visavis.suitability import terms as calendar
from visavis.suitability.api import configuring, deciding, ending, looking
from visavis.suitability.api import standing as standings
from visavis.suitability.rules import matching as rules
from visavis.suitability.rules import procedure, replaying, scoring
from visavis.suitability.store import requests as store
from visavis.suitability.types import (
    ClientRequest,
    Device,
    Documents,
    NothingToAsk,
    Path,
    Reason,
    RequestState,
    Step,
    WarningNotRead,
    WrongStep,
)

AHEAD = timedelta(days=procedure.LONGEST_BREAK)
HEX = re.compile("[0-9a-f]{64}")


async def ask_for(
    tx: Tx, actor: Actor, code: str, amount: int, device: Device
) -> ClientRequest | Refusal:
    """The client insists on a product that does not suit him; a repeated call continues the request that lives.

    He is told at once that it is unsuitable, and checked not to be of the lowest class (order 130 art 19). A refusal is
    a value here, because its decision is kept. Raises `NothingToAsk`, `NotFound`, `AnsweredByClientAlone`.
    """
    await standings.alone(tx, actor)
    version = await looking.found(tx, code)
    documents = await configuring.in_force(tx)
    standing = await standings.standing(tx, actor.person_id)
    reason = rules.refuse(standing, version, documents.matrix, Path.REQUEST)
    special = looking.is_special(standing, version, documents)
    living = await store.live(tx, actor.person_id, version.product_id)
    if reason not in (None, Reason.ABOVE):
        await deciding.keep_request_decision(
            tx, actor, standing, version, reason, living, documents
        )
        return rules.REFUSALS[reason](**rules.params(standing, version))
    if reason is None and not special:
        raise NothingToAsk
    band = procedure.amount_band(documents.terms, amount)
    if living is not None and procedure.continues(living, version.version, band, clock.now()):
        return living
    if living is not None:
        await ending.end(tx, living, RequestState.WITHDRAWN)
    one = ClientRequest(
        new_id(), actor.person_id, actor.environment, version.product_id, version.version, band,
        reason is Reason.ABOVE, special, RequestState.OPEN, (), documents.versions, "", None, None, None,
        clock.now(),
    )  # fmt: skip
    await store.insert(tx, one)
    await deciding.keep_request_decision(tx, actor, standing, version, reason, one, documents)
    facts = {"amount_upto": band or 0, **_from(device, actor)}
    one = await step(tx, actor, one, Step.CLIENT_REQUESTED, facts)
    if one.mismatch:
        told = {"reason": Reason.ABOVE.value, **rules.params(standing, version)}
        platform = system(one.environment)
        one = await step(tx, platform, one, Step.TOLD_UNSUITABLE, told)
        facts = replaying.inputs(standing, version)
        one = await step(tx, platform, one, Step.NOT_LOWEST_CHECKED, facts)
    return one


async def request(tx: Tx, actor: Actor, request_id: UUID) -> ClientRequest:
    """The client's own request; raises `NotFound`."""
    await standings.alone(tx, actor)
    return await _mine(tx, actor, request_id)


async def show_warning(
    tx: Tx, actor: Actor, request_id: UUID
) -> tuple[ClientRequest, Documents, Mapping[str, tuple[str, ...]]]:
    """The special warning of this request, with the product's risk points; the clock of reading starts."""
    one = await request(tx, actor, request_id)
    check_open(one)
    documents = await configuring.in_force(tx)
    version = (await products.in_force(tx, [one.product_id])).get(one.product_id)
    if version is None or version.version != one.product_version:
        raise WrongStep(state=RequestState.REVOKED.value)
    if one.steps[-1][0] is not Step.SPECIAL_WARNING_SHOWN:
        digest = procedure.warning_hash(documents.warning)
        shown = {"warning": digest, "version": documents.versions["warning"]}
        one = replace(one, warning_hash=digest)
        one = await step(tx, system(one.environment), one, Step.SPECIAL_WARNING_SHOWN, shown)
    return one, documents, version.details.risk_points


async def confirm(
    tx: Tx,
    actor: Actor,
    request_id: UUID,
    *,
    typed: str,
    scrolled: bool,
    answers: Mapping[str, Sequence[str]],
    recording: str | None,
    device: Device,
) -> ClientRequest:
    """The client confirms in his own words that he bears the risk. Raises `WarningNotRead`, `WrongStep`.

    `recording` is the SHA-256 (hex) of the audio and video of a notice made on site (order 130 art 25). Products of the
    special levels also ask for right answers to the extra questionnaire, a call-back and a cooling period.
    """
    one = await request(tx, actor, request_id)
    documents = await configuring.in_force(tx)
    check_open(one)
    last, shown_at = one.steps[-1]
    if last is not Step.SPECIAL_WARNING_SHOWN:
        raise WrongStep(state=last.value)
    seconds = (clock.now() - shown_at).total_seconds()
    read = seconds >= documents.terms.warning_seconds and scrolled
    if not read or typed.strip() not in documents.warning.sentence.values():
        raise WarningNotRead(seconds=documents.terms.warning_seconds)
    if recording is not None and not HEX.fullmatch(recording):
        raise Malformed(field="recording", reason="SHA-256 in hex")
    if one.special and scoring.right(documents.high_risk.questions, answers) < 100:
        raise WarningNotRead(seconds=documents.terms.warning_seconds)
    facts = {
        "warning": one.warning_hash, "typed": typed.strip(), "seconds": int(seconds), "scrolled": scrolled,
        "answers": {key: list(picked) for key, picked in answers.items()}, "recording": recording or "",
        **_from(device, actor),
    }  # fmt: skip
    one = replace(one, confirmed_at=clock.now())
    one = await step(tx, actor, one, Step.CLIENT_CONFIRMED, facts)
    return await permit(tx, one, documents)


async def withdraw(tx: Tx, actor: Actor, request_id: UUID) -> ClientRequest:
    """The client gives up; always possible while the request lives. Raises `WrongStep`."""
    one = await request(tx, actor, request_id)
    if one.state not in procedure.LIVE:
        raise WrongStep(state=one.state.value)
    return await ending.end(tx, one, RequestState.WITHDRAWN)


async def permit(tx: Tx, one: ClientRequest, documents: Documents) -> ClientRequest:
    """Permit a request to which nothing else is missing; else keep it as it stands."""
    now = clock.now()
    if not procedure.ripe(one, documents.terms, now):
        await store.change(tx, one)
        return one
    days = await calendar.exceptions(tx, now.date(), now.date() + AHEAD)
    until = procedure.permitted_until(now, documents.terms.permitted_hours, calendar.zone(), days)
    one = replace(one, state=RequestState.PERMITTED, permitted_at=now, expires_at=until)
    facts = {"expires_at": str(clock.to_us(until)), "version": one.product_version}
    return await step(tx, system(one.environment), one, Step.PERMITTED, facts)


async def step(
    tx: Tx, actor: Actor, one: ClientRequest, step: Step, evidence: Mapping[str, Any]
) -> ClientRequest:
    """Make the next step, if it is this one and this actor's to make; it goes on record."""
    done = [each for each, _ in one.steps]
    procedure.check(actor, one.client_id, one.mismatch, one.special, done, step)
    now, number = clock.now(), len(done) + 1
    body = {**evidence, "by": str(actor.person_id), "named": sorted(evidence)}
    fact = ending.fact(one, body, {"step": step.value, "number": number})
    row = store.StepRow(step, actor.person_id, now, evidence, await archive.append_one(tx, fact))
    await store.add_step(tx, one.id, number, row)
    one = replace(one, steps=(*one.steps, (step, now)))
    await store.change(tx, one)
    return one


async def _mine(tx: Tx, actor: Actor, request_id: UUID) -> ClientRequest:
    one = await store.request(tx, request_id)
    if one is None or one.client_id != actor.person_id:
        raise NotFound
    return one


def check_open(one: ClientRequest) -> None:
    """Raise `WrongStep` unless the request goes on."""
    if one.state is not RequestState.OPEN:
        raise WrongStep(state=one.state.value)


def _from(device: Device, actor: Actor) -> dict[str, str]:
    return {"address": device.address, "agent": device.agent, "session": str(actor.session_id)}
