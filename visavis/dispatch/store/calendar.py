"""Tables `opening_hours` and `calendar_day`: when a branch serves, and the days that differ from their weekday."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from visavis.dispatch.types import CalendarDay, Opening
from visavis.kernel.db import Tx

PUT_DAYS = """
INSERT INTO calendar_day (day, trading, working, note)
SELECT * FROM unnest($1::date[], $2::boolean[], $3::boolean[], $4::text[])
ON CONFLICT (day) DO UPDATE SET trading = excluded.trading, working = excluded.working, note = excluded.note
"""


async def weeks(tx: Tx) -> dict[UUID, tuple[Opening, ...]]:
    """The weeks of all branches that have hours of their own."""
    found: dict[UUID, tuple[Opening, ...]] = {}
    for row in await tx.fetch(
        "SELECT branch_id, weekday, opens, closes FROM opening_hours ORDER BY 1, 2, 3"
    ):
        opening = Opening(row["weekday"], row["opens"], row["closes"])
        found[row["branch_id"]] = (*found.get(row["branch_id"], ()), opening)
    return found


async def week(tx: Tx, branch_id: UUID) -> tuple[Opening, ...]:
    """The hours that were set for a branch; empty: it has the policy's."""
    rows = await tx.fetch(
        "SELECT weekday, opens, closes FROM opening_hours WHERE branch_id = $1 ORDER BY weekday, opens",
        branch_id,
    )
    return tuple(Opening(row["weekday"], row["opens"], row["closes"]) for row in rows)


async def put_week(tx: Tx, branch_id: UUID, week: Sequence[Opening]) -> None:
    """Replace the hours of a branch."""
    await tx.execute("DELETE FROM opening_hours WHERE branch_id = $1", branch_id)
    await tx.executemany(
        "INSERT INTO opening_hours (branch_id, weekday, opens, closes) VALUES ($1, $2, $3, $4)",
        [(branch_id, one.weekday, one.opens, one.closes) for one in week],
    )


async def days_between(tx: Tx, first: date, last: date) -> list[CalendarDay]:
    """The days that differ from their weekday."""
    rows = await tx.fetch(
        "SELECT * FROM calendar_day WHERE day BETWEEN $1 AND $2 ORDER BY day", first, last
    )
    return [CalendarDay(row["day"], row["trading"], row["working"], row["note"]) for row in rows]


async def trading(tx: Tx, first: date, last: date) -> dict[date, bool]:
    """Of the days that differ from their weekday, whether each is a trading day."""
    return {one.day: one.trading for one in await days_between(tx, first, last)}


async def put_days(tx: Tx, days: Sequence[CalendarDay]) -> None:
    """Add or replace exceptional days."""
    await tx.execute(
        PUT_DAYS, [one.day for one in days], [one.trading for one in days], [one.working for one in days],
        [one.note for one in days],
    )  # fmt: skip


async def remove_day(tx: Tx, day: date) -> bool:
    """Let a day be like its weekday again."""
    return await tx.execute("DELETE FROM calendar_day WHERE day = $1", day) == 1
