"""`product_card`: which visible messages show which product to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

# Cards that their message still shows: the newest edit stands for it, a recalled message shows nothing.
OPEN = """
SELECT p.shard_key, p.entry_id, p.product_id, p.client_id, c.environment, card ->> 'title' AS title
FROM product_card AS p JOIN conversation AS c ON c.id = p.shard_key
JOIN entry AS e ON e.shard_key = p.shard_key AND e.id = p.entry_id AND e.stream = 0
LEFT JOIN LATERAL (SELECT x.body FROM entry AS x WHERE x.shard_key = e.shard_key AND x.of_id = e.id
                   AND x.stream = 0 AND x.kind = 'edit' ORDER BY x.no DESC LIMIT 1) AS edit ON true
CROSS JOIN LATERAL jsonb_array_elements(coalesce(edit.body, e.body) -> 'cards') AS card
WHERE p.recalled_at IS NULL AND (p.client_id = $1 OR p.product_id = $2 OR $3)
    AND card ->> 'product' = p.product_id::text
    AND NOT EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.of_id = e.id AND r.stream = 0
                    AND r.kind = 'recall')
ORDER BY p.shard_key, p.entry_id
"""


@dataclass(frozen=True)
class Sent:
    """A product that a visible message shows."""

    conversation_id: UUID
    entry_id: UUID
    product_id: UUID
    version: int
    client_id: UUID
    at: datetime


@dataclass(frozen=True)
class Open:
    """A card that its client can still see."""

    conversation_id: UUID
    entry_id: UUID
    product_id: UUID
    client_id: UUID
    environment: Environment
    title: str


async def insert(tx: Tx, sent: Sequence[Sent]) -> None:
    """Keep what messages show; an edit may show a product again."""
    await tx.execute(
        "INSERT INTO product_card (shard_key, entry_id, product_id, product_version, client_id, sent_at)"
        " SELECT DISTINCT ON (s, e, p) * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::uuid[],"
        " $6::timestamptz[]) AS sent (s, e, p, v, c, at) ORDER BY s, e, p, v DESC"
        " ON CONFLICT (shard_key, entry_id, product_id) DO UPDATE"
        " SET product_version = excluded.product_version, recalled_at = NULL",
        [one.conversation_id for one in sent], [one.entry_id for one in sent], [one.product_id for one in sent],
        [one.version for one in sent], [one.client_id for one in sent], [one.at for one in sent],
    )  # fmt: skip


async def open_of(
    tx: Tx, client_id: UUID | None = None, product_id: UUID | None = None
) -> list[Open]:
    """The open cards of a client, or of a product; all of them where neither is named."""
    every = client_id is None and product_id is None
    rows = await tx.fetch(OPEN, client_id, product_id, every)
    return [
        Open(
            row["shard_key"], row["entry_id"], row["product_id"], row["client_id"],
            Environment(row["environment"]), row["title"],
        )
        for row in rows
    ]  # fmt: skip


async def recalled(tx: Tx, cards: Sequence[Open], at: datetime) -> None:
    """Note that these cards were recalled."""
    await tx.execute(
        "UPDATE product_card AS p SET recalled_at = $3 FROM unnest($1::uuid[], $2::uuid[]) AS gone (s, e)"
        " WHERE p.shard_key = gone.s AND p.entry_id = gone.e",
        [one.conversation_id for one in cards], [one.entry_id for one in cards], at,
    )  # fmt: skip
