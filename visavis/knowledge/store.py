"""The tables of knowledge, and all SQL that touches them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from visavis.archive.types import Origin
from visavis.kernel.db import Row, Tx
from visavis.knowledge.types import Entry, Searchable, Text, Texts, Version, VersionState

ENTRY = "id, slug, topic, owner_id, current_version, retired_at, created_at"
VERSION = """entry_id, version, state, content, source, author_id, approver_id, note, created_at, approved_at,
    review_by, record_id"""

# What is in force now; changes whenever it does, in whichever process.
STAMP = """
SELECT current_database() AS place, (SELECT max(approved_at) FROM knowledge_version) AS approved,
    (SELECT max(retired_at) FROM knowledge_entry) AS retired,
    (SELECT id FROM knowledge_entry ORDER BY id DESC LIMIT 1) AS newest
"""

IN_FORCE = """
SELECT e.id, e.slug, e.topic, v.version, v.content, v.approved_at
FROM knowledge_entry AS e JOIN knowledge_version AS v ON v.entry_id = e.id AND v.version =
e.current_version WHERE e.retired_at IS NULL ORDER BY e.id
"""

PAGE = f"""
SELECT {ENTRY} FROM knowledge_entry AS e
WHERE ($1::uuid IS NULL OR id > $1) AND ($2::text IS NULL OR topic = $2)
  AND ($3::uuid[] IS NULL OR id = ANY($3))
  AND ($4::text IS NULL
       OR ($4 = 'retired' AND retired_at IS NOT NULL)
       OR ($4 = 'approved' AND retired_at IS NULL AND current_version IS NOT NULL)
       OR ($4 NOT IN ('retired', 'approved') AND retired_at IS NULL AND EXISTS (
           SELECT FROM knowledge_version AS v WHERE v.entry_id = e.id AND v.state = $4)))
ORDER BY id LIMIT $5
"""

CONTAINING = """
SELECT DISTINCT entry_id FROM knowledge_version
WHERE state <> 'superseded' AND position(lower($1) in lower(content::text)) > 0 LIMIT 200
"""


async def stamp(tx: Tx) -> tuple[Any, ...]:
    """Something that differs whenever what is in force differs."""
    row = await tx.fetchrow(STAMP)
    assert row is not None
    return (row["place"], row["approved"], row["retired"], row["newest"])


async def in_force(tx: Tx) -> dict[str, list[Searchable]]:
    """Everything a client may be told, by language."""
    found: dict[str, list[Searchable]] = {}
    for row in await tx.fetch(IN_FORCE):
        for language, text in texts_of(row["content"]).items():
            found.setdefault(language, []).append(
                Searchable(
                    row["id"], row["version"], row["slug"], row["topic"], row["approved_at"].date(),
                    text.title, text.question, text.similar, text.answer,
                )
            )  # fmt: skip
    return found


async def page(
    tx: Tx,
    after: UUID | None,
    topic: str | None,
    ids: Sequence[UUID] | None,
    state: str | None,
    limit: int,
) -> list[Entry]:
    """Entries in order of their making, with their versions."""
    rows = await tx.fetch(PAGE, after, topic, ids, state, limit)
    versions = await _versions(tx, [row["id"] for row in rows])
    return [_entry(row, versions.get(row["id"], ())) for row in rows]


async def containing(tx: Tx, text: str) -> list[UUID]:
    """Entries with `text` in one of their wordings, drafts included."""
    return [row["entry_id"] for row in await tx.fetch(CONTAINING, text)]


async def entry(tx: Tx, entry_id: UUID, *, lock: bool = False) -> Entry | None:
    """One entry with all its versions, oldest first."""
    tail = " FOR UPDATE" if lock else ""
    row = await tx.fetchrow(f"SELECT {ENTRY} FROM knowledge_entry WHERE id = $1{tail}", entry_id)
    if row is None:
        return None
    return _entry(row, (await _versions(tx, [entry_id])).get(entry_id, ()))


async def insert_entry(tx: Tx, one: Entry) -> bool:
    """Keep a new entry; False where its slug is taken."""
    return await tx.execute(
        "INSERT INTO knowledge_entry (id, slug, topic, owner_id, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (slug) DO NOTHING",
        one.id, one.slug, one.topic, one.owner_id, one.created_at,
    ) == 1  # fmt: skip


async def insert_version(tx: Tx, one: Version) -> None:
    """Keep a new version."""
    await tx.execute(
        "INSERT INTO knowledge_version (entry_id, version, state, content, source, author_id, note,"
        " created_at, review_by, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.entry_id, one.version, one.state.value, content_of(one.texts), one.source, one.author_id,
        one.note, one.created_at, one.review_by, one.record_id,
    )  # fmt: skip


async def replace_draft(
    tx: Tx, entry_id: UUID, version: int, texts: Texts, source: str, record_id: UUID
) -> None:
    """Change the wording of a version that nobody has decided on."""
    await tx.execute(
        "UPDATE knowledge_version SET content = $3, source = $4, record_id = $5, state = 'draft'"
        " WHERE entry_id = $1 AND version = $2",
        entry_id, version, content_of(texts), source, record_id,
    )  # fmt: skip


async def set_state(
    tx: Tx, entry_id: UUID, version: int, state: VersionState, record_id: UUID, note: str = ""
) -> None:
    """Move a version on."""
    await tx.execute(
        "UPDATE knowledge_version SET state = $3, record_id = $4, note = $5"
        " WHERE entry_id = $1 AND version = $2",
        entry_id, version, state.value, record_id, note,
    )  # fmt: skip


async def put_in_force(
    tx: Tx,
    entry_id: UUID,
    version: int,
    approver_id: UUID,
    at: datetime,
    review_by: date,
    note: str,
    record_id: UUID,
) -> None:
    """Make a version the one in force; the one before is superseded."""
    await tx.execute(
        "UPDATE knowledge_version SET state = 'superseded' WHERE entry_id = $1 AND state = 'approved'",
        entry_id,
    )
    await tx.execute(
        "UPDATE knowledge_version SET state = 'approved', approver_id = $3, approved_at = $4, review_by = $5,"
        " note = $6, record_id = $7 WHERE entry_id = $1 AND version = $2",
        entry_id, version, approver_id, at, review_by, note, record_id,
    )  # fmt: skip
    await tx.execute(
        "UPDATE knowledge_entry SET current_version = $2 WHERE id = $1", entry_id, version
    )


async def set_topic(tx: Tx, entry_id: UUID, topic: str) -> None:
    """File the entry under another topic."""
    await tx.execute("UPDATE knowledge_entry SET topic = $2 WHERE id = $1", entry_id, topic)


async def retire(tx: Tx, entry_id: UUID, at: datetime) -> None:
    """Take an entry out of force for good."""
    await tx.execute("UPDATE knowledge_entry SET retired_at = $2 WHERE id = $1", entry_id, at)


def texts_of(content: Mapping[str, Mapping[str, Any]]) -> dict[str, Text]:
    """The texts in a stored content."""
    return {
        language: Text(raw["title"], raw["question"], tuple(raw["similar"]), raw["answer"])
        for language, raw in content.items()
    }


def content_of(texts: Texts) -> dict[str, dict[str, Any]]:
    """Texts as they are stored."""
    return {
        language: {
            "title": text.title,
            "question": text.question,
            "similar": list(text.similar),
            "answer": text.answer,
        }
        for language, text in texts.items()
    }


async def _versions(tx: Tx, entry_ids: Sequence[UUID]) -> dict[UUID, tuple[Version, ...]]:
    found: dict[UUID, tuple[Version, ...]] = {}
    rows = await tx.fetch(
        f"SELECT {VERSION} FROM knowledge_version WHERE entry_id = ANY($1) ORDER BY entry_id, version",
        entry_ids,
    )
    for row in rows:
        found[row["entry_id"]] = (*found.get(row["entry_id"], ()), _version(row))
    return found


def _version(row: Row) -> Version:
    return Version(
        row["entry_id"], row["version"], VersionState(row["state"]), texts_of(row["content"]), row["source"],
        row["author_id"], row["approver_id"], row["note"], row["created_at"], row["approved_at"],
        row["review_by"], row["record_id"],
    )  # fmt: skip


def _entry(row: Row, versions: tuple[Version, ...]) -> Entry:
    return Entry(
        row["id"], row["slug"], row["topic"], row["owner_id"], row["current_version"], row["retired_at"],
        row["created_at"], versions,
    )  # fmt: skip


# A superseded version was in force; a retired one may have been.
VERSIONS = """
SELECT v.record_id, format('%s/%s', v.entry_id, v.version) AS thread, format('%s/%s', e.slug, v.version) AS key,
    jsonb_build_object('@object', v.entry_id, 'slug', e.slug, 'content', v.content, 'step',
        CASE v.state WHEN 'superseded' THEN '{"$in": ["approved", "retired"]}'
            WHEN 'approved' THEN '{"$in": ["approved", "retired"]}' ELSE to_jsonb(v.state) END) AS says
FROM knowledge_version AS v JOIN knowledge_entry AS e ON e.id = v.entry_id
"""
ORIGINS = (
    Origin(
        "knowledge_version", frozenset({"knowledge"}), "{@object}/{version}", VERSIONS, "version"
    ),
)
