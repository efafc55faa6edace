"""A request never waits in the pool without a way on: who let it pass is asked again, then those on call are told."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.dispatch.service import MARGIN_PAGE, Service
from tests.dispatch.test_market import LICENCE, POLICY, START, TERMS
from tests.dispatch.test_rules import NIGHT, advisor, offer, request, view
from visavis.dispatch.rules import states
from visavis.dispatch.rules.candidates import Case, is_excluded, on_call
from visavis.dispatch.rules.ladder import decide
from visavis.dispatch.types import Choice, OfferState, Stage, State, Status

PAUSE = timedelta(seconds=TERMS.ask_again_s)
SECOND = timedelta(seconds=1)
ENDED = (OfferState.DECLINED, OfferState.EXPIRED, OfferState.ACCEPTED)


@given(
    how=st.sampled_from(ENDED),
    state=st.sampled_from([State.WAITING, State.POOLED]),
    excluded=st.booleans(),
    after=st.integers(0, 1000),
)
def test_the_only_one_who_may_is_asked_again_after_the_pause_and_not_before(
    how: OfferState, state: State, excluded: bool, after: int
) -> None:
    """Declined, missed, or dropped after accepting: the only able advisor gets it again, once his pause ends."""
    now = START + timedelta(seconds=after)
    only = advisor(1, seen_at=now)
    asked = request(
        1, state, stage=Stage.POOL if state is State.POOLED else Stage.OFFER, client_seen_at=now,
        excluded=(only.id,) if excluded else (), back_at={only.id: START + PAUSE} if excluded else {},
    )  # fmt: skip
    past = offer(1, 1, asked, state=how, ended_at=START)
    moves = decide(view(Case(asked, (past,)), staff=(only,), now=now))
    offered = [one.advisor.id for move in moves for one in move.offers]
    assert offered == ([only.id] if now >= START + PAUSE else [])


@given(after=st.integers(0, 100_000))
def test_a_conflict_of_interest_never_ends(after: int) -> None:
    now = START + timedelta(seconds=after)
    barred = UUID(int=1)
    assert is_excluded(request(1, excluded=(barred,)), barred, now)


@given(
    seconds=st.integers(0, 600), state=st.sampled_from([State.WAITING, State.POOLED, State.HELD])
)
def test_whoever_waits_unasked_is_stranded_once_and_has_ways_out(
    seconds: int, state: State
) -> None:
    now = START + timedelta(seconds=seconds)
    own = advisor(1, status=Status.BREAK, seen_at=now)
    asked = request(
        1, state, stage=Stage.POOL if state is State.POOLED else Stage.OWN, client_seen_at=now,
        own_advisor_id=own.id, wait_for="mine" if state is not State.POOLED else "anyone",
    )  # fmt: skip
    moves = decide(view(Case(asked), staff=(own,), now=now))
    assert [move.stranded for move in moves] == ([True] if seconds >= TERMS.strand_s else [])
    told = replace(asked, stranded_at=now)
    assert decide(view(Case(told), staff=(own,), now=now)) == []
    assert states.is_stranded(told, now)
    assert {Choice.MESSAGE, Choice.CANCEL} <= set(states.choices(told, now))


def test_nobody_is_stranded_while_an_offer_stands_or_the_firm_sleeps() -> None:
    late = START + timedelta(seconds=100)
    one = advisor(1, seen_at=late)
    asked = request(1, State.POOLED, stage=Stage.POOL, client_seen_at=late)
    standing = offer(1, 1, asked, issued_at=late, expires_at=late + timedelta(seconds=20))
    assert decide(view(Case(asked, (standing,)), staff=(one,), now=late)) == []
    assert not states.is_stranded(replace(asked, stranded_at=START, due_at=late + SECOND), late)
    asleep = request(
        1,
        stage=Stage.NIGHT,
        waiting_since=NIGHT - PAUSE,
        client_seen_at=NIGHT,
        due_at=NIGHT + SECOND,
    )
    assert decide(view(Case(asleep), now=NIGHT)) == []


def test_who_was_not_asked_yet_comes_before_who_let_it_pass() -> None:
    now = START + PAUSE
    passed, fresh = (
        advisor(1, seen_at=now),
        advisor(2, seen_at=now, offers_today=9, offers_day=now.date()),
    )
    asked = request(1, State.POOLED, stage=Stage.POOL, client_seen_at=now)
    past = offer(1, 1, asked, state=OfferState.EXPIRED, ended_at=START)
    (move,) = decide(view(Case(asked, (past,)), staff=(passed, fresh), now=now, offer_count=1))
    assert [one.advisor.id for one in move.offers] == [fresh.id]
    assert [one.staff_id for one in move.candidates] == [fresh.id, passed.id]


def test_who_waits_for_the_own_advisor_keeps_waiting_when_his_offer_lapses() -> None:
    now = START + timedelta(seconds=21)
    own, other = advisor(1, seen_at=now, missed_offers=1), advisor(2, seen_at=now)
    asked = request(1, State.OFFERED, own_advisor_id=own.id, wait_for="mine", client_seen_at=now)
    (move,) = decide(view(Case(asked, (offer(1, 1, asked),)), staff=(own, other), now=now))
    assert (move.state, move.stage, move.offers) == (State.WAITING, Stage.OWN, ())
    assert [state for _, state in move.ended] == [OfferState.EXPIRED]


def test_on_call_are_the_able_who_were_here_lately() -> None:
    asked = request(1, excluded=(UUID(int=5), UUID(int=6)), back_at={UUID(int=5): START + PAUSE})
    staff = (
        advisor(1, status=Status.BREAK),
        advisor(2, status=Status.OFF),
        advisor(3, seen_at=START - timedelta(hours=9)),
        replace(advisor(4), unmet={"serve": LICENCE}),
        advisor(5, used=2, seen_at=START + SECOND),
        advisor(6),
        replace(advisor(7), languages=frozenset({"en"})),
        replace(advisor(8), load=None),
    )
    assert on_call(asked, staff, START, POLICY) == [UUID(int=5), UUID(int=1)]


async def test_the_client_is_told_honestly_and_may_book_or_go_back(service: Service) -> None:
    own = await service.advisor("李雯")
    client = await service.client(own)
    asked = await service.ask(client)
    path = f"/api/client/requests/{asked['id']}"
    assert (asked["stranded"], asked["slots"]) == (False, False)
    other = await client.http.post(f"{path}/choice", json={"choice": "another"})
    assert other.json()["choices"] == ["message", "cancel"]
    await service.after(91, own, client)

    card = (await client.http.get(path)).json()
    assert (card["state"], card["stranded"], card["slots"]) == ("pooled", True, True)
    assert card["version"] > asked["version"]
    assert card["choices"] == ["message", "cancel"]
    assert (await client.http.get("/api/client/slots")).json()["items"]

    # Her own advisor is the only one there is: after a while he may be asked again.
    await service.after(90, own, client)
    card = (await client.http.get(path)).json()
    assert "wait" in card["choices"]
    assert not card["stranded"]
    (again,) = await service.offers(own)
    assert again["request"] == asked["id"]
    assert (await service.accept(own)).status_code == 200
    assert (await service.state(asked)).stranded_at is None


async def test_nothing_is_promised_in_the_name_of_who_may_not_serve_it(service: Service) -> None:
    manager = await service.advisor("郭安")
    client = await service.client(manager)
    asked = await service.ask(client, context=MARGIN_PAGE)
    assert asked["capability"] == "advise_margin"
    card = (await client.http.get(f"/api/client/requests/{asked['id']}")).json()
    assert card["choices"] == ["message", "cancel"]
    assert await service.offers(manager) == []


async def test_a_conflict_of_interest_is_for_good(service: Service) -> None:
    only = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    (one,) = await service.offers(only)
    desk = await service.browser(only)
    await desk.post(f"/api/offers/{one['id']}/decline", json={"reason": "conflict"})
    await service.settle()
    await service.after(400, only, client)
    assert await service.offers(only) == []
    assert (await service.state(asked)).stranded_at is not None
