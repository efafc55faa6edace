"""Tables `contact_preference` and `contact_bar`: what clients wish of those who would reach them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.connections.types import Bar, Barred, ContactWishes
from visavis.kernel.db import Tx

PREFER = """
INSERT INTO contact_preference (client_id, greetings, quiet_from, quiet_to, cap, at, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (client_id) DO UPDATE
SET greetings = $2, quiet_from = $3, quiet_to = $4, cap = $5, at = $6, record_id = $7
"""
KEEP_BAR = """
INSERT INTO contact_bar (id, client_id, staff_id, kind, standing, at, record_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (client_id, staff_id, kind) DO UPDATE SET standing = $5, at = $6, record_id = $7
"""


async def wishes(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, ContactWishes]:
    """What these clients have wished; whoever is missing has said nothing."""
    rows = await tx.fetch(
        "SELECT client_id, greetings, quiet_from, quiet_to, cap FROM contact_preference"
        " WHERE client_id = ANY($1)",
        list(client_ids),
    )
    return {
        row["client_id"]: ContactWishes(
            row["greetings"], row["quiet_from"], row["quiet_to"], row["cap"]
        )
        for row in rows
    }


async def prefer(
    tx: Tx, client_id: UUID, wished: ContactWishes, at: datetime, record: UUID
) -> None:
    """Keep a client's wishes."""
    await tx.execute(
        PREFER, client_id, wished.greetings, wished.quiet_from, wished.quiet_to, wished.cap, at, record
    )  # fmt: skip


async def bar_id(tx: Tx, client_id: UUID, staff_id: UUID, kind: Bar) -> tuple[UUID, bool] | None:
    """The id of a bar that was ever laid, and whether it stands, under lock."""
    row = await tx.fetchrow(
        "SELECT id, standing FROM contact_bar WHERE client_id = $1 AND staff_id = $2 AND kind = $3 FOR UPDATE",
        client_id, staff_id, kind.value,
    )  # fmt: skip
    return (row["id"], row["standing"]) if row else None


async def keep_bar(
    tx: Tx, bar: UUID, client_id: UUID, barred: Barred, standing: bool, record: UUID
) -> None:
    """Keep a bar, or that it was lifted."""
    await tx.execute(
        KEEP_BAR, bar, client_id, barred.staff_id, barred.kind.value, standing, barred.at, record
    )


async def bars(
    tx: Tx, client_ids: Collection[UUID], kind: Bar | None = None
) -> dict[UUID, list[Barred]]:
    """The bars of these clients that stand, the newest first."""
    rows = await tx.fetch(
        "SELECT client_id, staff_id, kind, at FROM contact_bar WHERE client_id = ANY($1) AND standing"
        " AND ($2::text IS NULL OR kind = $2) ORDER BY at DESC, id DESC",
        list(client_ids), kind.value if kind else None,
    )  # fmt: skip
    found: dict[UUID, list[Barred]] = {}
    for row in rows:
        one = Barred(row["staff_id"], Bar(row["kind"]), row["at"])
        found.setdefault(row["client_id"], []).append(one)
    return found


async def blocked(tx: Tx, client_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each of these clients the staff whom she has blocked."""
    found = await bars(tx, client_ids, Bar.BLOCK)
    return {key: frozenset(one.staff_id for one in found.get(key, ())) for key in client_ids}
