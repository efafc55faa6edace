"""Routes of analytics: the live board and the funnel."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from visavis.analytics import api
from visavis.analytics.types import Board, BoardLane, BoardList, By, FunnelRow
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api", tags=["analytics"])

World = Literal["real", "simulated", "test"]
ListKind = Literal["waiting", "accepted", "abandoned", "sleeping", "opened", "free", "on_duty"]


class RehearsalIn(BaseModel):
    """Whether simulated people should play."""

    running: bool


Names = dict[UUID, tuple[str, str]]


@router.get("/board")
async def get_board(edge: Signed, environment: World = "real") -> Response:
    """The live board; `environment=simulated` shows a rehearsal."""
    async with edge.transaction() as tx:
        found = await api.board(tx, edge.who, Environment(environment))
    return answer(present_board(found, edge.language))


@router.get("/board/list")
async def get_board_list(
    edge: Signed, kind: ListKind, branch: UUID | None = None,
    topic: Annotated[str | None, Query(max_length=40)] = None, environment: World = "real",
) -> Response:  # fmt: skip
    """What is behind a number of the board."""
    async with edge.transaction() as tx:
        found = await api.board_list(tx, edge.who, Environment(environment), kind, branch, topic)
    return answer({"items": present_list(found, edge.language), "next": None})


@router.get("/funnel")
async def get_funnel(edge: Signed, by: By = By.BRANCH, environment: World = "real") -> Response:
    """The connection funnel by branch or advisor; definitions with the door."""
    async with edge.transaction() as tx:
        found = await api.funnel(tx, edge.who, by, Environment(environment))
    return answer(
        {
            **_counts(found.total),
            "by": found.by,
            "dormant_days": found.dormant_days,
            "environment": found.environment,
            "items": [
                {
                    "id": one.id,
                    "name": _word((one.name, one.name_en), edge.language),
                    **_counts(one),
                }
                for one in found.rows
            ],
        }
    )


@router.get("/rehearsal")
async def get_rehearsal(edge: Signed) -> Response:
    """Whether a rehearsal should be running here."""
    async with edge.transaction() as tx:
        running = await api.rehearsal(tx, edge.who)
    return answer({"running": running})


@router.put("/rehearsal")
async def put_rehearsal(edge: Signed, body: RehearsalIn) -> Response:
    """Start or stop the rehearsal."""
    async with edge.transaction() as tx:
        await api.set_rehearsal(tx, edge.who, body.running)
    return answer({"running": body.running})


def present_board(found: Board, language: str) -> dict[str, Any]:
    """The board on the wire; ages in whole seconds at the moment `at`."""
    figures, totals = found.figures, found.figures.totals
    ages = [clock.between_s(one.oldest, figures.at) for one in figures.lanes]
    return {
        "at": clock.to_ms(figures.at),
        "environment": found.environment,
        "waiting": sum(one.waiting for one in figures.lanes),
        "oldest_s": round(max(ages)) if ages else None,
        "fill_rate": totals.filled / totals.opened if totals.opened else None,
        "free": sum(one.free for one in figures.crews),
        "on_duty": sum(one.on_duty for one in figures.crews),
        "first_response": {
            "p50_s": _whole(totals.p50_s),
            "p95_s": _whole(totals.p95_s),
            "count": totals.answered,
        },
        "abandoned": totals.abandoned,
        "opened": totals.opened,
        "window_s": 4 * 3600,
        "lanes": [_lane(found, one, language) for one in found.lanes],
        "branches": [
            {"branch": _branch(found.branches, branch_id, language), "free": free}
            for branch_id, free in found.free_by_branch.items()
        ],
        "series": [
            {
                "at": clock.to_ms(one.at),
                "opened": one.opened,
                "accepted": one.accepted,
                "abandoned": one.abandoned,
                "waiting": one.waiting,
            }
            for one in figures.series
        ],
    }


def present_list(found: BoardList, language: str) -> list[dict[str, Any]]:
    """Requests without their client, or advisors."""
    requests = [
        {
            "request": one.id,
            "branch": _branch(found.branches, one.branch_id, language),
            "topic": one.topic,
            "capability": one.capability,
            "language": one.language,
            "state": one.state,
            "stage": one.stage.name.lower(),
            "opened_at": clock.to_ms(one.opened_at),
            "waiting_since": clock.to_ms(one.waiting_since),
            "advisor": _person(found.names, one.advisor_id, language),
        }
        for one in found.requests
    ]
    duty = [
        {
            "advisor": _person(found.names, one.staff_id, language),
            "branch": _branch(found.branches, one.branch_id, language),
            "topics": one.topics,
            "status": one.status,
            "used": one.used,
            "capacity": one.capacity,
            "free": one.free,
        }
        for one in found.duty
    ]
    return [*requests, *duty]


def _lane(found: Board, one: BoardLane, language: str) -> dict[str, Any]:
    age = clock.between_s(one.oldest, found.figures.at) if one.oldest else None
    return {
        "branch": _branch(found.branches, one.branch_id, language),
        "topic": one.topic,
        "waiting": one.waiting,
        "oldest_s": _whole(age),
        "free": one.free,
    }


def _branch(branches: Names, branch_id: UUID | None, language: str) -> dict[str, Any] | None:
    return (
        None
        if branch_id is None
        else {"id": branch_id, "name": _word(branches.get(branch_id), language)}
    )


def _person(names: Names, person_id: UUID | None, language: str) -> dict[str, Any] | None:
    return (
        None
        if person_id is None
        else {"id": person_id, "name": _word(names.get(person_id), language)}
    )


def _word(names: tuple[str, str] | None, language: str) -> str:
    name, name_en = names or ("", "")
    return (name_en if language == "en" else "") or name


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _counts(one: FunnelRow) -> dict[str, int]:
    return {
        "assigned": one.assigned,
        "never_met": one.never_met,
        "connected": one.connected,
        "activated": one.activated,
        "active": one.active,
        "dormant": one.dormant,
        "lost": one.lost,
    }
