"""Under which words entries are found: `entry_words`, and `later_words` for what still waits for its words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.store.packing import parted
from visavis.conversations.store.stream import entry_of
from visavis.conversations.types import Entry
from visavis.kernel.db import Tx

# Stands between the words of a text on their way into a text vector.
SEPARATOR = "\x1f"

# So many entries are indexed at a time, of so many batches at most.
ENTRIES, BATCHES = 24, 24

# What both sides see is found by its words; an edit's stand for its message's.
KEEP = """
INSERT INTO entry_words AS w (shard_key, entry_id, at, words)
SELECT shard_key, entry_id, at, array_to_tsvector(string_to_array(words, E'\\x1f'))
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[]) AS word (shard_key, entry_id, at, words)
ON CONFLICT (shard_key, entry_id) DO UPDATE SET words = excluded.words, at = excluded.at
WHERE w.at <= excluded.at
"""

# The figures stand in it, so that one plan is made and kept.
NEXT = f"""
DELETE FROM later_words WHERE id IN (
    SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM (
        SELECT id, (SELECT sum((one ->> 'last')::int - (one ->> 'first')::int + 1)
                    FROM jsonb_array_elements(spans) AS one) AS size
        FROM later_words ORDER BY id LIMIT {BATCHES} FOR UPDATE SKIP LOCKED) AS waiting) AS row
    WHERE before < {ENTRIES})
RETURNING id, spans
"""

LEAVE = "INSERT INTO later_words (id, spans) VALUES ($1, $2)"

# Span by span (`OFFSET 0`), as `stream.SEEN`.
SPANNED = """
SELECT e.* FROM jsonb_to_recordset($1) AS s (conversation uuid, stream smallint, first bigint, last bigint)
CROSS JOIN LATERAL (SELECT * FROM entry WHERE shard_key = s.conversation AND stream = s.stream
                    AND no BETWEEN s.first AND s.last OFFSET 0) AS e
ORDER BY e.at, e.no
"""

Words = Mapping[tuple[UUID, UUID], tuple[datetime, Sequence[str]]]


async def keep(tx: Tx, words: Words) -> None:
    """Find entries, by (conversation, entry), under these words from now on, unless newer ones are known."""
    if words:
        await tx.execute(
            KEEP, [key[0] for key in words], [key[1] for key in words], [at for at, _ in words.values()],
            [SEPARATOR.join(found) for _, found in words.values()],
        )  # fmt: skip


async def next_batches(tx: Tx) -> list[Entry]:
    """Take the oldest whose words are to be made, in order; empty where there is none. What is too much waits on."""
    taken = sorted(await tx.fetch(NEXT), key=lambda row: row["id"])
    spans, rest = parted([one for row in taken for one in row["spans"]], ENTRIES)
    if rest:
        await tx.execute(LEAVE, taken[-1]["id"], rest)
    return [entry_of(row) for row in await tx.fetch(SPANNED, spans)] if spans else []
