"""What all players share: a line to the platform that is cut now and then, and notes of what was done and seen."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from visavis.rehearsal.history import Fate, History, Seen
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.ids import fresh_key
from visavis.sdk.live import Live

Frame = Mapping[str, Any]
PATIENCE_S = 60.0
ENDING_S = 8.0
CALM_S = 8.0  # what a question takes without hurry, with somebody to answer it
HASTE = 20.0


@dataclass
class Stage:
    """What all players share: the address, the dice, the notes, and how hurried people are (1 is a busy day)."""

    base: str
    history: History
    dice: random.Random
    hurry: float
    ends_at: float
    closed: bool = False  # every client has gone

    def keep_pace(self, left: int, hands: int) -> None:
        """Hurry as `left` questions among as many `hands` demand in the time that is left."""
        remaining_s = max(self.ends_at - time.monotonic(), 1.0)
        self.hurry = min(max(CALM_S * left / (hands * remaining_s), 1.0), HASTE)

    async def pause(self, low: float, high: float) -> None:
        """Take a moment, as a person does."""
        await asyncio.sleep(self.dice.uniform(low, high) / self.hurry)

    @property
    def over(self) -> bool:
        """Whether nothing new should begin."""
        return time.monotonic() >= self.ends_at


def text_of(entry: Frame) -> str:
    """What an entry says, empty where it is no text."""
    return str(entry["body"].get("text") or "")


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
            str(entry.get("client_key") or ""), time.monotonic(), text_of(entry),
        )  # fmt: skip
        self.stage.history.seen.append(seen)

    def on_frame(self, frame: Frame) -> None:
        """Whatever is no entry."""

    async def say(self, conversation: str, text: str) -> None:
        """Send a message until its fate is known, and note it."""
        key = fresh_key()
        note = self.stage.history.send(self.name, conversation, key, text)
        try:
            entry = await asyncio.wait_for(self.live.send(conversation, text, key=key), PATIENCE_S)
        except WireError:
            note.fate = Fate.REFUSED
            raise
        except TimeoutError:
            return
        visible = entry["stream"] == "shared"
        note.fate, note.no = Fate.ACKNOWLEDGED if visible else Fate.HELD, int(entry["no"])

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
