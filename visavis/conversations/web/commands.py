"""What a page may do with conversations over its socket (docs/protocol.md)."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from visavis.conversations.api import reading
from visavis.conversations.types import Draft, Kind, Mark, Outcome, Stream
from visavis.conversations.web import wire
from visavis.conversations.web.live import STREAMS, Speaker
from visavis.kernel import giving_way
from visavis.kernel.batch import OVERLOADED_S
from visavis.kernel.commands import Call, Command, Handler, Later, Reply
from visavis.kernel.errors import NotFound, Unavailable
from visavis.kernel.ids import fast
from visavis.kernel.live import Hint


class Send(Command, frozen=True, tag="send"):
    """Post a message, or a note where `stream` is internal."""

    client_key: UUID
    conversation: UUID
    body: dict[str, Any]
    stream: Literal["shared", "internal"] = "shared"


class Edit(Command, frozen=True, tag="edit"):
    """A new version of an own message."""

    client_key: UUID
    conversation: UUID
    entry: UUID
    body: dict[str, Any]


class Recall(Command, frozen=True, tag="recall"):
    """Withdraw an own message from view."""

    client_key: UUID
    conversation: UUID
    entry: UUID


class Delivered(Command, frozen=True, tag="delivered"):
    """Everything up to `no` of the shared stream has arrived."""

    conversation: UUID
    no: int


class Read(Command, frozen=True, tag="read"):
    """Everything up to `no` of the shared stream has been seen."""

    conversation: UUID
    no: int


class Typing(Command, frozen=True, tag="typing"):
    """Somebody is writing."""

    conversation: UUID


class Pull(Command, frozen=True, tag="pull"):
    """Entries with a number above `after`; whoever has reached the end follows the stream from there."""

    conversation: UUID
    stream: Literal["shared", "internal"]
    after: int
    limit: int = 200

    @property
    def about(self) -> Mapping[str, str]:
        """The stream that was asked for."""
        return {"conversation": str(self.conversation), "stream": self.stream}


class Talking:
    """The handlers of one process; what is said goes to its writer."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def table(self) -> Mapping[type[Command], Handler]:
        """Which handler takes which command."""
        return {
            Send: self.send, Edit: self.edit, Recall: self.recall, Delivered: self.delivered, Read: self.read,
            Typing: self.typing, Pull: self.pull,
        }  # fmt: skip

    def send(self, call: Call, one: Send) -> Later:
        """Post a message or a note."""
        stream = STREAMS[one.stream]
        kind = Kind.MESSAGE if stream is Stream.SHARED else Kind.NOTE
        return self._enter(
            call, Draft(call.actor, fast(one.conversation), stream, kind, one.body, one.client_key)
        )

    def edit(self, call: Call, one: Edit) -> Later:
        """Replace an own message."""
        draft = Draft(
            call.actor,
            one.conversation,
            Stream.SHARED,
            Kind.EDIT,
            one.body,
            one.client_key,
            one.entry,
        )
        return self._enter(call, draft)

    def recall(self, call: Call, one: Recall) -> Later:
        """Withdraw an own message."""
        draft = Draft(
            call.actor, one.conversation, Stream.SHARED, Kind.RECALL, {}, one.client_key, one.entry
        )
        return self._enter(call, draft)

    def delivered(self, call: Call, one: Delivered) -> None:
        """Note what has arrived."""
        self._mark(call, Mark(call.actor, one.conversation, one.no, 0))

    def read(self, call: Call, one: Read) -> None:
        """Note what has been seen."""
        self._mark(call, Mark(call.actor, one.conversation, one.no, one.no))

    def typing(self, call: Call, one: Typing) -> None:
        """Tell the other followers; only whoever follows a conversation types in it. Shed first under overload."""
        if giving_way.sheds(giving_way.SIGNS):
            return
        follow = call.socket.follows.get(one.conversation)
        if follow is not None and "shared" in follow.sent:
            payload = {"frame": "typing", "person": str(call.actor.person_id)}
            call.gateway.database.live.publish(Hint(f"conversation.{one.conversation}", payload))

    async def pull(self, call: Call, one: Pull) -> Reply:
        """Answer with a page; whoever has reached the end follows from there. Shed under overload, before messages."""
        if giving_way.sheds(giving_way.PAGES):
            raise Unavailable(reason="overload", retry_after=OVERLOADED_S)
        watching, faces = call.gateway.watching, self._speaker.faces
        fresh = one.conversation not in call.socket.follows
        watching.watch(call.socket, one.conversation)
        stream = STREAMS[one.stream]
        try:
            async with self._speaker.database.transaction(readonly=True) as tx:
                entries, last = await reading.entries(
                    tx, call.actor, one.conversation, stream, one.after, None, one.limit
                )
                await faces.learn(tx, {entry.sender_id for entry in entries})
        except NotFound:
            if fresh:
                watching.unwatch(call.socket, one.conversation)
            raise
        if fresh and call.actor.is_staff:
            self._speaker.mark(Mark(call.actor, one.conversation, 0, 0))
        reached = entries[-1].no if entries else one.after
        if reached >= last:
            watching.start(call.socket, one.conversation, one.stream, last)
        language = call.actor.language if stream is Stream.INTERNAL else None
        data = [wire.encode_entry(faces, entry, language) for entry in entries]
        return wire.entries_frame(one.conversation, stream, data, last)

    def _mark(self, call: Call, mark: Mark) -> None:
        if mark.conversation_id not in call.socket.follows:
            call.gateway.hearing.follow(call.socket, mark.conversation_id)
        self._speaker.mark(mark)

    def _enter(self, call: Call, draft: Draft) -> Later:
        return Later(
            self._speaker.post(draft), lambda outcome: self._acknowledge(call, draft, outcome)
        )

    def _acknowledge(self, call: Call, draft: Draft, outcome: Outcome) -> Reply:
        entry, key = outcome.entry, draft.client_key
        assert key is not None
        if entry.conversation_id not in call.socket.follows:
            call.gateway.hearing.follow(call.socket, entry.conversation_id)
        call.gateway.watching.answered(
            call.socket, entry.conversation_id, entry.stream.word, entry.no
        )
        return wire.ack_frame(key, self._speaker.bytes_of(outcome, call.actor.language))
