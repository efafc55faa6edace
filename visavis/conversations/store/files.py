"""Uploaded files: `attachment`."""

from uuid import UUID

from visavis.conversations.types import Kept
from visavis.kernel import clock
from visavis.kernel.db import Tx

ADD = """
INSERT INTO attachment (shard_key, id, uploader_id, name, type, size, width, height, served_path, original_path,
                        original_digest, created_at, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

# Whether both sides may see the file: its entry is in the shared stream and was not recalled.
FIND = """
SELECT a.*, EXISTS (
    SELECT FROM entry AS e WHERE e.shard_key = a.shard_key AND e.id = a.entry_id AND e.stream = 0
    AND NOT EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.of_id = e.id AND r.stream = 0
                    AND r.kind = 'recall')) AS visible
FROM attachment AS a WHERE a.id = $1
"""


async def insert(tx: Tx, one: Kept) -> None:
    """Add a file that no entry uses yet."""
    await tx.execute(
        ADD, one.conversation_id, one.id, one.uploader_id, one.name, one.type, one.size, one.width or None,
        one.height or None, one.served_path, one.original_path, one.original_digest, clock.now(), one.record_id,
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
