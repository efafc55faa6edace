"""Clients of a rehearsal: they ask, go on to a person, thank and rate."""

import asyncio
import contextlib
import time

from visavis.rehearsal.cast import PATIENCE, Broker
from visavis.rehearsal.history import Asked
from visavis.rehearsal.players import ENDING_S, PATIENCE_S, Frame, Player, Stage
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

STAFF = frozenset({"advisor", "client_manager", "broker_agent"})
MACHINE_S = 10.0
THANKS = ("好的，明白了。", "谢谢，清楚了。", "收到，我再看看。")


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

    async def enter(self) -> None:
        """Acknowledge the notice and connect."""
        home = await self.http.get("/api/client/home")
        await self.http.post("/api/client/notice", {"version": home["notice"]["version"]})
        await self.live.start()

    async def play(self, questions: "asyncio.Queue[tuple[int, str]]", hands: int) -> None:
        """Take questions, as one of so many hands, until there are none or the time is up."""
        while not self.stage.over:
            try:
                number, text = questions.get_nowait()
            except asyncio.QueueEmpty:
                return
            self.stage.keep_pace(questions.qsize() + 1, hands)
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


async def arrive(stage: Stage, broker: Broker, number: int) -> ClientPlayer:
    """A simulated client comes in by the simulated broker's word."""
    http = Http(stage.base, patience=PATIENCE)
    await http.embed(broker.token(number, int(time.time())))
    return ClientPlayer(stage, number, http)
