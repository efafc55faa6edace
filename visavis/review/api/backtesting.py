"""The back-test of a proposed policy document: what it would have done with the last ninety days of the firm's record.

A job goes through history slice by slice with the pack in force beside the one that is proposed, and carries its sums
with it; it is resumed where it stopped, by whichever process. Kept are figures and the places of a sample, no words:
these are read from the conversations when somebody looks, and the look is on record.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.conversations.types import Said
from visavis.kernel import clock, jobs
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.jobs import Payload
from visavis.review.api.history import asked_again
from visavis.review.store import items as store
from visavis.review.terms import terms
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Judged, Verdict
from visavis.supervision.types.documents import HouseDocument

BACKTEST = "review.backtest"
BACK, SLICE = timedelta(days=90), timedelta(hours=6)
SAMPLE = 30


@dataclass(frozen=True)
class Example:
    """A text of the past that the proposal names, as a supervisor sees it; `breach` is what somebody called it."""

    entry_id: UUID
    conversation_id: UUID
    sender_id: UUID
    text: str
    policies: Sequence[str]
    at: int
    stopped_now: bool
    breach: bool | None


async def begin(tx: Tx, one: HouseDocument) -> None:
    """Try a proposal on the past, from the beginning."""
    payload = {"document": str(one.id), "up_to": (clock.now() - BACK).isoformat(), "sums": {}}
    await jobs.schedule(tx, BACKTEST, payload, clock.now(), key=f"{BACKTEST}.{one.id}")


async def step(tx: Tx, payload: Payload) -> None:
    """Look through one slice of history; after the last, keep what the proposal would have done."""
    document_id, now = UUID(payload["document"]), clock.now()
    found = await supervision.policies.proposal(tx, document_id)
    if found is None:
        return
    base, (_, proposed) = await supervision.policies.base(tx), found
    sums: dict[str, Any] = dict(payload["sums"])
    first = datetime.fromisoformat(payload["up_to"])
    if sums.get("pack", base.version) != base.version:  # the pack has changed meanwhile
        sums, first = {}, now - BACK
    end = min(first + SLICE, now)
    await _add(tx, sums, await asked_again(tx, first, end, stopped=True), base, proposed)
    sums["pack"] = base.version
    if end >= now:
        result = await _result(tx, sums)
        await supervision.policies.keep_backtest(tx, document_id, result, system())
        return
    await jobs.schedule(
        tx, BACKTEST, {"document": str(document_id), "up_to": end.isoformat(), "sums": sums}, now,
        key=f"{BACKTEST}.{document_id}",
    )  # fmt: skip


async def examples(tx: Tx, actor: Actor, one: HouseDocument) -> list[Example]:
    """The sample of a back-test with its words, but none of the reader's own; the look is on record."""
    rows = [
        row
        for row in (one.backtest or {}).get("sample", ())
        if row["sender"] != str(actor.person_id)
    ]
    where = [(UUID(row["conversation"]), UUID(row["entry"])) for row in rows]
    entries = await conversations.entries_by_id(tx, where)
    if rows:
        body = {
            "by": str(actor.person_id),
            "purpose": f"policy {one.id}",
            "entries": [row["entry"] for row in rows],
        }
        await archive.append_one(tx, Fact("policy.sample", one.id, one.id, one.environment, body))
    decided = await store.violations(tx, [entry for _, entry in where])
    return [
        Example(
            key[1], key[0], UUID(row["sender"]), str(entries[key].body.get("text", "")), row["policies"], row["at"],
            row["stopped_now"], decided.get(key[1], row["breach"]),
        )
        for key, row in zip(where, rows, strict=True)
        if key in entries
    ]  # fmt: skip


async def mark(
    tx: Tx, actor: Actor, one: HouseDocument, entry_id: UUID, breach: bool
) -> Mapping[str, Any]:
    """Say whether a text of the sample is a breach; the figures with the sample's precision by now.

    Raises `NotFound`.
    """
    told = dict(one.backtest or {})
    rows = [dict(row) for row in told.get("sample", ())]
    mine = next((row for row in rows if row["entry"] == str(entry_id)), None)
    if mine is None or mine["sender"] == str(actor.person_id):
        raise NotFound
    mine["breach"] = breach
    told |= {"sample": rows, "sample_precision": _precision([row["breach"] for row in rows])}
    await supervision.policies.keep_backtest(tx, one.id, told, actor)
    return told


async def _add(
    tx: Tx,
    sums: dict[str, Any],
    asked: Sequence[tuple[Said, Judged]],
    base: supervision.Pack,
    proposed: supervision.Pack,
) -> None:
    """Add what both packs say of one slice."""
    asks = [judged for _, judged in asked]
    now = await supervision.judge_by(base, asks)
    then = await supervision.judge_by(proposed, asks)
    days: set[str] = set(sums.get("days", ()))
    by_policy: dict[str, int] = dict(sums.get("by_policy", {}))
    sample: list[dict[str, Any]] = list(sums.get("sample", ()))
    dice = random.Random(str((sums.get("texts", 0), sums.get("then", 0))))  # noqa: S311 - a sample, no secret
    count = {
        key: int(sums.get(key, 0))
        for key in ("texts", "now", "then", "new", "gone", "known", "right")
    }
    hits: list[UUID] = []
    for (one, _), before, after in zip(asked, now, then, strict=True):
        was, is_ = before.action is not Action.PASS, after.action is not Action.PASS
        count["texts"] += 1
        count["now"] += was
        count["new"] += is_ and not was
        count["gone"] += was and not is_
        days.add(one.at.date().isoformat())
        if not is_:
            continue
        count["then"] += 1
        hits.append(one.entry_id)
        for hit in after.policies:
            by_policy[hit.id] = by_policy.get(hit.id, 0) + 1
        place = len(sample) if len(sample) < SAMPLE else dice.randrange(count["then"])
        if place < SAMPLE:
            sample[place : place + 1] = [_row(one, after, was)]
    decided = await store.violations(tx, hits)
    count["known"] += len(decided)
    count["right"] += sum(decided.values())
    sums |= {**count, "days": sorted(days), "by_policy": by_policy, "sample": sample}


def _row(one: Said, verdict: Verdict, was: bool) -> dict[str, Any]:
    """A place of the sample, without its words."""
    return {
        "entry": str(one.entry_id), "conversation": str(one.conversation_id), "sender": str(one.sender_id),
        "policies": [hit.id for hit in verdict.policies], "at": clock.to_ms(one.at), "stopped_now": was,
        "breach": None,
    }  # fmt: skip


async def _result(tx: Tx, sums: Mapping[str, Any]) -> dict[str, Any]:
    days, hits = len(sums["days"]), sums["then"]
    marks = await store.violations(tx, [UUID(row["entry"]) for row in sums["sample"]])
    rows = [{**row, "breach": marks.get(UUID(row["entry"]))} for row in sums["sample"]]
    minutes = terms().minutes_per_alert
    return {
        "texts": sums["texts"], "days": days, "back": BACK.days, "alerts_now": sums["now"], "alerts_then": hits,
        "new": sums["new"], "gone": sums["gone"], "by_policy": dict(sorted(sums["by_policy"].items())),
        "alerts_per_day": round(hits / max(1, days), 2), "minutes": minutes,
        "reviewer_hours_per_day": round(hits * minutes / 60 / max(1, days), 2),
        "precision": round(sums["right"] / sums["known"], 4) if sums["known"] else None, "judged": sums["known"],
        "sample_precision": _precision([row["breach"] for row in rows]), "sample": rows, "pack": sums["pack"],
    }  # fmt: skip


def _precision(marks: Sequence[bool | None]) -> float | None:
    told = [one for one in marks if one is not None]
    return round(sum(told) / len(told), 4) if told else None
