"""Entries and retry keys as rows of a binary COPY; the order of cells is that of the columns named here."""

import struct

import msgspec

from visavis.conversations.types import Entry
from visavis.kernel.columns import NULL, cell, moment

ENTRY = (
    "shard_key", "stream", "no", "id", "kind", "sender_id", "at", "body", "state", "of_id", "client_key", "record_id",
    "verdict",
)  # fmt: skip
POSTED = ("shard_key", "sender_id", "client_key", "body_hash", "stream", "no")

_PLACE = struct.Struct(">hi16sihiqi16s").pack
_SENT = struct.Struct(">i16siq").pack
_ID = struct.Struct(">i16s").pack
_KEY = struct.Struct(">hi16si16si16si").pack
_END = struct.Struct(">ihiq").pack
_json = msgspec.json.Encoder().encode
# The first byte of a `jsonb` cell is the version of its form.
_JSONB = b"\x01"


def entry(one: Entry) -> bytes:
    """The row of `entry`."""
    return b"".join(
        (
            _PLACE(13, 16, one.conversation_id.bytes, 2, one.stream, 8, one.no, 16, one.id.bytes),
            cell(one.kind.encode()), _SENT(16, one.sender_id.bytes, 8, moment(one.at)),
            cell(_JSONB + _json(one.body)), cell(one.state.encode()),
            NULL if one.of_id is None else _ID(16, one.of_id.bytes),
            NULL if one.client_key is None else _ID(16, one.client_key.bytes),
            _ID(16, one.record_id.bytes), NULL if one.verdict is None else cell(_JSONB + _json(one.verdict)),
        )
    )  # fmt: skip


def posted(one: Entry, fingerprint: bytes) -> bytes:
    """The row of `posted` of an entry with a retry key."""
    assert one.client_key is not None
    head = _KEY(
        6, 16, one.conversation_id.bytes, 16, one.sender_id.bytes, 16, one.client_key.bytes, len(fingerprint)
    )  # fmt: skip
    return head + fingerprint + _END(2, one.stream, 8, one.no)
