"""How entries look on the wire (docs/protocol.md), encoded once for all readers of a stream.

Entries that this process has just committed stay at hand as bytes, so that delivery asks the database nothing; whoever
finds none here reads them from the store. Names are looked up once and kept for a minute.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from visavis.conversations.api import finding
from visavis.conversations.types import Entry, Stream
from visavis.kernel import clock
from visavis.kernel.auth import ASSISTANT_ID, SYSTEM_ID
from visavis.kernel.db import Tx

ENTRIES = 20_000
FACES = 50_000
FACE_US = 60_000_000


class EntryFrame(msgspec.Struct, frozen=True, omit_defaults=True):
    """ENTRY of the protocol."""

    id: UUID
    conversation: UUID
    stream: str
    no: int
    kind: str
    sender: msgspec.Raw | None
    at: int
    body: Mapping[str, Any]
    state: str
    record: UUID
    client_key: UUID | None = None
    of: UUID | None = None
    verdict: Mapping[str, Any] | None = None


class Entries(msgspec.Struct, frozen=True, tag_field="t", tag="entries"):
    """The `entries` frame."""

    conversation: UUID
    stream: str
    entries: Sequence[msgspec.Raw]
    last: int


class Ack(msgspec.Struct, frozen=True, tag_field="t", tag="ack"):
    """The `ack` frame."""

    client_key: UUID
    entry: msgspec.Raw


_encoder = msgspec.json.Encoder()
ASSISTANT = msgspec.Raw(
    _encoder.encode({"id": ASSISTANT_ID, "name": "Assistant", "role": "assistant", "machine": True})
)


class Faces:
    """People as they are shown beside what they wrote, encoded."""

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[int, msgspec.Raw]] = OrderedDict()

    async def learn(self, tx: Tx, ids: Collection[UUID]) -> None:
        """Look up whoever is not known or was looked up more than a minute ago."""
        now = clock.now_us()
        missing = {
            one for one in ids if one not in self._known or self._known[one][0] < now - FACE_US
        }
        missing -= {SYSTEM_ID, ASSISTANT_ID}
        if missing:
            for key, face in (await finding.names(tx, missing)).items():
                self._known[key] = (now, msgspec.Raw(_encoder.encode(face)))
            while len(self._known) > FACES:
                self._known.popitem(last=False)

    def of(self, person_id: UUID) -> msgspec.Raw | None:
        """The face of somebody; None for the platform."""
        if person_id == SYSTEM_ID:
            return None
        if person_id == ASSISTANT_ID:
            return ASSISTANT
        found = self._known.get(person_id)
        return found[1] if found else None


class Recent:
    """The newest shared entries of this process by (conversation, number), encoded."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[UUID, int], msgspec.Raw] = OrderedDict()

    def remember(self, entry: Entry, data: msgspec.Raw) -> None:
        """Keep a shared entry at hand."""
        self._known[entry.conversation_id, entry.no] = data
        if len(self._known) > ENTRIES:
            self._known.popitem(last=False)

    def get(self, entry: Entry) -> msgspec.Raw | None:
        """A shared entry's bytes, if it is still at hand."""
        return self._known.get((entry.conversation_id, entry.no))

    def frame(self, conversation_id: UUID, after: int, upto: int) -> bytes | None:
        """The frame of everything above `after` up to `upto`, if all of it is at hand."""
        known = self._known
        found = [known.get((conversation_id, no)) for no in range(after + 1, upto + 1)]
        if None in found:
            return None
        return entries_frame(
            conversation_id, Stream.SHARED, [one for one in found if one is not None], upto
        )


def encode_entry(faces: Faces, entry: Entry, language: str | None = None) -> msgspec.Raw:
    """An entry's bytes; with a `language` its verdict is worded for whoever may see it."""
    verdict = finding.worded(entry.verdict, language) if entry.verdict and language else None
    return msgspec.Raw(
        _encoder.encode(
            EntryFrame(
                entry.id, entry.conversation_id, entry.stream.word, entry.no, entry.kind.value,
                faces.of(entry.sender_id), clock.to_ms(entry.at), entry.body, entry.state.value,
                entry.record_id, entry.client_key, entry.of_id, verdict,
            )
        )
    )  # fmt: skip


def entries_frame(
    conversation_id: UUID, stream: Stream, entries: Sequence[msgspec.Raw], last: int
) -> bytes:
    """The `entries` frame of encoded entries."""
    return _encoder.encode(Entries(conversation_id, stream.word, entries, last))


def ack_frame(client_key: UUID, entry: msgspec.Raw) -> bytes:
    """The `ack` frame."""
    return _encoder.encode(Ack(client_key, entry))
