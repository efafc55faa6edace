"""Tables `review_item`, `review_verdict` and `disposition`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.ids import new_id
from visavis.review.types import Fresh, Grade, Item, ItemKind, Step, Verdict, Which

OPEN = """
INSERT INTO review_item (id, environment, kind, conversation_id, entry_id, client_id, subject_id, branch_id, action,
    categories, policies, spans, other_entry_id, score, severity, said_at, opened_at, due_at, deadline_at, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (entry_id, kind) DO NOTHING
"""

# Severity times the ranker's score times age (one day doubles it); $1 is now.
RISK = """
(i.severity * (i.score + 100) * (1 + greatest(extract(epoch FROM $1::timestamptz - i.opened_at), 0) / 86400.0))
"""

# Whom an item may reach: never its subject, by the house's rule not his branch, the chief's only the chief. The same
# bounds hold for lists, counts, next and single items: $2 environment, $3 reviewer, $4 barred branch, $5 chief,
# $6 colleagues may only begin.
SCOPE = """
i.environment = $2 AND i.subject_id <> $3 AND ($4::uuid IS NULL OR i.branch_id IS DISTINCT FROM $4)
    AND ($5 OR i.state <> 'chief')
    AND ($6::uuid IS NULL OR i.branch_id IS DISTINCT FROM $6 OR (i.state = 'open' AND i.kind <> 'hold')
         OR i.state = 'closed')
"""
MINE = " NOT EXISTS (SELECT FROM review_verdict AS v WHERE v.item_id = i.id AND v.reviewer_id = $3)"

# A held message that was refused before anybody judged it waits for nobody: it stands in a list of its own.
OVER = "(i.kind = 'hold' AND i.state = 'open' AND i.deadline_at IS NULL)"

NEXT = f"""
UPDATE review_item SET claimed_by = $3, claimed_until = $7 WHERE id = (
    SELECT i.id FROM review_item AS i
    WHERE {SCOPE} AND i.state <> 'closed' AND NOT {OVER} AND {MINE} AND ($8::text IS NULL OR i.kind = $8)
        AND (i.claimed_until IS NULL OR i.claimed_until <= $1 OR i.claimed_by = $3)
    ORDER BY (i.claimed_by IS NOT DISTINCT FROM $3 AND i.claimed_until > $1) DESC, i.deadline_at IS NULL,
        {RISK} DESC, i.id
    LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *, 0 AS risk
"""

CLAIM = """
UPDATE review_item SET claimed_by = $2, claimed_until = $4
WHERE id = $1 AND state <> 'closed' AND (claimed_until IS NULL OR claimed_until <= $3 OR claimed_by = $2)
"""

LISTED = f"""
SELECT i.*, {RISK}::bigint AS risk FROM review_item AS i
WHERE {SCOPE} AND ($7::text IS NULL OR i.kind = $7)
    AND CASE $8 WHEN 'closed' THEN i.state = 'closed' WHEN 'over' THEN {OVER} AND {MINE}
        ELSE i.state <> 'closed' AND NOT {OVER} AND {MINE} END
ORDER BY i.closed_at DESC NULLS LAST, (i.deadline_at IS NULL), risk DESC, i.id LIMIT $9
"""

COUNTS = f"""
SELECT i.kind, i.state, {OVER} AS over, count(*) AS items, count(*) FILTER (WHERE i.due_at <= $1) AS overdue
FROM review_item AS i WHERE {SCOPE} AND i.state <> 'closed' AND {MINE} GROUP BY i.kind, i.state, over
"""

# What the last ninety days of samples say about what is missed.
ELUSION = """
SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.violation) AS found FROM disposition AS d
JOIN review_item AS i ON i.id = d.item_id
WHERE d.source = 'sample' AND i.environment = $1 AND d.at > $2 AND i.subject_id <> $3
"""

# What reviewers have said about each policy's alerts.
SAID_OF = """
SELECT policy, count(*) AS judged, count(*) FILTER (WHERE NOT d.violation) AS harmless
FROM disposition AS d JOIN review_item AS i ON i.id = d.item_id, jsonb_array_elements_text(d.policies) AS policy
WHERE i.environment = $1 AND d.at > $2 AND i.subject_id <> $3 GROUP BY policy ORDER BY harmless DESC, policy
"""

# What is told to the reviewers at $1: what waits, once, when it is due; what is over, at once, and again after $2.
DUE = f"""
UPDATE review_item SET overdue_at = $1 WHERE id IN (SELECT id FROM review_item AS i
    WHERE state <> 'closed' AND CASE WHEN {OVER} THEN overdue_at IS NULL OR overdue_at <= $2
        ELSE overdue_at IS NULL AND due_at <= $1 END
    ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING *, 0 AS risk
"""
EXPIRED = """
SELECT i.*, 0 AS risk FROM review_item AS i
WHERE i.kind = 'hold' AND i.deadline_at <= $1 ORDER BY i.deadline_at LIMIT 200 FOR UPDATE SKIP LOCKED
"""

DISPOSE = """
INSERT INTO disposition (item_id, entry_id, conversation_id, direction, categories, policies, action, score, source,
    grade, violation, at)
SELECT id, entry_id, conversation_id, 'staff_to_client', categories,
    (SELECT coalesce(jsonb_agg(p ->> 'id'), '[]') FROM jsonb_array_elements(policies) AS p), action, score, kind,
    $2, $3, $4 FROM review_item WHERE id = $1
"""


def item_of(row: Row) -> Item:
    """The item in a row."""
    return Item(
        row["id"], ItemKind(row["kind"]), Environment(row["environment"]), row["conversation_id"], row["entry_id"],
        row["client_id"], row["subject_id"], row["branch_id"], row["action"], row["categories"], row["policies"],
        row["spans"], row["other_entry_id"], row["score"], row["severity"], row["said_at"], row["opened_at"],
        row["due_at"], row["deadline_at"], row["overdue_at"], Step(row["state"]), row["claimed_by"],
        row["claimed_until"], Grade(row["grade"]) if row["grade"] else None, row["closed_at"], int(row["risk"]),
    )  # fmt: skip


async def known(tx: Tx, entry_id: UUID, kind: ItemKind) -> Item | None:
    """The item about this entry."""
    row = await tx.fetchrow(
        "SELECT *, 0 AS risk FROM review_item WHERE entry_id = $1 AND kind = $2",
        entry_id,
        kind.value,
    )
    return item_of(row) if row else None


async def insert(
    tx: Tx, item_id: UUID, one: Fresh, opened_at: datetime, due_at: datetime, deadline_at: datetime | None,
    record_id: UUID,
) -> bool:  # fmt: skip
    """Open an item; false where the entry has one of this kind."""
    added = await tx.execute(
        OPEN, item_id, one.environment.value, one.kind.value, one.conversation_id, one.entry_id, one.client_id,
        one.subject_id, one.branch_id, one.action, list(one.categories), list(one.policies),
        [list(span) for span in one.spans], one.other_entry_id, one.score, one.severity, one.said_at, opened_at,
        due_at, deadline_at, record_id,
    )  # fmt: skip
    return added == 1


Bounds = tuple[datetime, str, UUID, UUID | None, bool, UUID | None]


async def take_next(tx: Tx, bounds: Bounds, until: datetime, kind: ItemKind | None) -> Item | None:
    """Put the riskiest item that may reach this reviewer into his hand; what he holds comes first."""
    row = await tx.fetchrow(NEXT, *bounds, until, kind.value if kind else None)
    return item_of(row) if row else None


async def claim(tx: Tx, item_id: UUID, person_id: UUID, now: datetime, until: datetime) -> bool:
    """Put this item into somebody's hand; false where another has it."""
    return await tx.execute(CLAIM, item_id, person_id, now, until) == 1


async def let_go(tx: Tx, item_id: UUID, person_id: UUID) -> bool:
    """Give an item back to the queue; whether it was in this person's hand."""
    return await tx.execute(
        "UPDATE review_item SET claimed_by = NULL, claimed_until = NULL WHERE id = $1 AND claimed_by = $2",
        item_id, person_id,
    ) == 1  # fmt: skip


async def locked(tx: Tx, item_id: UUID) -> Item | None:
    """One item under its lock."""
    row = await tx.fetchrow(
        "SELECT *, 0 AS risk FROM review_item WHERE id = $1 FOR UPDATE", item_id
    )
    return item_of(row) if row else None


async def listed(
    tx: Tx, bounds: Bounds, kind: ItemKind | None, which: Which, limit: int
) -> list[Item]:
    """Items that may reach this reviewer: those that wait for him or are over, by risk, or the closed, newest first."""
    rows = await tx.fetch(LISTED, *bounds, kind.value if kind else None, which, limit)
    return [item_of(row) for row in rows]


async def counts(tx: Tx, bounds: Bounds) -> list[Row]:
    """How many wait for this reviewer, by kind and step, and how many are over."""
    return await tx.fetch(COUNTS, *bounds)


async def elusion(tx: Tx, environment: str, since: datetime, viewer: UUID) -> tuple[int, int]:
    """Samples looked at since then, and breaches among them."""
    row = await tx.fetchrow(ELUSION, environment, since, viewer)
    return (row["looked_at"], row["found"]) if row else (0, 0)


async def said_of_policies(tx: Tx, environment: str, since: datetime, viewer: UUID) -> list[Row]:
    """Each policy's alerts that review has closed since then, and those that it called no breach."""
    return await tx.fetch(SAID_OF, environment, since, viewer)


async def add_verdict(tx: Tx, item_id: UUID, one: Verdict, record_id: UUID) -> None:
    """Keep a reviewer's word."""
    await tx.execute(
        "INSERT INTO review_verdict (id, item_id, step, reviewer_id, grade, note, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), item_id, one.step.value, one.reviewer_id, one.grade.value, one.note, one.at, record_id,
    )  # fmt: skip


async def verdicts(tx: Tx, item_id: UUID) -> list[Verdict]:
    """What reviewers have said about an item, in order."""
    rows = await tx.fetch(
        "SELECT * FROM review_verdict WHERE item_id = $1 ORDER BY at, id", item_id
    )
    return [
        Verdict(Step(r["step"]), r["reviewer_id"], Grade(r["grade"]), r["note"], r["at"])
        for r in rows
    ]


async def move(
    tx: Tx, item_id: UUID, state: Step, grade: Grade, closed_at: datetime | None
) -> None:
    """An item's next step; it leaves the reviewer's hand."""
    await tx.execute(
        "UPDATE review_item SET state = $2, grade = $3, closed_at = $4, claimed_by = NULL, claimed_until = NULL"
        " WHERE id = $1",
        item_id, state.value, grade.value, closed_at,
    )  # fmt: skip


async def decided(tx: Tx, entry_id: UUID) -> None:
    """The held message is released or refused: its deadline is over."""
    await tx.execute(
        "UPDATE review_item SET deadline_at = NULL WHERE entry_id = $1 AND kind = 'hold'", entry_id
    )


async def dispose(tx: Tx, item_id: UUID, grade: Grade, violation: bool, at: datetime) -> None:
    """Keep what review has come to."""
    await tx.execute(DISPOSE, item_id, grade.value, violation, at)


async def dispositions(tx: Tx, since: datetime | None, limit: int) -> list[Row]:
    """What review has come to, oldest first."""
    return await tx.fetch(
        "SELECT * FROM disposition WHERE $1::timestamptz IS NULL OR at > $1 ORDER BY at LIMIT $2",
        since,
        limit,
    )


async def violations(tx: Tx, entry_ids: Collection[UUID]) -> dict[UUID, bool]:
    """What review has called some entries in the end: a breach or none; the others are left out."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (entry_id) entry_id, violation FROM disposition WHERE entry_id = ANY($1)"
        " ORDER BY entry_id, at DESC",
        list(entry_ids),
    )
    return {row["entry_id"]: row["violation"] for row in rows}


async def mark_overdue(tx: Tx, now: datetime, again: datetime | None) -> list[Item]:
    """Items whose time has passed unnoticed until now; those that are over also where they were told by `again`."""
    return [item_of(row) for row in await tx.fetch(DUE, now, again)]


async def expired_holds(tx: Tx, now: datetime) -> list[Item]:
    """Held messages whose deadline has passed."""
    return [item_of(row) for row in await tx.fetch(EXPIRED, now)]


async def held_of(tx: Tx, whose: Sequence[tuple[UUID, UUID | None]]) -> list[Item]:
    """What these authors have held, each for everybody or for one client, under their locks."""
    rows = await tx.fetch(
        "SELECT item.*, 0 AS risk FROM review_item AS item"
        " WHERE item.kind = 'hold' AND item.deadline_at IS NOT NULL AND EXISTS ("
        "SELECT FROM unnest($1::uuid[], $2::uuid[]) AS one (staff, client) WHERE one.staff = item.subject_id"
        " AND (one.client IS NULL OR one.client = item.client_id)) ORDER BY item.deadline_at FOR UPDATE",
        [staff for staff, _ in whose], [client for _, client in whose],
    )  # fmt: skip
    return [item_of(row) for row in rows]


async def put_off(tx: Tx, item_ids: Collection[UUID], until: datetime) -> None:
    """Let the deadline of these held messages run on."""
    await tx.execute(
        "UPDATE review_item SET deadline_at = $2 WHERE id = ANY($1)", list(item_ids), until
    )


async def about(tx: Tx, ids: Sequence[UUID]) -> list[Item]:
    """These items."""
    rows = await tx.fetch(
        "SELECT *, 0 AS risk FROM review_item WHERE id = ANY($1) ORDER BY opened_at", list(ids)
    )
    return [item_of(row) for row in rows]


async def advice_at(tx: Tx, entry_id: UUID) -> tuple[UUID, UUID] | None:
    """Where a piece of advice was given: (conversation, entry)."""
    found = await tx.fetchval("SELECT conversation_id FROM advice WHERE entry_id = $1", entry_id)
    return (found, entry_id) if found else None
