"""The life of an entry: drafted, submitted, approved by another or returned, replaced, retired."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id
from visavis.knowledge import store
from visavis.knowledge.api import reading
from visavis.knowledge.rules import entries as rules
from visavis.knowledge.types import (
    Entry,
    KnowledgeChanged,
    NewEntry,
    SlugTaken,
    Texts,
    UnfitText,
    Version,
    VersionState,
    WrongState,
)
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Direction, Judged


async def create(tx: Tx, actor: Actor, new: NewEntry) -> Entry:
    """A new entry with its first draft. Raises `SlugTaken`, `UnfitText`, `Forbidden`."""
    if not rules.may_write(actor):
        raise Forbidden
    await _check(tx, new.slug, new.topic, new.texts, new.source)
    now = clock.now()
    one = Entry(new_id(), new.slug, new.topic, new.owner_id or actor.person_id, None, None, now)
    if not await store.insert_entry(tx, one):
        raise SlugTaken
    await _insert(tx, actor, one, 1, new)
    return await _whole(tx, one.id)


async def revise(tx: Tx, actor: Actor, entry_id: UUID, new: NewEntry) -> Entry:
    """A new draft of an entry, or another wording of the open one of the same author. Raises
    `WrongState`, `UnfitText`, `Forbidden`.
    """
    if not rules.may_write(actor):
        raise Forbidden
    one = await _locked(tx, entry_id)
    await _check(tx, one.slug, new.topic, new.texts, new.source)
    if new.topic != one.topic:
        await store.set_topic(tx, one.id, new.topic)
    waiting = rules.open_version(one.versions)
    if waiting is None:
        await _insert(tx, actor, one, rules.next_number(one.versions), new)
    elif waiting.author_id != actor.person_id:
        raise WrongState(state=waiting.state.value)
    else:
        record = await _record(tx, actor, one, waiting.version, "draft", texts=new.texts)
        await store.replace_draft(tx, one.id, waiting.version, new.texts, new.source, record)
    return await _whole(tx, one.id)


async def submit(tx: Tx, actor: Actor, entry_id: UUID, number: int) -> Entry:
    """Hand a draft over for approval. Raises `WrongState`, `Forbidden`."""
    if not rules.may_write(actor):
        raise Forbidden
    one, version = await _version(tx, entry_id, number)
    rules.check_submission(version)
    record = await _record(tx, actor, one, number, "submitted")
    await store.set_state(tx, one.id, number, VersionState.SUBMITTED, record, version.note)
    return await _whole(tx, one.id)


async def approve(tx: Tx, actor: Actor, entry_id: UUID, number: int, note: str = "") -> Entry:
    """Put a submitted version in force; author and approver are never the same. Raises
    `SameHands`, `WrongState`, `Forbidden`.
    """
    if not rules.may_approve(actor):
        raise Forbidden
    one, version = await _version(tx, entry_id, number)
    rules.check_decision(actor, version)
    await _check(tx, one.slug, one.topic, version.texts, version.source)
    now = clock.now()
    record = await _record(tx, actor, one, number, "approved", texts=version.texts, note=note)
    review_by = rules.review_day(version.review_by, now.date())
    await store.put_in_force(tx, one.id, number, actor.person_id, now, review_by, note, record)
    await _changed(tx, one.id, number)
    return await _whole(tx, one.id)


async def send_back(tx: Tx, actor: Actor, entry_id: UUID, number: int, note: str) -> Entry:
    """Return a submitted version to its author with a reason. Raises `SameHands`, `WrongState`,
    `UnfitText`, `Forbidden`.
    """
    if not rules.may_approve(actor):
        raise Forbidden
    if not note.strip():
        raise UnfitText(field="note", reason="length")
    one, version = await _version(tx, entry_id, number)
    rules.check_decision(actor, version)
    record = await _record(tx, actor, one, number, "returned", note=note)
    await store.set_state(tx, one.id, number, VersionState.RETURNED, record, note)
    return await _whole(tx, one.id)


async def retire(tx: Tx, actor: Actor, entry_id: UUID, reason: str) -> Entry:
    """Take an entry out of force for good; what was cited stays readable. Raises `WrongState`, `Forbidden`."""
    if not rules.may_write(actor):
        raise Forbidden
    one = await _locked(tx, entry_id)
    await _record(tx, actor, one, one.current or 0, "retired", note=reason)
    await store.retire(tx, one.id, clock.now())
    await _changed(tx, one.id, None)
    return await _whole(tx, one.id)


async def _changed(tx: Tx, entry_id: UUID, number: int | None) -> None:
    await outbox.publish(tx, KnowledgeChanged(entry_id, number))
    tx.after_commit(reading.forget)


async def _check(tx: Tx, slug: str, topic: str, texts: Texts, source: str) -> None:
    """Form, and the same judgement that every message of staff gets (rule AI-02)."""
    rules.check_texts(slug, topic, texts, source)
    fields = [
        (f"{language}.{name}", said)
        for language, text in texts.items()
        for name, said in (("title", text.title), ("answer", text.answer))
    ]
    asks = [Judged(said, Direction.STAFF_TO_CLIENT) for _, said in fields]
    for (field, _), verdict in zip(fields, await supervision.judge(tx, asks), strict=True):
        if verdict.action in {Action.HOLD, Action.BLOCK}:
            raise UnfitText(field=field, reason=verdict.policies[0].id)


async def _insert(tx: Tx, actor: Actor, one: Entry, number: int, new: NewEntry) -> None:
    record = await _record(tx, actor, one, number, "draft", texts=new.texts)
    await store.insert_version(
        tx,
        Version(
            one.id, number, VersionState.DRAFT, new.texts, new.source, actor.person_id, None, "",
            clock.now(), None, new.review_by, record,
        ),
    )  # fmt: skip


async def _record(
    tx: Tx, actor: Actor, one: Entry, number: int, step: str, *,
    texts: Texts | None = None, note: str = "",
) -> UUID:  # fmt: skip
    body: dict[str, Any] = {"slug": one.slug, "note": note, "actor": str(actor.person_id)}
    if texts is not None:
        body["content"] = store.content_of(texts)
    clear = {"version": number, "step": step, "actor": str(actor.person_id)}
    return await archive.append_one(
        tx, Fact("knowledge", one.id, one.id, Environment.REAL, body, clear)
    )


async def _locked(tx: Tx, entry_id: UUID) -> Entry:
    one = await store.entry(tx, entry_id, lock=True)
    if one is None:
        raise NotFound
    if one.retired_at is not None:
        raise WrongState(state="retired")
    return one


async def _version(tx: Tx, entry_id: UUID, number: int) -> tuple[Entry, Version]:
    one = await _locked(tx, entry_id)
    found: Sequence[Version] = [each for each in one.versions if each.version == number]
    if not found:
        raise NotFound
    return one, found[0]


async def _whole(tx: Tx, entry_id: UUID) -> Entry:
    one = await store.entry(tx, entry_id)
    assert one is not None
    return one
