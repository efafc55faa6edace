"""Decisions of analytics without I/O: who may see figures, lanes, sums of the funnel."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from visavis.analytics.types import BoardLane, FunnelRow
from visavis.dispatch.types import Crew, Lane
from visavis.kernel.auth import Actor, Role


def may_see_figures(actor: Actor) -> bool:
    """Whether the actor may see the firm in numbers; nobody's conversation is among them."""
    return actor.has(Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)


def may_rehearse(actor: Actor) -> bool:
    """Whether the actor runs the platform, and so starts and stops rehearsals."""
    return actor.has(Role.OPERATOR)


def lanes(waiting: Iterable[Lane], crews: Iterable[Crew]) -> tuple[BoardLane, ...]:
    """Lanes in which somebody waits or could be served, the longest line first.

    Who waits stands in the lane of his own advisor's branch; an advisor is free in every topic of his, in his branch.
    """
    free: Counter[tuple[UUID | None, str]] = Counter()
    for crew in crews:
        if crew.free:
            free.update({(crew.branch_id, topic): crew.free for topic in crew.topics})
    found = {
        (one.branch_id, one.topic): BoardLane(
            one.branch_id, one.topic, one.waiting, one.oldest, free[one.branch_id, one.topic]
        )
        for one in waiting
    }
    for (branch_id, topic), count in free.items():
        found.setdefault((branch_id, topic), BoardLane(branch_id, topic, 0, None, count))
    return tuple(
        sorted(found.values(), key=lambda one: (-one.waiting, str(one.branch_id or ""), one.topic))
    )


def free_by_branch(crews: Iterable[Crew]) -> dict[UUID | None, int]:
    """How many advisors of each branch are free now, each counted once however many topics are his."""
    free: Counter[UUID | None] = Counter()
    for crew in crews:
        if crew.free:
            free[crew.branch_id] += crew.free
    return dict(free)


def total(rows: Iterable[FunnelRow], name: FunnelRow) -> FunnelRow:
    """The sum of the rows under the id and names of `name`."""
    found = list(rows)
    return FunnelRow(
        name.id, name.name, name.name_en,
        sum(one.assigned for one in found),
        sum(one.never_met for one in found),
        sum(one.connected for one in found),
        sum(one.activated for one in found),
        sum(one.active for one in found),
        sum(one.dormant for one in found),
        sum(one.lost for one in found),
    )  # fmt: skip


def by_branch(
    rows: Sequence[tuple[UUID | None, FunnelRow]], branches: Mapping[UUID, tuple[str, str]]
) -> tuple[FunnelRow, ...]:
    """Rows of advisors, each with his branch, summed by branch in the order of their names."""
    found: dict[UUID | None, list[FunnelRow]] = {}
    for branch_id, row in rows:
        found.setdefault(branch_id, []).append(row)
    summed = [
        total(
            parts,
            FunnelRow(branch_id, *(branches.get(branch_id, ("", "")) if branch_id else ("", ""))),
        )
        for branch_id, parts in found.items()
    ]
    return tuple(sorted(summed, key=lambda one: (one.name, str(one.id or ""))))


def spoke_id(conversation_id: UUID, side: str, speaker_id: UUID, at: datetime) -> UUID:
    """One id per conversation, speaker and day, so that a day's talk is one fact."""
    return uuid5(conversation_id, f"{side} {speaker_id} {at.date()}")
