"""Uploaded files: `attachment`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.conversations.types import Kept
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

ADD = """
INSERT INTO attachment (shard_key, id, uploader_id, name, type, size, width, height, served_path, original_path,
                        original_digest, created_at, record_id, says)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

# Whether both sides may see the file: its entry is in the shared stream and was not recalled.
FIND = """
SELECT a.*, EXISTS (
    SELECT FROM entry AS e WHERE e.shard_key = a.shard_key AND e.id = a.entry_id AND e.stream = 0
    AND NOT EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.of_id = e.id AND r.stream = 0
                    AND r.kind = 'recall')) AS visible
FROM attachment AS a WHERE a.id = $1 AND a.dropped_at IS NULL
"""

# Whoever sends the file at this moment holds its row: it is not dropped.
DROP = """
UPDATE attachment AS a SET dropped_at = $1 FROM (
    SELECT shard_key, id FROM attachment
    WHERE entry_id IS NULL AND dropped_at IS NULL AND created_at < $2
    ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
) AS old
WHERE a.shard_key = old.shard_key AND a.id = old.id
RETURNING a.id, a.shard_key, a.served_path, a.original_path,
    (SELECT client_id FROM conversation WHERE id = a.shard_key) AS client_id,
    (SELECT environment FROM conversation WHERE id = a.shard_key) AS environment
"""


@dataclass(frozen=True)
class Dropped:
    """A file whose bytes are to go."""

    id: UUID
    conversation_id: UUID
    client_id: UUID
    environment: Environment
    paths: tuple[str, str]


async def insert(tx: Tx, one: Kept, says: str) -> None:
    """Add a file that no entry uses yet, and what was read in it."""
    await tx.execute(
        ADD, one.conversation_id, one.id, one.uploader_id, one.name, one.type, one.size, one.width or None,
        one.height or None, one.served_path, one.original_path, one.original_digest, clock.now(), one.record_id,
        says,
    )  # fmt: skip


async def find(tx: Tx, attachment_id: UUID) -> tuple[Kept, bool] | None:
    """A file, and whether both sides may see it."""
    row = await tx.fetchrow(FIND, attachment_id)
    if row is None:
        return None
    kept = Kept(
        row["id"], row["shard_key"], row["uploader_id"], row["entry_id"], row["name"], row["type"], row["size"],
        row["width"] or 0, row["height"] or 0, row["served_path"], row["original_path"], row["original_digest"],
        row["record_id"],
    )  # fmt: skip
    return kept, row["visible"]


async def drop_unsent(tx: Tx, before: datetime, most: int) -> list[Dropped]:
    """Mark files that were uploaded before then and never sent."""
    rows = await tx.fetch(DROP, clock.now(), before, most)
    return [
        Dropped(
            row["id"], row["shard_key"], row["client_id"], Environment(row["environment"]),
            (row["served_path"], row["original_path"]),
        )
        for row in rows
    ]  # fmt: skip


async def on_record(tx: Tx, dropped: Sequence[Dropped], records: Sequence[UUID]) -> None:
    """Note on what record each was dropped."""
    await tx.execute(
        "UPDATE attachment AS a SET dropped_record_id = d.record_id"
        " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS d (shard_key, id, record_id)"
        " WHERE a.shard_key = d.shard_key AND a.id = d.id",
        [one.conversation_id for one in dropped], [one.id for one in dropped], list(records),
    )  # fmt: skip


async def uploaded_since(tx: Tx, person_id: UUID, since: datetime) -> int:
    """How many files somebody has uploaded since then."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM attachment WHERE uploader_id = $1 AND created_at > $2",
            person_id,
            since,
        )
    )
