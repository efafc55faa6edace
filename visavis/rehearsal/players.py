"""Plays clients and advisors over HTTP and sockets, and writes down what each of them did and saw."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from visavis.rehearsal.cast import Broker, Member
from visavis.rehearsal.history import Asked, Fate, History, Offered, Seen
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.ids import fresh_key
from visavis.sdk.live import Live

Frame = Mapping[str, Any]
STAFF = frozenset({"advisor", "client_manager", "broker_agent"})
MACHINE_S = 10.0
PATIENCE_S = 60.0
ENDING_S = 8.0

REPLIES = (
    "您好，这个问题我来为您说明。一般以公司公布的规则为准，您也可以在应用里查看。",
    "您好，已看到您的问题。具体以合同与公告为准，我把步骤发给您。",
    "您好，请问您方便说一下是哪一个账户吗？我帮您核对流程。",
)
THANKS = ("好的，明白了。", "谢谢，清楚了。", "收到，我再看看。")


@dataclass
class Stage:
    """What all players share: the address, the dice, the notes, and how hurried people are (1 is a busy day)."""

    base: str
    history: History
    dice: random.Random
    hurry: float
    ends_at: float

    async def pause(self, low: float, high: float) -> None:
        """Take a moment, as a person does."""
        await asyncio.sleep(self.dice.uniform(low, high) / self.hurry)

    @property
    def over(self) -> bool:
        """Whether nothing new should begin."""
        return time.monotonic() >= self.ends_at


class Player:
    """Somebody with a line to the platform."""

    def __init__(self, stage: Stage, name: str, http: Http, device: str) -> None:
        self.stage = stage
        self.name = name
        self.http = http
        self.live = Live(http, device=device, on_entry=self.on_entry, on_frame=self.on_frame)
        self.entries: dict[str, list[Frame]] = {}

    def on_entry(self, entry: Frame) -> None:
        """Note what arrived; only what both sides see counts."""
        if entry["stream"] != "shared":
            return
        self.entries.setdefault(entry["conversation"], []).append(entry)
        sender = entry["sender"] or {}
        seen = Seen(
            self.name, entry["conversation"], entry["no"], entry["id"], str(sender.get("id", "")),
            str(entry.get("client_key") or ""), time.monotonic(),
        )  # fmt: skip
        self.stage.history.seen.append(seen)

    def on_frame(self, frame: Frame) -> None:
        """Whatever is no entry."""

    async def say(self, conversation: str, text: str) -> None:
        """Send a message until its fate is known, and note it."""
        key = fresh_key()
        note = self.stage.history.send(self.name, conversation, key)
        try:
            entry = await asyncio.wait_for(self.live.send(conversation, text, key=key), PATIENCE_S)
        except WireError:
            note.fate = Fate.REFUSED
            raise
        except TimeoutError:
            return
        note.fate, note.no = Fate.ACKNOWLEDGED, int(entry["no"])

    async def until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Whether `condition` came true in time."""
        try:
            await self.live.until(condition, within_s)
        except TimeoutError:
            return False
        return True

    def heard(self, conversation: str, after: int, test: Callable[[Frame], bool]) -> bool:
        """Whether an entry above number `after` passes the test."""
        said = self.entries.get(conversation, ())
        return any(one["no"] > after and test(one) for one in said)


def by_machine(entry: Frame) -> bool:
    """Whether the assistant said it."""
    return bool((entry["sender"] or {}).get("machine")) and entry["kind"] == "message"


def by_staff(entry: Frame) -> bool:
    """Whether a person of the firm said it."""
    return (entry["sender"] or {}).get("role") in STAFF and entry["kind"] == "message"


def cited(entry: Frame) -> bool:
    """Whether the assistant answered from an approved entry."""
    return by_machine(entry) and bool(entry["body"].get("citations"))


class ClientPlayer(Player):
    """Asks questions one after the other; at least two in five go on to a person."""

    def __init__(self, stage: Stage, number: int, http: Http) -> None:
        super().__init__(stage, f"client-{number:05d}", http, "phone")

    async def play(self, questions: "asyncio.Queue[tuple[int, str]]") -> None:
        """Take questions until there are none or the time is up."""
        home = await self.http.get("/api/client/home")
        await self.http.post("/api/client/notice", {"version": home["notice"]["version"]})
        await self.live.start()
        while not self.stage.over:
            try:
                number, text = questions.get_nowait()
            except asyncio.QueueEmpty:
                return
            asked = Asked(self.name, text, time.monotonic())
            self.stage.history.asked.append(asked)
            try:
                await self.ask(asked, insist=number % 5 < 2)
            except WireError as error:
                self.stage.history.faults.append(f"{self.name}: {error}")
            await self.stage.pause(0.2, 1.0)

    async def ask(self, asked: Asked, *, insist: bool) -> None:
        """Ask the assistant; go on to a person where it does not know, or where the client insists."""
        context = {"url": "https://broker.example/fund/990128", "title": "演练页面"}
        begun = await self.http.post(
            "/api/client/conversations", {"with": "assistant", "context": context}
        )
        asked.conversation = conversation = str(begun["id"])
        await self.live.pull(conversation)
        before = self.live.streams.of(conversation).high
        await self.say(conversation, asked.text)
        await self.until(lambda: self.heard(conversation, before, by_machine), MACHINE_S)
        asked.answered_by_assistant = self.heard(conversation, before, cited)
        if insist or not asked.answered_by_assistant:
            await self.stage.pause(0.1, 0.6)
            await self.person(asked)

    async def person(self, asked: Asked) -> None:
        """Ask for a person, wait, answer, and rate when it is over."""
        conversation = asked.conversation
        before = self.live.streams.of(conversation).high
        asked.requested_at = time.monotonic()
        body = {"conversation": conversation, "wait": "anyone"}
        asked.request = str((await self.http.post("/api/client/requests", body))["id"])
        if not await self.until(lambda: self.heard(conversation, before, by_staff), PATIENCE_S):
            asked.abandoned = True
            with contextlib.suppress(WireError):
                path = f"/api/client/requests/{asked.request}/choice"
                await self.http.post(path, {"choice": "cancel"})
            return
        asked.accepted = True
        asked.first_response_at = time.monotonic()
        await self.live.read(conversation)
        await self.stage.pause(0.2, 0.8)
        await self.say(conversation, self.stage.dice.choice(THANKS))
        await self.until(lambda: self.heard(conversation, before, _closing), ENDING_S)
        with contextlib.suppress(WireError):  # it may still be open: then there is nothing to rate
            path = f"/api/client/conversations/{conversation}/rating"
            await self.http.post(path, {"stars": self.stage.dice.randint(3, 5)})


def _closing(entry: Frame) -> bool:
    return bool(entry["kind"] == "system" and entry["body"].get("code") == "closed")


class AdvisorPlayer(Player):
    """Comes online, takes offers and grabs, answers, and closes."""

    def __init__(self, stage: Stage, member: Member) -> None:
        assert member.http is not None
        super().__init__(stage, member.login, member.http, "desktop")
        self.member = member
        self._work: set[asyncio.Task[None]] = set()
        self._pooled: set[str] = set()

    async def play(self) -> None:
        """Serve until the time is up; whoever may not come online stays away."""
        try:
            await self.live.start()
            await self.http.call("PUT", "/api/presence", {"status": "online", "capacity": 6})
        except WireError:
            if self.member.kind not in ("suspended", "leaver"):
                raise
            return
        while not self.stage.over and self.live.ended is None:
            await self.look_at_pool()
            await self.stage.pause(0.8, 1.6)
        if self._work:
            await asyncio.wait(self._work, timeout=ENDING_S)

    def on_frame(self, frame: Frame) -> None:
        """An offer is worked on beside whatever else is being done."""
        if frame["t"] == "offer":
            self._begin(self.consider(frame["offer"]))

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _note(self, offer: Frame) -> None:
        self.stage.history.offered.append(
            Offered(
                str(offer["id"]),
                str(offer["request"]),
                self.name,
                str(offer["capability"]),
                time.monotonic(),
            )
        )

    async def consider(self, offer: Frame) -> None:
        """Accept mostly; now and then decline, or look away until it runs out."""
        self._note(offer)
        mood = self.stage.dice.random()
        await self.stage.pause(0.2, 1.2)
        try:
            if mood < 0.06:
                await self.http.post(f"/api/offers/{offer['id']}/decline", {"reason": "topic"})
            elif mood < 0.94:
                taken = await self.http.post(f"/api/offers/{offer['id']}/accept")
                await self.serve(str(taken["conversation"]), str(offer["request"]))
        except WireError as error:
            self._expected(error)

    async def look_at_pool(self) -> None:
        """Grab what lies in the pool, sometimes."""
        try:
            pool = (await self.http.get("/api/pool"))["items"]
            for offer in pool:
                if offer["request"] not in self._pooled:
                    self._pooled.add(offer["request"])
                    self._note(offer)
            if pool and self.stage.dice.random() < 0.6:
                wanted = self.stage.dice.choice(pool)["request"]
                taken = await self.http.post(
                    f"/api/pool/{wanted}/grab", {"client_key": fresh_key()}
                )
                self._begin(self.serve(str(taken["conversation"]), str(wanted)))
        except WireError as error:
            self._expected(error)

    async def serve(self, conversation: str, request: str) -> None:
        """Answer, wait for the client's word, and close."""
        self.stage.history.accepted.append((request, self.name))
        try:
            await self.live.pull(conversation)
            await self.stage.pause(0.3, 1.5)
            await self.say(conversation, self.stage.dice.choice(REPLIES))
            mine = self.live.streams.of(conversation).high
            await self.until(lambda: self.heard(conversation, mine, _by_client), ENDING_S)
            await self.http.post(f"/api/conversations/{conversation}/close")
        except WireError as error:
            self._expected(error)

    def _expected(self, error: WireError) -> None:
        """Losing a race, or one's rights, is part of the play; anything else is noted."""
        lost = {
            "already_taken",
            "offer_over",
            "offer_gone",
            "no_capacity",
            "not_eligible",
            "network",
        }
        rights = {
            "not_signed_in",
            "forbidden",
            "stopped",
            "not_found",
            "not_connected",
            "connection_dissolved",
        }
        if error.code not in lost and not (
            error.code in rights and self.member.kind in ("leaver", "suspended")
        ):
            self.stage.history.faults.append(f"{self.name}: {error}")


def _by_client(entry: Frame) -> bool:
    return (entry["sender"] or {}).get("role") == "client"


@contextlib.asynccontextmanager
async def trouble(stage: Stage, players: list[Player]) -> AsyncIterator[None]:
    """Cut somebody's line every now and then, for as long as the block runs."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(stage.dice.uniform(0.3, 1.2))
            victim = stage.dice.choice(players)
            if victim.live.online.is_set():
                victim.live.drop()
                stage.history.drops += 1

    task = asyncio.create_task(cut())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def arrive(stage: Stage, broker: Broker, number: int) -> ClientPlayer:
    """A simulated client comes in by the simulated broker's word."""
    http = Http(stage.base)
    await http.embed(broker.token(number, int(time.time())))
    return ClientPlayer(stage, number, http)
