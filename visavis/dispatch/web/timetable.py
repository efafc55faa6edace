"""Routes of opening hours and the calendar."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, Field

from visavis.dispatch import api
from visavis.dispatch.types import (
    CalendarDay,
    Opening,
)
from visavis.dispatch.web import present
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api", tags=["dispatch"])


class SpanBody(BaseModel):
    """Opening hours of a weekday (0 Monday), local time."""

    weekday: int = Field(ge=0, le=6)
    opens: time
    closes: Annotated[time, BeforeValidator(lambda at: "00:00" if at == "24:00" else at)] = Field(
        description="24:00 and 00:00 are the end of the day."
    )


class WeekBody(BaseModel):
    """The week of a branch; empty: the usual hours."""

    week: list[SpanBody] = Field(max_length=50)


class DayBody(BaseModel):
    """A day that differs from its weekday."""

    day: date
    trading: bool
    working: bool
    note: str = Field(default="", max_length=100)


class DaysBody(BaseModel):
    """Exceptional days to add or replace."""

    days: list[DayBody] = Field(max_length=1000)


@router.get("/branches/{branch_id}/hours")
async def get_hours(edge: Signed, branch_id: UUID) -> Response:
    """The opening hours of a branch."""
    async with edge.transaction() as tx:
        return answer({"week": present.week(await api.hours_of(tx, edge.who, branch_id))})


@router.put("/branches/{branch_id}/hours")
async def put_hours(edge: Signed, branch_id: UUID, body: WeekBody) -> Response:
    """Replace the opening hours of a branch."""
    week = [Opening(one.weekday, one.opens, one.closes) for one in body.week]
    async with edge.transaction() as tx:
        return answer({"week": present.week(await api.put_hours(tx, edge.who, branch_id, week))})


@router.get("/calendar")
async def get_calendar(edge: Signed, first: date, last: date) -> Response:
    """The days that differ from their weekday."""
    async with edge.transaction() as tx:
        found = await api.calendar(tx, edge.who, first, last)
        return answer({"items": [present.day(one) for one in found], "next": None})


@router.put("/calendar")
async def put_calendar(edge: Signed, body: DaysBody) -> Response:
    """Add or replace holidays and make-up working days."""
    days = [CalendarDay(one.day, one.trading, one.working, one.note) for one in body.days]
    async with edge.transaction() as tx:
        return answer({"days": await api.put_calendar(tx, edge.who, days)})


@router.delete("/calendar/{day}", status_code=204)
async def remove_day(edge: Signed, day: date) -> None:
    """Let a day be like its weekday again."""
    async with edge.transaction() as tx:
        await api.remove_day(tx, edge.who, day)
