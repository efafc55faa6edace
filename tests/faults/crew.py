"""A crew talks without pause, over the client library, and writes down what it did and saw."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.faults.history import FAIL, INFO, OK, History, Seen, Sent
from tests.faults.stand import Pair, until
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import Live
from visavis.sdk.streams import Entry

PATIENCE_S = 90.0
SETTLE_S = 60.0
READERS, PAGE = 4, 200
ASKED_S = 5.0
MARK = "号单"
_numbers = itertools.count(1)


def fresh_token() -> str:
    """A word that nobody has said before; few letters and no vowel, so that supervision never takes it for one."""
    number, letters = next(_numbers), ""
    while number:
        number, digit = divmod(number, 8)
        letters += "bhkqvwxz"[digit]
    return letters


def token_of(entry: Entry) -> str:
    """The token in an entry's text; empty where it is nobody's of this crew."""
    text = str((entry.get("body") or {}).get("text", ""))
    head, mark, _ = text.partition(MARK)
    return head if mark else ""


class Speaker:
    """One end of a conversation: speaks with so many messages on their way, and hears everything."""

    def __init__(self, crew: "Crew", name: str, pair: Pair, bearer: str, url: str) -> None:
        self.crew = crew
        self.name = name
        self.pair = pair
        self.http = Http(url)
        self.http.use_bearer(bearer)
        self.live = Live(self.http, on_entry=self._hear)
        # Nobody waits for him any longer: what he sees from now on is not written down.
        self.given_up = False

    def _hear(self, entry: Entry) -> None:
        if entry["stream"] == "shared" and not self.given_up:
            token = token_of(entry)
            self.crew.history.seen.append(
                Seen(self.name, entry["conversation"], entry["no"], token)
            )
            # The history holds it now: a long run has no room for all of it twice.
            self.live.streams.of(entry["conversation"]).entries.clear()
            said = self.crew.under_way.pop(token, 0.0)
            if said:
                self.crew.lag = max(self.crew.lag, time.monotonic() - said)

    async def begin(self) -> None:
        """Connect and follow the conversation from its first entry."""
        await self.live.start()
        await self.live.pull(self.pair.conversation)

    async def talk(self) -> None:
        """Say one thing after the other until the crew stops."""
        while not self.crew.stopping:
            await self.say()
            if self.crew.pause_s:
                await asyncio.sleep(self.crew.pause_s)

    async def say(self) -> Sent:
        """Say one thing, and learn its fate."""
        token = fresh_token()
        note = self.crew.history.invoke(token, self.name, self.pair.conversation)
        try:
            sending = self.live.send(self.pair.conversation, f"{token}{MARK}，请问今天可以办理吗")
            entry = await asyncio.wait_for(sending, PATIENCE_S)
        except WireError as error:
            # Given up by the library: whether the server had it nobody knows. A word of the server's is final.
            note.fate = INFO if error.code in ("stopped", "not_signed_in", "forbidden") else FAIL
            self.crew.failed.append(error.code)
            note.known = time.monotonic()
            await asyncio.sleep(0.05)
        except TimeoutError:
            self.crew.failed.append("unanswered")
        else:
            if entry["stream"] != "shared":
                raise RuntimeError(f"supervision took {token} for something else: {entry['state']}")
            note.fate, note.no, note.known = OK, entry["no"], time.monotonic()
            self.crew.last = note
            self.crew.acknowledged += 1
            if self.crew.measures_lag:
                self.crew.under_way[token] = note.known
            self.crew.slowest = max(self.crew.slowest, note.known - note.invoked)
            if self.crew.times is not None:
                self.crew.times.append(note.known - note.invoked)
        return note

    async def give_up(self, last: int) -> str:
        """What his client is doing, and whether asking for what is missing up to `last` brings it."""
        self.given_up = True
        live, held = self.live, self.live.streams.of(self.pair.conversation)
        task = live._task
        failed = repr(task.exception()) if task is not None and task.done() else "none"
        state = (
            f"{'connected' if live.online.is_set() else 'not connected'}, connections {live.connections},"
            f" last frame {time.monotonic() - live._heard:.1f} s ago, epoch {live.epoch}, ended {live.ended},"
            f" failed {failed}, holds {held.high} and knows of {held.last} of {last}, pulls under way"
            f" {len(live._pulling)} and to be repeated {len(live._wanted)}, unanswered {len(live.outbox)}"
        )  # fmt: skip
        await live.pull(self.pair.conversation)
        with contextlib.suppress(TimeoutError):
            await until(lambda: held.high >= last, ASKED_S, "an answer")
        return f"{state}; asked once more, holds {held.high}"

    async def end(self) -> None:
        """Disconnect."""
        await self.live.stop()
        await self.http.close()


class Crew:
    """Several pairs that talk at once."""

    def __init__(
        self, url: str | Sequence[str], pairs: Sequence[Pair], *, in_flight: int = 2, pause_s: float = 0.0,
        settle_s: float = SETTLE_S,
    ) -> None:  # fmt: skip
        urls = [url] if isinstance(url, str) else list(url)
        self.history = History()
        self.failed: list[str] = []
        self.stopping = self.finished = False
        self.pause_s = pause_s
        self.last: Sent | None = None
        # Of its history's, counted as they come.
        self.acknowledged = 0
        self.slowest = 0.0
        # The time to each acknowledgement; kept where asked for.
        self.times: list[float] | None = None
        # From an acknowledgement until the other side sees it; measured where asked for.
        self.measures_lag = False
        self.under_way: dict[str, float] = {}
        self.lag = 0.0
        self._in_flight = in_flight
        self._settle_s = settle_s
        self.speakers: list[Speaker] = []
        for number, pair in enumerate(pairs):
            for side, bearer in (("her", pair.hers), ("him", pair.his)):
                at = urls[len(self.speakers) % len(urls)]
                self.speakers.append(Speaker(self, f"{side}-{number}", pair, bearer, at))
        self._tasks: list[asyncio.Task[None]] = []
        self.began = 0.0

    async def start(self) -> None:
        """Connect everybody, and begin to talk."""
        await asyncio.gather(*(one.begin() for one in self.speakers))
        self.began = time.monotonic()
        self._tasks = [
            asyncio.create_task(one.talk()) for one in self.speakers for _ in range(self._in_flight)
        ]

    async def spoken(self, count: int, within_s: float = 60) -> None:
        """Return once so many more messages have been acknowledged."""
        goal = self.acknowledged + count
        await until(lambda: self.acknowledged >= goal, within_s, f"{count} messages")

    async def p99(self, count: int, within_s: float = 60) -> float:
        """The 99th percentile of the seconds to an acknowledgement, of the next so many messages."""
        self.times = []
        await self.spoken(count, within_s)
        times, self.times = sorted(self.times), None
        return times[len(times) * 99 // 100]

    async def recovered(self, since: float, within_s: float = 90) -> float:
        """Seconds from `since` until a message that was sent after it is acknowledged."""

        def passed() -> bool:
            for task in self._tasks:
                if task.done() and not task.cancelled() and task.exception() is not None:
                    raise RuntimeError("a speaker has failed") from task.exception()
            return self.last is not None and self.last.known >= since and self.last.known > 0

        await until(passed, within_s, "the first acknowledgement after the fault")
        assert self.last is not None
        return self.last.known - since

    async def finish(self) -> History:
        """Stop talking, let everybody see the rest, and read every conversation as it is now."""
        if self.finished:
            return self.history
        self.stopping = self.finished = True
        await asyncio.gather(*self._tasks)
        here = [one for one in self.speakers if one.live.ended is None]
        await asyncio.gather(*map(self._caught_up, here))
        for speaker in here:
            self.history.stayed.append((speaker.name, speaker.pair.conversation))
        # What was of unknown fate may have come in meanwhile: only this reading counts, and the last of each sees it.
        several = asyncio.Semaphore(READERS)
        reading = {one.pair.conversation: one for one in here}.values()
        await asyncio.gather(*(self._read(one, several) for one in reading))
        await asyncio.gather(*map(self._caught_up, here))
        for speaker in self.speakers:
            await speaker.end()
        return self.history

    async def _read(self, speaker: Speaker, several: asyncio.Semaphore) -> None:
        async with several:
            conversation = speaker.pair.conversation
            self.history.final[conversation] = await read(speaker.http, conversation)

    async def _caught_up(self, speaker: Speaker) -> None:
        """Return once this one has seen everything; where that never comes, the checker says what is missing."""
        conversation = speaker.pair.conversation
        final = self.history.final.get(conversation)
        last = len(final) if final is not None else await newest(speaker.http, conversation)
        # Another store's stream takes the place of the one held.
        held = speaker.live.streams.of
        try:
            await until(
                lambda: held(conversation).high >= last, self._settle_s, f"{speaker.name} to see everything"
            )  # fmt: skip
        except TimeoutError:
            if not speaker.given_up:
                self.history.states[speaker.name] = await speaker.give_up(last)


async def newest(http: Http, conversation: str) -> int:
    """The number of a conversation's last entry as the server tells it now."""
    return max((no for no, _ in await _page(http, conversation, before=2**53, limit=1)), default=0)


async def read(http: Http, conversation: str) -> list[tuple[int, str]]:
    """The whole shared stream as the server tells it now, patiently."""
    found: list[tuple[int, str]] = []
    while True:
        after = found[-1][0] if found else 0
        page = await _page(http, conversation, after=after, limit=PAGE)
        found += page
        if len(page) < PAGE:
            return found


async def _page(http: Http, conversation: str, **which: int) -> list[tuple[int, str]]:
    deadline = time.monotonic() + SETTLE_S
    while True:
        try:
            page = await http.get(
                f"/api/conversations/{conversation}/entries", stream="shared", **which
            )
        except WireError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
            continue
        return [(int(one["no"]), token_of(one)) for one in page["entries"]]


@asynccontextmanager
async def talking(
    url: str | Sequence[str],
    pairs: Sequence[Pair],
    *,
    in_flight: int = 2,
    pause_s: float = 0.0,
    settle_s: float = SETTLE_S,
) -> AsyncIterator[Crew]:
    """A crew that talks as long as the block runs; afterwards its history is complete."""
    crew = Crew(url, pairs, in_flight=in_flight, pause_s=pause_s, settle_s=settle_s)
    try:
        await crew.start()
        yield crew
        await crew.finish()
    finally:
        crew.stopping = True
        for speaker in crew.speakers:
            await speaker.end()


def dump(value: object) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
