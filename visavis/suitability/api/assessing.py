"""The client's own assessment: the questionnaire, attempts, withdrawal, expiry."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.custody import api as custody
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id
from visavis.suitability.api import configuring, ending, standing
from visavis.suitability.rules import rights, scoring
from visavis.suitability.store import clients as store
from visavis.suitability.types import (
    Assessment,
    AssessmentState,
    Device,
    Documents,
    OldQuestionnaire,
    Questionnaire,
    Standing,
    Taken,
    TooManyAttempts,
)


async def mine(tx: Tx, actor: Actor) -> tuple[Standing, int]:
    """How the client himself stands, and how many attempts are left to him today."""
    await standing.alone(tx, actor)
    documents = await configuring.in_force(tx)
    used = len(await store.attempts(tx, actor.person_id, identity.day_began()))
    left = max(0, documents.questionnaire.attempts_per_day - used)
    return await standing.standing(tx, actor.person_id), left


async def questionnaire(tx: Tx, actor: Actor) -> tuple[Questionnaire, int]:
    """The questionnaire in force and its version, for the client himself."""
    await standing.alone(tx, actor)
    documents = await configuring.in_force(tx)
    return documents.questionnaire, documents.versions["questionnaire"]


async def answer(
    tx: Tx, actor: Actor, version: int, answers: scoring.Answers, device: Device
) -> Assessment:
    """An attempt of the client himself, with its outcome. Raises `TooManyAttempts`, `OldQuestionnaire`, `UnfitAnswers`.

    Answers that are missing or withheld are kept and leave him without a level (Securities Law art 88).
    """
    await standing.alone(tx, actor)
    documents = await configuring.in_force(tx)
    if version != documents.versions["questionnaire"]:
        raise OldQuestionnaire
    asked = documents.questionnaire
    taken = scoring.assess(asked, documents.bands, answers)
    await store.lock(tx, actor.person_id)
    earlier = await store.attempts(
        tx, actor.person_id, clock.now() - timedelta(days=max(1, asked.flip_days))
    )
    if sum(one.taken_at >= identity.day_began() for one in earlier) >= asked.attempts_per_day:
        raise TooManyAttempts(limit=asked.attempts_per_day)
    one = await _keep(tx, actor, documents, taken, answers, _alert(asked, earlier, answers), device)
    await ending.changed(tx, [actor.person_id])
    return one


async def withdraw(tx: Tx, actor: Actor) -> None:
    """The client takes his assessment back: from now on no product is shown to him. Raises `NotFound`."""
    await standing.alone(tx, actor)
    await store.lock(tx, actor.person_id)
    latest, _ = (await store.latest(tx, [actor.person_id], clock.now()))[actor.person_id]
    if latest is None or latest.state is AssessmentState.WITHDRAWN:
        raise NotFound
    record = await archive.append_one(
        tx, _fact(actor, {}, {"assessment": str(latest.id), "state": "withdrawn"})
    )
    await store.withdraw(tx, latest.id, record)
    await ending.changed(tx, [actor.person_id])


async def expire(tx: Tx) -> int:
    """Tell of assessments and conversions that have expired; how many clients. By timer."""
    clients = await store.expiring(tx, clock.now())
    await ending.changed(tx, clients)
    return len(clients)


async def alerts(tx: Tx, actor: Actor) -> list[Assessment]:
    """Attempts whose answers changed towards a higher score, newest first; for supervisors, and examiners' grants.

    An examiner's look is on record.

    Raises `Forbidden`.
    """
    if not rights.may_prove(actor):
        raise Forbidden
    within = await custody.opened(tx, actor)
    if within is not None:
        await custody.on_record(tx, actor, within, "search", None, None, "alerts")
    found = await store.alerts(tx, actor.environment, 200)
    return [one for one in found if within is None or within.covers(one.client_id, one.taken_at)]


def _alert(asked: Questionnaire, earlier: list[Assessment], answers: scoring.Answers) -> str:
    """The count of answers that rose since the last attempt under the same questionnaire, where it is remarkable."""
    if not earlier:
        return ""
    rose = scoring.flipped(asked, _still(asked, earlier[-1].answers), answers)
    return f"flipped:{rose}" if rose >= asked.flip_answers else ""


def _still(asked: Questionnaire, answers: scoring.Answers) -> scoring.Answers:
    """The earlier answers that the questionnaire of today still knows."""
    known = {one.id: {option.id for option in one.options} for one in asked.questions}
    return {
        key: [one for one in picked if one in known[key]]
        for key, picked in answers.items()
        if key in known
    }


async def _keep(
    tx: Tx,
    actor: Actor,
    documents: Documents,
    taken: Taken,
    answers: scoring.Answers,
    alert: str,
    device: Device,
) -> Assessment:
    now, versions, assessment_id = clock.now(), documents.versions, new_id()
    state = AssessmentState.REFUSED_DATA if taken.refused else AssessmentState.VALID
    kept = {key: list(picked) for key, picked in answers.items()}
    level = int(taken.level) if taken.level else 0
    body = {
        "answers": kept, "score": taken.score, "level": level, "lowest": taken.lowest, "alert": alert,
        "session": str(actor.session_id), "address": device.address, "agent": device.agent,
    }  # fmt: skip
    clear = {
        "assessment": str(assessment_id), "state": state.value,
        "questionnaire": versions["questionnaire"], "bands": versions["bands"],
    }  # fmt: skip
    record = await archive.append_one(tx, _fact(actor, body, clear))
    one = Assessment(
        assessment_id, actor.person_id, actor.environment, state, versions["questionnaire"],
        versions["bands"], kept, taken.score, taken.level, taken.lowest, taken.goals, taken.kinds, taken.months,
        now, scoring.months_after(now, documents.questionnaire.valid_months), alert, record,
    )  # fmt: skip
    await store.insert(tx, one)
    return one


def _fact(actor: Actor, body: Mapping[str, Any], clear: Mapping[str, Any]) -> Fact:
    return Fact(
        "assessment", actor.person_id, actor.person_id, actor.environment, body, clear,
        RetentionClass.SUITABILITY,
    )  # fmt: skip
