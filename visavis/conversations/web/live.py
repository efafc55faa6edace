"""The writer through which every message of this process goes, and conversations as feeds of the gateway.

The writer is group commit: what arrives while a commit is in flight goes into the next one, whether it came by socket
or by HTTP. Delivery and acknowledgement follow the commit.
"""

from collections import defaultdict, deque
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from visavis.conversations import api
from visavis.conversations.api import marking, reading
from visavis.conversations.types import Draft, Mark, Outcome, Stream
from visavis.conversations.web import wire
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.batch import Batcher
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import Refusal, TooMany

MINUTE_US = 60_000_000
PEOPLE = 100_000
STREAMS = {one.word: one for one in Stream}


class Pace:
    """At most so many messages of one client in any minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._said: dict[UUID, deque[int]] = defaultdict(deque)

    def check(self, actor: Actor) -> None:
        """Count a message; raises `TooMany` for a client or visitor who is too fast."""
        if not actor.has(Role.CLIENT, Role.VISITOR):
            return
        now = clock.now_us()
        said = self._said[actor.person_id]
        while said and said[0] <= now - MINUTE_US:
            said.popleft()
        if len(said) >= self._per_minute:
            raise TooMany(retry_after=max(1, (said[0] + MINUTE_US - now) // 1_000_000))
        said.append(now)
        if len(self._said) > PEOPLE:
            self._said = defaultdict(
                deque,
                {key: one for key, one in self._said.items() if one and one[-1] > now - MINUTE_US},
            )


class Speaker:
    """The writer of this process, what it has just written, and how that looks on the wire."""

    def __init__(self, database: Database, per_minute: int) -> None:
        self.database = database
        self.faces = wire.Faces()
        self.recent = wire.Recent()
        self.pace = Pace(per_minute)
        self._posts: Batcher[Draft, Outcome] = Batcher(self._post, most=512, presses=True)
        self._marks: Batcher[Mark, None] = Batcher(self._mark)

    def post(self, draft: Draft) -> Awaitable[Outcome]:
        """Queue a draft for the next commit; raises `TooMany` or `Unavailable` at once, other refusals later."""
        # Whoever is turned away has not spoken: it does not count against his pace.
        self._posts.admit()
        self.pace.check(draft.actor)
        return self._posts.put(draft)

    def mark(self, mark: Mark) -> None:
        """Queue a mark; a newer one of the same commit takes its place."""
        self._marks.submit(mark)

    async def settle(self) -> None:
        """Return once everything queued has been answered."""
        await self._posts.settle()
        await self._marks.settle()

    def bytes_of(self, outcome: Outcome, language: str) -> msgspec.Raw:
        """An outcome's entry for its sender, with the verdict in his language."""
        entry = outcome.entry
        if outcome.verdict is None and entry.stream is Stream.SHARED:
            known = self.recent.get(entry)
            if known is not None:
                return known
        return wire.encode_entry(self.faces, entry, language)

    async def _post(self, drafts: Sequence[Draft]) -> Sequence[Outcome | Refusal]:
        return await self.database.run(lambda tx: self._enter(tx, drafts))

    async def _enter(self, tx: Tx, drafts: Sequence[Draft]) -> list[Outcome | Refusal]:
        answers = await api.post(tx, drafts)
        kept = [one.entry for one in answers if isinstance(one, Outcome)]
        await self.faces.learn(tx, {entry.sender_id for entry in kept})
        # Whoever asks again has had no answer: the others may have heard as little.
        for one in answers:
            if isinstance(one, Outcome) and one.again:
                entry = one.entry
                tx.hint(f"conversation.{entry.conversation_id}", **{entry.stream.word: entry.no})
        fresh = [one.entry for one in answers if isinstance(one, Outcome) and not one.again]
        tx.after_commit(lambda: self._remember(fresh))
        return answers

    def _remember(self, entries: Sequence[Any]) -> None:
        for entry in entries:
            if entry.stream is Stream.SHARED:
                self.recent.remember(entry, wire.encode_entry(self.faces, entry))

    async def _mark(self, marks: Sequence[Mark]) -> Sequence[None]:
        return await self.database.run(lambda tx: marking.mark(tx, marks))


class ConversationFeeds:
    """Conversations as the gateway's feeds."""

    name = "conversation"

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    async def mine(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Sequence[UUID]]:
        """The open conversations of each person, which every page of his follows."""
        found = await reading.following(tx, actors)
        return [found.get(one.person_id, ()) for one in actors]

    async def numbers(
        self, tx: Tx, asks: Sequence[tuple[Actor, Sequence[UUID]]]
    ) -> Sequence[Mapping[UUID, Mapping[str, int]]]:
        """The last numbers of every stream that each actor may read now, in the order of the asks."""
        return [
            {
                key: {"shared": one.shared_no, "internal": one.internal_no}
                if actor.is_staff
                else {"shared": one.shared_no}
                for key, one in found.items()
            }
            for (actor, _), found in zip(asks, await reading.readable_by(tx, asks), strict=True)
        ]

    def recent(self, feed: UUID, stream: str, after: int, upto: int) -> bytes | None:
        """The frame of shared entries that this process has just committed."""
        return self._speaker.recent.frame(feed, after, upto) if stream == "shared" else None

    async def page(
        self, tx: Tx, actor: Actor, feed: UUID, stream: str, after: int, limit: int
    ) -> tuple[bytes, int, int]:
        """A frame of entries above `after`, its last number, and the stream's; rights were looked up before."""
        which = STREAMS[stream]
        entries, last = await reading.page_of(tx, feed, which, after, limit)
        faces = self._speaker.faces
        await faces.learn(tx, {entry.sender_id for entry in entries})
        language = actor.language if which is Stream.INTERNAL else None
        data = [wire.encode_entry(faces, entry, language) for entry in entries]
        reached = entries[-1].no if entries else after
        return wire.entries_frame(feed, which, data, last), reached, last
