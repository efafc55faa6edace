"""A client's receipt of one message: whoever holds it can prove what was said, years later and without the firm."""

import base64
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.conversations import rules
from visavis.conversations.api import reading
from visavis.conversations.store import reading as store
from visavis.conversations.types import Kind, Stream
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

FORMAT = "visavis-receipt-v1"


async def receipt(tx: Tx, actor: Actor, entry_id: UUID) -> dict[str, Any]:
    """The receipt of a message in one of the client's own conversations: text, proof, and the key of that record alone.

    Raises `NotFound`, and `NotLogged` during the first seconds.
    """
    mine = await store.visible_to_client(tx, actor.person_id)
    entry = await store.entry(tx, entry_id, mine, [Stream.SHARED.value]) if mine else None
    if entry is None or entry.kind not in {Kind.MESSAGE, Kind.EDIT}:
        raise NotFound
    await reading.one_of(tx, actor, entry.conversation_id)
    proof = await archive.evidence(tx, entry.record_id)
    key = await archive.data_key(tx, entry.record_id)
    return {
        "format": FORMAT,
        "entry": str(entry.id),
        "record": str(entry.record_id),
        "text": rules.text_of(entry.body),
        "key": base64.b64encode(key).decode(),
        "proof": proof.text,
        "vkey": archive.vkey(),
    }
