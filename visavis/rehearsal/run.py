"""Puts a rehearsal together: brings the cast in, lets it play, and recomputes what happened."""

import asyncio
import csv
import io
import pathlib
import random
import secrets
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyotp

from visavis.rehearsal import cast
from visavis.rehearsal.advisors import AdvisorPlayer
from visavis.rehearsal.check import Verdict, check
from visavis.rehearsal.clients import ClientPlayer, arrive
from visavis.rehearsal.history import Fate, History
from visavis.rehearsal.players import Player, Stage, trouble
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

SETTLE_S = 15.0
CODE_S = 30


@dataclass(frozen=True)
class Plan:
    """What is to be played."""

    questions: Sequence[str]
    clients: int
    advisors: int
    seconds: float
    seed: int = 1


@dataclass(frozen=True)
class Report:
    """The figures of a rehearsal; `verdict` is recomputed, never the platform's own word."""

    figures: dict[str, Any]
    verdict: Verdict
    faults: Sequence[str]
    drops: int

    @property
    def passed(self) -> bool:
        """Whether something was asked, and nothing was lost, doubled, reordered or unlicensed."""
        return self.verdict.clean and self.figures["asked"] > 0


class UnreadableQuestions(Exception):
    """The file cannot be used; the text says why."""


def read_questions(path: pathlib.Path, column: str) -> list[str]:
    """The distinct, non-empty texts of a CSV column (UTF-8 or GB 18030), in order; raises `UnreadableQuestions`."""
    try:
        reader = csv.DictReader(io.StringIO(_text(path.read_bytes()), newline=""))
        if column not in (reader.fieldnames or ()):
            known = ", ".join(reader.fieldnames or ()) or "no columns at all"
            raise UnreadableQuestions(f"{path} has no column {column!r}; it has: {known}")
        rows = [(row[column] or "").strip() for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableQuestions(f"{path} cannot be read: {error}") from None
    texts = [text[:2000] for text in dict.fromkeys(rows) if text]
    if not texts:
        raise UnreadableQuestions(
            f"{path} has nothing in column {column!r}; there is nothing to ask"
        )
    return texts


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


async def sign_in(base: str, account: dict[str, str]) -> Http:
    """An administrator at the platform; waits for the next code where this one was used already."""
    http = Http(base)
    for attempt in range(3):
        try:
            code = pyotp.TOTP(account["totp_secret"]).now()
            await http.sign_in(account["login"], account["password"], code)
        except WireError:
            if attempt == 2:
                raise
            await asyncio.sleep(CODE_S - time.time() % CODE_S + 0.5)
        else:
            return http
    raise AssertionError("unreachable")


async def rehearse(base: str, account: dict[str, str], plan: Plan) -> Report:
    """Play `plan` at the platform under `base`, as brought in by its administrator."""
    admin = await sign_in(base, account)
    run = secrets.token_hex(3)
    before = await _records(admin)
    broker = cast.Broker(run)
    await broker.introduce(admin)
    members = list(cast.plan(plan.advisors, run))
    await cast.bring_in(admin, members, base)
    stage = Stage(base, History(), random.Random(plan.seed), 1.0, time.monotonic() + plan.seconds)
    for member in members:
        if member.kind == "suspended":
            stage.history.barred_since[member.login] = 0.0
    advisors = [AdvisorPlayer(stage, member) for member in members]
    clients = [await arrive(stage, broker, number) for number in range(plan.clients)]
    players: list[Player] = [*advisors, *clients]
    try:
        await _play(stage, plan, admin, advisors, clients)
        verdict = await _judge(stage, clients, members)
        records = await _records(admin) - before
    finally:
        for player in players:
            await player.live.stop()
            await player.http.close()
        await admin.close()
    figures = _figures(stage.history, verdict, records)
    return Report(figures, verdict, stage.history.faults, stage.history.drops)


async def _records(admin: Http) -> int:
    return int((await admin.get("/api/records/count"))["count"])


async def _play(
    stage: Stage,
    plan: Plan,
    admin: Http,
    advisors: Sequence[AdvisorPlayer],
    clients: Sequence[ClientPlayer],
) -> None:
    questions: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
    for numbered in enumerate(plan.questions):
        questions.put_nowait(numbered)
    working = [asyncio.create_task(one.play()) for one in advisors]
    await asyncio.sleep(1.0)
    leaving = asyncio.create_task(_leave(stage, plan, admin, advisors))
    async with trouble(stage, [*advisors, *clients]):
        done = await asyncio.gather(
            *(one.play(questions) for one in clients), return_exceptions=True
        )
    stage.ends_at = time.monotonic()
    await asyncio.gather(leaving, return_exceptions=True)
    ended = await asyncio.gather(*working, return_exceptions=True)
    for outcome in [*done, *ended]:
        if isinstance(outcome, BaseException):
            stage.history.faults.append(f"player: {type(outcome).__name__} {outcome}")


async def _leave(stage: Stage, plan: Plan, admin: Http, advisors: Sequence[AdvisorPlayer]) -> None:
    """Half way, somebody leaves the firm: from then on he must be offered nothing."""
    await asyncio.sleep(min(plan.seconds / 2, 20.0))
    for one in advisors:
        if one.member.kind == "leaver":
            await admin.post(f"/api/staff/{one.member.id}/leave", {"reason": "rehearsal"})
            stage.history.barred_since[one.name] = time.monotonic()


async def _judge(
    stage: Stage, clients: Sequence[ClientPlayer], members: Sequence[cast.Member]
) -> Verdict:
    """Read every conversation as its client can read it now, and compare with what everybody noted."""
    owners = {
        asked.conversation: asked.client for asked in stage.history.asked if asked.conversation
    }
    by_name = {one.name: one for one in clients}
    readable: dict[str, list[tuple[int, str]]] = {}
    readers: dict[str, list[str]] = {}
    for conversation, owner in owners.items():
        client = by_name[owner]
        readable[conversation] = entries = await _read(client.http, conversation)
        highest = max((no for no, _ in entries), default=0)
        await client.live.pull(conversation)
        await client.until(lambda: client.live.streams.of(conversation).high >= highest, SETTLE_S)  # noqa: B023
        readers[conversation] = [owner]
    return check(stage.history, readable, readers, {one.login: one for one in members})


async def _read(http: Http, conversation: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    while True:
        after = found[-1][0] if found else 0
        path = f"/api/conversations/{conversation}/entries"
        page = (await http.get(path, stream="shared", after=after, limit=200))["entries"]
        found += [(int(one["no"]), str(one.get("client_key") or "")) for one in page]
        if len(page) < 200:
            return found


def _figures(history: History, verdict: Verdict, records: int) -> dict[str, Any]:
    waits = sorted(
        one.first_response_at - one.requested_at for one in history.asked if one.first_response_at
    )
    return {
        "asked": len(history.asked),
        "answered_by_assistant": sum(one.answered_by_assistant for one in history.asked),
        "requests": sum(bool(one.request) for one in history.asked),
        "offers": len(history.offered),
        "accepted": sum(one.accepted for one in history.asked),
        "abandoned": sum(one.abandoned for one in history.asked),
        "messages_sent": sum(one.fate is Fate.ACKNOWLEDGED for one in history.sent),
        "messages_lost": verdict.lost,
        "messages_duplicated": verdict.duplicated,
        "messages_out_of_order": verdict.out_of_order,
        "unlicensed_offers": verdict.unlicensed,
        "first_response_p50_s": round(statistics.median(waits), 2) if waits else None,
        "first_response_p95_s": round(waits[int(len(waits) * 0.95)], 2) if waits else None,
        "records": records,
    }


def table(report: Report) -> str:
    """The figures for a person to read."""
    lines = [f"  {name.replace('_', ' '):<24}{value}" for name, value in report.figures.items()]
    lines.append(f"  {'lines cut on purpose':<24}{report.drops}")
    for title, items in (
        ("what went wrong", report.verdict.details),
        ("refusals met", report.faults),
    ):
        if items:
            lines.append(f"  {title}: {len(items)}")
            lines += [f"    {item}" for item in list(items)[:10]]
    return "\n".join(lines)
