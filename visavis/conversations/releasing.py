"""Beside the message path: a held message gets its shared number; knowledge cards get their approved wording."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import finding, rules, suiting
from visavis.conversations.store import stream as store
from visavis.conversations.types import (
    AuthorBarred,
    Conversation,
    Draft,
    Entry,
    Keep,
    Kind,
    MessagePosted,
    Stream,
    Tail,
)  # fmt: skip
from visavis.kernel import clock, outbox
from visavis.kernel.auth import system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.knowledge import api as knowledge


async def wordings(
    tx: Tx, drafts: Sequence[Draft]
) -> dict[tuple[UUID, int], list[tuple[str, str]]]:
    """Approved wordings of the knowledge that cards name; cards are rare, so they are asked for one by one."""
    found: dict[tuple[UUID, int], list[tuple[str, str]]] = {}
    for entry_id in sorted(rules.knowledge_cards(drafts)):
        with suppress(NotFound):
            # The platform's own eyes see what is or was in force, and no draft.
            entry = await knowledge.entry(tx, system(), entry_id)
            for one in entry.versions:
                found[entry_id, one.version] = [(t.title, t.answer) for t in one.texts.values()]
    return found


async def barred(tx: Tx, conversation: Conversation, sender_id: UUID) -> bool:
    """Whether the author, one of staff, may not speak to this client any more: gone, suspended, or parted (CONN-02)."""
    if sender_id == conversation.client_id:
        return False
    actor = await connections.actor_of(tx, sender_id)
    (refusal,) = await connections.may_speak(
        tx, [Ask(actor, conversation.client_id, conversation.id)]
    )
    return refusal is not None


async def let_through(tx: Tx, held: Entry) -> Entry:
    """Give a held entry its number in the shared stream, under its own id; the caller's decision is on record.

    Raises `AuthorBarred`: what its author may not say any more is not said for him.
    """
    found, _ = await store.lock(tx, [held.conversation_id], "")
    conversation, _ = found[held.conversation_id]
    if await barred(tx, conversation, held.sender_id):
        raise AuthorBarred
    await suiting.check_release(tx, held, conversation.client_id)
    tail = Tail.of(conversation)
    at = max(clock.now(), conversation.last_at)
    number = tail.take(Stream.SHARED)
    by = "client" if held.sender_id == conversation.client_id else "staff"
    clear = {"entry": str(held.id), "stream": "shared", "no": number, "sender": str(held.sender_id)}
    body = {"body": held.body, "at": str(clock.to_us(at)), "held": str(held.record_id)}
    fact = Fact(
        "release", conversation.id, conversation.client_id, conversation.environment, body, clear
    )
    record_id = await archive.append_one(tx, fact)
    entry = msgspec.structs.replace(
        held,
        stream=Stream.SHARED,
        no=number,
        at=at,
        state=Keep.KEPT,
        record_id=record_id,
        verdict=None,
    )
    if entry.kind is Kind.MESSAGE:
        tail.said(at, rules.text_of(entry.body), entry.sender_id, by)
    await store.keep(tx, [(entry, b"")], [], [tail], finding.words(tx, [entry]))
    if entry.kind is Kind.MESSAGE:
        partner = conversation.partner.value
        await outbox.publish(
            tx, MessagePosted(conversation.id, entry.id, number, entry.sender_id, by, partner)
        )
    tx.hint(f"conversation.{conversation.id}", shared=number)
    return entry
