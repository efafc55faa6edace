"""Tables `login_session`, `one_time_token`, `attempt`: sessions, single-use tokens, counters of attempts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.identity.types import PersonKind
from visavis.kernel import clock
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id

SESSION = """
SELECT l.id, l.token_hash, l.kind, l.context, l.seen_at, l.expires_at, p.id AS person_id, p.environment, p.name,
       p.language, p.status, s.roles, s.branch_id
FROM login_session AS l JOIN person AS p ON p.id = l.person_id LEFT JOIN staff AS s ON s.person_id = p.id
WHERE l.revoked_at IS NULL AND l.expires_at > $2 AND
"""

COUNT = """
INSERT INTO attempt (key, window_start, count) VALUES ($1, $2, $3)
ON CONFLICT (key, window_start) DO UPDATE SET count = greatest(0, attempt.count + $3)
RETURNING count
"""


async def sessions_by_hash(tx: Tx, hashes: Collection[bytes]) -> dict[bytes, Row]:
    """The live sessions of these tokens."""
    rows = await tx.fetch(SESSION + "l.token_hash = ANY($1)", list(hashes), clock.now())
    return {row["token_hash"]: row for row in rows}


async def session_by_id(tx: Tx, session_id: UUID) -> Row | None:
    """The live session with this id."""
    return (await sessions_by_id(tx, [session_id])).get(session_id)


async def ended(tx: Tx, person_ids: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """Per person how many sessions have been revoked, of those that would still be good."""
    rows = await tx.fetch(
        "SELECT person_id, count(*) AS ended FROM login_session"
        " WHERE person_id = ANY($1) AND revoked_at IS NOT NULL AND expires_at > $2 GROUP BY person_id",
        list(person_ids), clock.now(),
    )  # fmt: skip
    return [(row["person_id"], row["ended"]) for row in rows]


async def sessions_by_id(tx: Tx, session_ids: Collection[UUID]) -> dict[UUID, Row]:
    """Those of these sessions that are live."""
    rows = await tx.fetch(SESSION + "l.id = ANY($1)", list(session_ids), clock.now())
    return {row["id"]: row for row in rows}


async def touch(tx: Tx, session_ids: Collection[UUID]) -> None:
    """Note that the sessions are in use; whose row is being changed at this moment is noted by the next use."""
    await tx.execute(
        "UPDATE login_session SET seen_at = $2 WHERE id IN (SELECT id FROM login_session WHERE id = ANY($1)"
        " FOR NO KEY UPDATE SKIP LOCKED)",
        list(session_ids), clock.now(),
    )  # fmt: skip


async def add_session(
    tx: Tx,
    token_hash: bytes,
    person_id: UUID,
    kind: PersonKind,
    expires_at: datetime,
    context: Mapping[str, Any],
    device: str,
) -> UUID:
    """Begin a session."""
    session_id = new_id()
    await tx.execute(
        "INSERT INTO login_session"
        " (id, token_hash, person_id, kind, context, device, created_at, seen_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        session_id, token_hash, person_id, kind.value, dict(context), device, clock.now(),
        expires_at,
    )  # fmt: skip
    return session_id


async def revoke(tx: Tx, session_id: UUID) -> None:
    """End one session."""
    await tx.execute(
        "UPDATE login_session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        session_id,
        clock.now(),
    )


async def revoke_all(tx: Tx, person_id: UUID) -> int:
    """End every session of a person; returns how many there were."""
    return await tx.execute(
        "UPDATE login_session SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL",
        person_id,
        clock.now(),
    )


async def add_token(
    tx: Tx,
    token_hash: bytes,
    purpose: str,
    person_id: UUID | None,
    data: Mapping[str, Any],
    expires_at: datetime,
) -> None:
    """Keep a single-use token by its hash."""
    await tx.execute(
        "INSERT INTO one_time_token (token_hash, purpose, person_id, data, expires_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        token_hash, purpose, person_id, dict(data), expires_at,
    )  # fmt: skip


async def use_token(tx: Tx, token_hash: bytes, purpose: str) -> Row | None:
    """Spend a single-use token: of two who try, one gets the row."""
    return (await use_tokens(tx, [token_hash], purpose)).get(token_hash)


async def use_tokens(tx: Tx, hashes: Collection[bytes], purpose: str) -> dict[bytes, Row]:
    """Spend single-use tokens, locked in their order; those that were still good, by hash."""
    rows = await tx.fetch(
        "UPDATE one_time_token SET used_at = $3 WHERE token_hash IN ("
        "SELECT token_hash FROM one_time_token WHERE token_hash = ANY($1) AND purpose = $2 AND used_at IS NULL"
        " AND expires_at > $3 ORDER BY token_hash FOR NO KEY UPDATE) RETURNING token_hash, person_id, data",
        list(hashes), purpose, clock.now(),
    )  # fmt: skip
    return {row["token_hash"]: row for row in rows}


async def live_token(tx: Tx, token_hash: bytes, purpose: str) -> Row | None:
    """A token that is still good, locked until the transaction ends."""
    return await tx.fetchrow(
        "SELECT person_id, data FROM one_time_token WHERE token_hash = $1 AND purpose = $2"
        " AND used_at IS NULL AND expires_at > $3 FOR UPDATE",
        token_hash, purpose, clock.now(),
    )  # fmt: skip


async def cancel_tokens(tx: Tx, person_id: UUID, purpose: str) -> None:
    """Make a person's unused tokens of one purpose worthless."""
    await tx.execute(
        "UPDATE one_time_token SET used_at = $3"
        " WHERE person_id = $1 AND purpose = $2 AND used_at IS NULL",
        person_id, purpose, clock.now(),
    )  # fmt: skip


async def count(tx: Tx, key: str, window: timedelta, by: int = 1) -> tuple[int, int]:
    """Add to a counter of a fixed window; returns its new value and the seconds until the window ends."""
    now = clock.now()
    size = int(window.total_seconds())
    start = clock.from_us(clock.to_us(now) // 1_000_000 // size * size * 1_000_000)
    value = int(await tx.fetchval(COUNT, key, start, by))
    return value, max(1, int((start + window - now).total_seconds()) + 1)


async def sweep(tx: Tx, before: datetime, used_before: datetime) -> int:
    """Delete counters, single-use tokens and sessions that ended `before`, and older notes of used tokens."""
    gone = await tx.execute("DELETE FROM attempt WHERE window_start < $1", before)
    gone += await tx.execute("DELETE FROM one_time_token WHERE expires_at < $1", before)
    gone += await tx.execute("DELETE FROM used_token WHERE expires_at < $1", used_before)
    return gone + await tx.execute("DELETE FROM login_session WHERE expires_at < $1", before)
