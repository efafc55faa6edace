"""The door of analytics: the board, what is behind its numbers, the funnel, and keeping facts."""

from dataclasses import replace
from uuid import UUID

from visavis.analytics import rules, store
from visavis.analytics.rules import spoke_id
from visavis.analytics.types import (
    Board,
    BoardList,
    By,
    Fact,
    Funnel,
    FunnelRow,
    NoRehearsal,
)
from visavis.archive import api as archive
from visavis.archive.types import Fact as ArchiveFact
from visavis.connections import api as connections
from visavis.dispatch import api as dispatch
from visavis.identity import api as identity
from visavis.kernel import installation
from visavis.kernel.auth import Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden

__all__ = [
    "ERASURES", "board", "board_list", "counts", "funnel", "keep", "rehearsal", "set_rehearsal", "spoke_id",
]  # fmt: skip

ERASURES = store.ERASURES
DORMANT_DAYS = 30
ADVISORS = frozenset({"free", "on_duty"})


async def board(tx: Tx, actor: Actor, environment: Environment = Environment.REAL) -> Board:
    """The live board of one world; simulated people are in their own. Raises `Forbidden`."""
    _check(actor)
    figures = await dispatch.board(tx, actor, environment)
    return Board(
        figures,
        rules.lanes(figures.lanes, figures.crews),
        await _branches(tx, actor),
        environment,
        rules.free_by_branch(figures.crews),
    )


async def board_list(
    tx: Tx,
    actor: Actor,
    environment: Environment,
    kind: str,
    branch_id: UUID | None,
    topic: str | None,
) -> BoardList:
    """What is behind a number: `free`, `on_duty`, `waiting`, `accepted`, `abandoned`, `sleeping` or `opened`.

    Raises `Forbidden`.
    """
    _check(actor)
    branches = await _branches(tx, actor)
    if kind not in ADVISORS:
        found = tuple(await dispatch.listed(tx, actor, environment, kind, branch_id, topic))
        people = [one.advisor_id for one in found if one.advisor_id is not None]
        return BoardList(found, (), await _names(tx, people), branches)
    duty = tuple(
        one
        for one in await dispatch.duty(tx, environment)
        if (kind == "on_duty" or one.free)
        and (branch_id is None or one.branch_id == branch_id)
        and (topic is None or topic in one.topics)
    )
    return BoardList((), duty, await _names(tx, [one.staff_id for one in duty]), branches)


async def funnel(
    tx: Tx, actor: Actor, by: By, environment: Environment = Environment.REAL
) -> Funnel:
    """How far the firm's clients have come, by branch or advisor. Raises `Forbidden`.

    assigned: own connections by the firm's book that stand, met or not; never_met: of these, nobody was in contact yet;
    connected: established and standing; activated: both sides spoke within 7 days of each other (ActivatedConnection,
    our definition); active: in contact within the last 30 days; dormant: connected and silent for longer; lost: the own
    connection ended and nobody has succeeded.
    """
    _check(actor)
    there = replace(actor, environment=environment)
    activated = await store.activated(tx, environment)
    found = await connections.funnel(tx, there, DORMANT_DAYS)
    staff = await identity.staff(tx, [row["staff_id"] for row in found])
    rows = []
    for row in found:
        one = staff.get(row["staff_id"])
        rows.append(
            (
                one.branch_id if one else None,
                FunnelRow(
                    row["staff_id"], one.name if one else "", one.name_en if one else "",
                    row["assigned"], row["never_met"], row["connected"], activated.get(row["staff_id"], 0),
                    row["active"], row["dormant"], row["lost"],
                ),
            )
        )  # fmt: skip
    parts = (
        rules.by_branch(rows, await _branches(tx, actor))
        if by is By.BRANCH
        else tuple(sorted((row for _, row in rows), key=lambda one: (-one.assigned, one.name)))
    )
    whole = rules.total((row for _, row in rows), FunnelRow(None, "", ""))
    return Funnel(whole, parts, by, DORMANT_DAYS, environment)


async def keep(tx: Tx, *facts: Fact) -> None:
    """Keep facts; the same event delivered again changes nothing."""
    await store.keep(tx, facts)


async def counts(
    tx: Tx, actor: Actor, environment: Environment = Environment.REAL
) -> dict[str, int]:
    """How many facts of each kind there are in one world. Raises `Forbidden`."""
    _check(actor)
    return await store.counts(tx, environment)


def _check(actor: Actor) -> None:
    if not rules.may_see_figures(actor):
        raise Forbidden


async def _branches(tx: Tx, actor: Actor) -> dict[UUID, tuple[str, str]]:
    return {one.id: (one.name, one.name_en) for one in await identity.branches(tx, actor)}


async def _names(tx: Tx, ids: list[UUID]) -> dict[UUID, tuple[str, str]]:
    return {key: (one.name, one.name_en) for key, one in (await identity.people(tx, ids)).items()}


async def rehearsal(tx: Tx, actor: Actor) -> bool:
    """Whether simulated people should be playing here. Raises `Forbidden`, `NoRehearsal`."""
    _check(actor)
    if not (await installation.current(tx)).admits_simulated:
        raise NoRehearsal
    return bool(await store.rehearsal(tx))


async def set_rehearsal(tx: Tx, actor: Actor, running: bool) -> None:
    """Start or stop the rehearsal; the players look at this every few seconds. Raises `Forbidden`, `NoRehearsal`."""
    if not rules.may_rehearse(actor):
        raise Forbidden
    if not (await installation.current(tx)).admits_simulated:
        raise NoRehearsal
    await store.set_rehearsal(tx, actor.person_id, running)
    await archive.append_one(
        tx,
        ArchiveFact(
            "rehearsal", actor.person_id, actor.person_id, actor.environment, {"running": running}
        ),
    )
