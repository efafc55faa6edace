"""Puts a rehearsal together: brings the cast in, lets it play, and recomputes what happened."""

import asyncio
import csv
import io
import pathlib
import random
import secrets
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyotp

from visavis.rehearsal import cast
from visavis.rehearsal.advisors import AdvisorPlayer
from visavis.rehearsal.check import Verdict, check
from visavis.rehearsal.clients import ClientPlayer, arrive
from visavis.rehearsal.history import Fate, History, Kept
from visavis.rehearsal.players import Player, Stage, text_of, trouble
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

SETTLE_S = 15.0
LONGEST = 2000  # characters of a question
ABLE = ("sound", "expired", "plain", "manager")  # who keeps his rights until the end
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


class NotAdmitted(Exception):
    """The platform takes no simulated people, or not from us; the text says why."""


class UnreadableQuestions(Exception):
    """The file cannot be used; the text says why."""


def read_questions(path: pathlib.Path, column: str) -> list[str]:
    """The non-empty texts of a CSV column (UTF-8 or GB 18030), in order; raises `UnreadableQuestions`."""
    try:
        reader = csv.DictReader(io.StringIO(_text(path.read_bytes()), newline=""))
        if column not in (reader.fieldnames or ()):
            known = ", ".join(reader.fieldnames or ()) or "no columns at all"
            raise UnreadableQuestions(f"{path} has no column {column!r}; it has: {known}")
        rows = [(row[column] or "").strip() for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableQuestions(f"{path} cannot be read: {error}") from None
    texts = [text[:LONGEST] for text in rows if text]
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
    """An administrator at the platform; waits for the next code where this one was used already.

    Raises `NotAdmitted` where the platform knows no such administrator or takes no simulated people.
    """
    http = Http(base, patience=cast.PATIENCE)
    try:
        await http.post(
            "/api/sign-in", {"login": account["login"], "password": account["password"]}
        )
    except WireError as error:
        await http.close()
        raise NotAdmitted(
            f"{base} does not know the administrator of this demo's folder ({error}): a rehearsal runs"
            " at a demo or test installation alone; name its folder with --home"
        ) from None
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
    try:
        await admin.get("/api/rehearsal")
    except WireError as error:
        if error.code == "no_rehearsal":
            await admin.close()
            raise NotAdmitted(f"{base} takes no simulated people: {error.detail}") from None
    run = secrets.token_hex(3)
    before = await _records(admin)
    broker = cast.Broker(run)
    await broker.introduce(admin)
    members = list(cast.plan(plan.advisors, run))
    await cast.bring_in(admin, members, base)
    stage = Stage(base, History(), random.Random(plan.seed), 1.0, float("inf"))
    for member in members:
        if member.kind == "suspended":
            stage.history.barred_since[member.login] = 0.0
    advisors = [AdvisorPlayer(stage, member) for member in members]
    clients = [await arrive(stage, broker, number) for number in range(plan.clients)]
    players: list[Player] = [*advisors, *clients]
    try:
        await _play(stage, plan, admin, advisors, clients)
        verdict = await _judge(stage, clients, advisors)
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
    for one in clients:
        await one.enter()
    working = [asyncio.create_task(one.play()) for one in advisors]
    await asyncio.sleep(1.0)
    stage.ends_at = time.monotonic() + plan.seconds
    leaving = asyncio.create_task(_leave(stage, plan, admin, advisors))
    async with trouble(stage, [*advisors, *clients]):
        done = await asyncio.gather(
            *(one.play(questions, len(clients)) for one in clients), return_exceptions=True
        )
    stage.ends_at, stage.closed = time.monotonic(), True
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
    stage: Stage, clients: Sequence[ClientPlayer], advisors: Sequence[AdvisorPlayer]
) -> Verdict:
    """Read every conversation as its client can read it now, and compare with what everybody noted."""
    history = stage.history
    people: dict[str, Player] = {one.name: one for one in [*clients, *advisors]}
    ours = {str((one.live.me or {}).get("id", "")): name for name, one in people.items()}
    able = {one.name for one in advisors if one.member.kind in ABLE}
    took = {request: name for request, name in history.accepted if name in able}
    readable: dict[str, list[Kept]] = {}
    readers: dict[str, list[str]] = {}
    for asked in history.asked:
        if not asked.conversation:
            continue
        if asked.conversation not in readable:
            readable[asked.conversation] = await _read(
                people[asked.client].http, asked.conversation, ours
            )
            readers[asked.conversation] = [asked.client]
        if (name := took.get(asked.request, asked.client)) not in readers[asked.conversation]:
            readers[asked.conversation].append(name)
    for conversation, stayed in readers.items():
        highest = max((one.no for one in readable[conversation]), default=0)
        for name in stayed:
            await _catch_up(people[name], conversation, highest)
    return check(history, readable, readers, {one.member.login: one.member for one in advisors})


async def _catch_up(player: Player, conversation: str, highest: int) -> None:
    """Let whoever stayed receive what there is, over a line that is not cut any more."""
    await player.live.pull(conversation)
    await player.until(lambda: player.live.streams.of(conversation).high >= highest, SETTLE_S)


async def _read(http: Http, conversation: str, ours: Mapping[str, str]) -> list[Kept]:
    """The shared stream; `ours` names the people of the rehearsal by their ids."""
    found: list[Kept] = []
    while True:
        after = found[-1].no if found else 0
        path = f"/api/conversations/{conversation}/entries"
        page = (await http.get(path, stream="shared", after=after, limit=200))["entries"]
        for one in page:
            said = one["kind"] == "message" and ours.get(str((one["sender"] or {}).get("id")))
            key = str(one.get("client_key") or "")
            found.append(Kept(int(one["no"]), key, text_of(one), said or ""))
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
        "messages_sent": sum(one.fate in (Fate.ACKNOWLEDGED, Fate.HELD) for one in history.sent),
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
