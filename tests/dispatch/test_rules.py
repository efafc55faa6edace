"""Single decisions, where a story would be long: hours without a branch's own, a hold of 0 s, who fills up offers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from tests.dispatch.test_market import BRANCHES, POLICY, START, TERMS
from visavis.dispatch.rules import states
from visavis.dispatch.rules.candidates import Advisor, Case
from visavis.dispatch.rules.hours import Hours, usual
from visavis.dispatch.rules.ladder import decide
from visavis.dispatch.rules.plans import View
from visavis.dispatch.types import (
    CalendarDay,
    Choice,
    Load,
    Mode,
    Offer,
    OfferState,
    Opening,
    Request,
    Stage,
    State,
    Status,
)
from visavis.kernel.auth import Environment

SATURDAY_NOON = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def advisor(number: int, **load: object) -> Advisor:
    one = UUID(int=number)
    held = replace(Load(one, 0, 2, Status.ONLINE, START, False, 0, 0, None), **load)  # type: ignore[arg-type]
    return Advisor(
        one, Environment.REAL, frozenset({"zh-CN"}), frozenset({"fees"}), BRANCHES[0], "", {}, held
    )


def request(number: int, state: State = State.WAITING, **details: object) -> Request:
    one = UUID(int=1000 + number)
    plain = Request(
        id=one, client_id=one, conversation_id=one, environment=Environment.REAL, topic="fees", language="zh-CN",
        capability="serve", context={}, summary="", own_advisor_id=None, branch_id=None, wait_for="anyone",
        state=state, stage=Stage.OWN, excluded=(), version=0, due_at=None, opened_at=START, waiting_since=START,
        client_seen_at=START, touched_at=START,
    )  # fmt: skip
    return replace(plain, **details)  # type: ignore[arg-type]


def view(
    *cases: Case, staff: tuple[Advisor, ...] = (), now: datetime = START, **terms: object
) -> View:
    hours = Hours(TERMS.zone, usual(POLICY))
    return View(now, cases, staff, hours, replace(TERMS, **terms), POLICY)  # type: ignore[arg-type]


def offer(number: int, to: int, of: Request, **details: object) -> Offer:
    plain = Offer(
        UUID(int=2000 + number), of.id, UUID(int=to), UUID(int=0), 1, 1, OfferState.LIVE, (), None, START,
        START + timedelta(seconds=20),
    )  # fmt: skip
    return replace(plain, **details)  # type: ignore[arg-type]


def test_a_branch_has_its_own_hours_or_the_usual_ones() -> None:
    saturday = {BRANCHES[0]: (Opening(5, time(9), time(18)),)}
    hours = Hours(TERMS.zone, usual(POLICY), saturday)
    assert hours.is_open(SATURDAY_NOON, BRANCHES[0])
    assert not hours.is_open(SATURDAY_NOON, BRANCHES[1])
    assert hours.next_opening(SATURDAY_NOON, BRANCHES[1]) == datetime(
        2026, 11, 30, 1, 0, tzinfo=UTC
    )


def test_a_day_without_end_has_no_night() -> None:
    always = tuple(Opening(day, time(0), time(0)) for day in range(7))
    hours = Hours(TERMS.zone, always)
    last_minute = datetime(2026, 11, 23, 15, 59, 30, tzinfo=UTC)
    assert all(hours.is_open(last_minute + timedelta(minutes=n)) for n in range(3))
    evening = Hours(TERMS.zone, (Opening(0, time(18), time(0)),))
    assert evening.is_open(last_minute)
    assert not evening.is_open(last_minute + timedelta(minutes=1))
    assert evening.slots(last_minute - timedelta(hours=2), 1, 60)[-1] == last_minute.replace(
        minute=0, second=0
    )


def test_a_firm_that_never_opens_has_no_next_opening() -> None:
    days = {
        date(2026, 11, 20) + timedelta(days=n): CalendarDay(date.min, False, False)
        for n in range(60)
    }
    hours = Hours(TERMS.zone, usual(POLICY), {}, days)
    assert hours.next_opening(START) is None
    assert hours.slots(START, 7, 30) == []
    never = view(Case(request(1, stage=Stage.NIGHT)), now=START)
    assert decide(replace(never, hours=hours)) == []


def test_without_a_hold_a_full_own_advisor_is_passed_by() -> None:
    own, other = advisor(1, used=2), advisor(2)
    case = Case(request(1, own_advisor_id=own.id))
    (held,) = decide(view(case, staff=(own, other)))
    assert held.mode is Mode.HOLD
    (move,) = decide(view(case, staff=(own, other), own_hold_s=0))
    assert [one.advisor.id for one in move.offers] == [other.id]


def test_a_pooled_request_is_filled_up_to_k_offers() -> None:
    asked = request(1, State.POOLED, stage=Stage.POOL)
    standing = (offer(1, 1, asked), offer(2, 2, asked))
    staff = tuple(advisor(number) for number in (1, 2, 3, 4))
    (move,) = decide(view(Case(asked, standing), staff=staff))
    assert [one.advisor.id for one in move.offers] == [UUID(int=3)]
    assert move.state is State.POOLED


def test_what_sleeps_is_left_alone_until_it_is_due() -> None:
    later = START + timedelta(hours=1)
    case = Case(request(1, State.MESSAGE_LEFT, due_at=later))
    assert decide(view(case)) == []
    (move,) = decide(view(case, now=later))
    assert (move.state, move.stage, move.woken) == (State.WAITING, Stage.OWN, True)


def test_who_waits_for_his_own_advisor_leaves_a_message_at_night() -> None:
    away = advisor(1, status=Status.OFF, seen_at=NIGHT)
    duty = advisor(2, seen_at=NIGHT)
    mine = request(
        1, own_advisor_id=away.id, wait_for="mine", client_seen_at=NIGHT, waiting_since=NIGHT
    )
    (move,) = decide(view(Case(mine), staff=(away, duty), now=NIGHT))
    assert (move.stage, move.offers) == (Stage.NIGHT, ())


def test_choices_fit_the_moment() -> None:
    own = UUID(int=1)
    assert states.choices(request(1), START) == (Choice.MESSAGE, Choice.CANCEL)
    assert states.choices(request(1, own_advisor_id=own), START) == (
        Choice.WAIT, Choice.ANOTHER, Choice.MESSAGE, Choice.CANCEL,
    )  # fmt: skip
    assert Choice.WAIT not in states.choices(request(1, own_advisor_id=own, wait_for="mine"), START)
    assert Choice.ANOTHER not in states.choices(
        request(1, own_advisor_id=own, stage=Stage.OFFER), START
    )
    assert states.choices(request(1, State.SCHEDULED), START) == (Choice.CANCEL,)
    assert states.choices(request(1, State.ANSWERED), START) == ()
