"""Table `audit_run`, and the comparison's own temporary tables: every row of origin, and which were met on record."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive.types import Numbering, Origin
from visavis.custody.types import Audit, AuditState, Fault, Line, What
from visavis.kernel.db import Row, Tx

KEPT = 1000

STAGE = """
CREATE TEMP TABLE audit_line (
    number bigint NOT NULL, origin text NOT NULL, record_id uuid, thread text NOT NULL, key text NOT NULL,
    says jsonb NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE audit_met (number bigint NOT NULL) ON COMMIT DROP
"""

FILL = """
INSERT INTO audit_line (number, origin, record_id, thread, key, says)
SELECT row_number() OVER () + $2, $1, record_id, thread, key, says FROM ({sql}) AS origin
"""

# Rows that no thread of records speaks of.
UNMET = """
SELECT * FROM audit_line AS line
WHERE NOT EXISTS (SELECT FROM audit_met AS met WHERE met.number = line.number) ORDER BY number LIMIT $1
"""

LEAVES = """
SELECT leaf_index, record_id, sha256('\\x00'::bytea || envelope) AS hash
FROM log_place JOIN record USING (record_id) WHERE leaf_index >= $1 AND leaf_index < $2
"""

CLAIM = """
UPDATE audit_run SET state = 'running', started_at = $1 WHERE id = (
    SELECT id FROM audit_run WHERE state = 'queued' OR (state = 'running' AND started_at < $2)
    ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


async def stage(tx: Tx, origins: Sequence[Origin]) -> int:
    """Lay every row of origin out in one snapshot; how many there are. Must come first in its transaction."""
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    await tx.execute(STAGE)
    total = 0
    for origin in origins:
        # However many rows there are: the pool's limit is meant for requests.
        await tx.connection.execute(FILL.format(sql=origin.sql), origin.table, total, timeout=3600)
        total = int(await tx.fetchval("SELECT coalesce(max(number), 0) FROM audit_line"))
    await tx.execute("CREATE INDEX ON audit_line (thread)")
    await tx.execute("ANALYZE audit_line")
    return total


async def lines(tx: Tx, threads: Collection[str]) -> list[Line]:
    """The rows of these threads, of whichever table."""
    rows = await tx.fetch("SELECT * FROM audit_line WHERE thread = ANY($1)", list(threads))
    return [_line(row) for row in rows]


async def met(tx: Tx, numbers: Collection[int]) -> None:
    """Remember rows whose thread is on record."""
    await tx.execute("INSERT INTO audit_met SELECT unnest($1::bigint[])", list(numbers))


async def unmet(tx: Tx) -> tuple[int, list[Line]]:
    """How many rows nothing on record speaks of, and the first of them."""
    await tx.execute("CREATE INDEX ON audit_met (number)")
    total = await tx.fetchval(
        "SELECT count(*) FROM audit_line AS line WHERE NOT EXISTS"
        " (SELECT FROM audit_met AS met WHERE met.number = line.number)"
    )
    return int(total), [_line(row) for row in await tx.fetch(UNMET, KEPT)]


async def numbers(tx: Tx, numbering: Numbering) -> list[tuple[str, int, str]]:
    """Numbers that are missing from a stream or lie beyond its end."""
    rows = await tx.connection.fetch(numbering.sql, timeout=3600)
    return [(row["key"], row["no"], row["what"]) for row in rows]


async def leaves(tx: Tx, first: int, size: int) -> dict[int, tuple[UUID, bytes]]:
    """Records by their place in the log, each with its leaf hash."""
    rows = await tx.fetch(LEAVES, first, size)
    return {row["leaf_index"]: (row["record_id"], row["hash"]) for row in rows}


async def ask(
    tx: Tx, run_id: UUID, asked_by: UUID, now: datetime, state: AuditState = AuditState.QUEUED
) -> None:
    """Put a comparison in the queue, or begin it."""
    await tx.execute(
        "INSERT INTO audit_run (id, state, asked_by, asked_at, started_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        run_id, state.value, asked_by, now, None if state is AuditState.QUEUED else now,
    )  # fmt: skip


async def claim(tx: Tx, now: datetime, patience: timedelta) -> Audit | None:
    """Take the oldest one that waits, or that somebody has been at for longer than `patience`."""
    row = await tx.fetchrow(CLAIM, now, now - patience)
    return _audit(row) if row else None


async def finish(tx: Tx, one: Audit) -> None:
    """Keep what a comparison has found."""
    faults = [
        {
            "what": fault.what.value, "table": fault.table, "key": fault.key,
            "record": str(fault.record_id) if fault.record_id else None, "fields": list(fault.fields),
        }
        for fault in one.faults[:KEPT]
    ]  # fmt: skip
    await tx.execute(
        "UPDATE audit_run SET state = $2, ended_at = $3, records = $4, lines = $5, fault_count = $6,"
        " faults = $7, record_id = $8 WHERE id = $1",
        one.id, one.state.value, one.ended_at, one.records, one.lines, one.fault_count, faults,
        one.record_id,
    )  # fmt: skip


async def newest(tx: Tx, limit: int) -> list[Audit]:
    """The last comparisons, newest first."""
    rows = await tx.fetch("SELECT * FROM audit_run ORDER BY asked_at DESC, id DESC LIMIT $1", limit)
    return [_audit(row) for row in rows]


async def last_asked(tx: Tx, failed_since: datetime) -> datetime | None:
    """When the last comparison was asked for; one that failed counts where it ended after `failed_since`."""
    found: datetime | None = await tx.fetchval(
        "SELECT max(asked_at) FROM audit_run WHERE state <> 'failed' OR ended_at > $1", failed_since
    )
    return found


def _line(row: Row) -> Line:
    return Line(
        row["number"], row["origin"], row["record_id"], row["thread"], row["key"], row["says"]
    )


def _audit(row: Row) -> Audit:
    faults = tuple(
        Fault(
            What(one["what"]), one["table"], one["key"],
            UUID(one["record"]) if one["record"] else None, tuple(one["fields"]),
        )
        for one in row["faults"]
    )  # fmt: skip
    return Audit(
        row["id"], AuditState(row["state"]), row["asked_by"], row["asked_at"], row["started_at"],
        row["ended_at"], row["records"], row["lines"], row["fault_count"], faults, row["record_id"],
    )  # fmt: skip
