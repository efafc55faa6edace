"""The market as a state machine: whatever clients, advisors and time do, the invariants I1..I9 hold.

A model firm applies the ladder's moves and the claim's rule without a database; Hypothesis plays clients, advisors, the
clock, licences and crashes. I8 (replay) is checked by deciding twice from the same view.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.dispatch.firm import (
    BRANCHES,
    CLAIMABLE,
    LICENCE,
    NEEDS,
    PAUSE,
    POLICY,
    START,
    TERMS,
    Firm,
)
from visavis.dispatch.rules import states
from visavis.dispatch.rules.candidates import Advisor, reach, refusal
from visavis.dispatch.rules.ladder import decide
from visavis.dispatch.rules.plans import Move, View, named
from visavis.dispatch.types import (
    HANDLED,
    LIVE_STATES,
    OVER,
    Choice,
    Load,
    OfferState,
    Request,
    Stage,
    State,
    Status,
)
from visavis.kernel.auth import Environment


def concerned(view: View) -> View:
    """The view as the dispatcher first loads it: with those who can be reached, and whom a request names."""
    ids = {one for case in view.cases for one in named(case)}
    staff = [
        one
        for one in view.advisors
        if one.id in ids
        or reach(one.load, view.now, view.terms, view.policy) in ("fresh", "asleep")
    ]
    return replace(view, advisors=tuple(staff))


def unreasoned(moves: list[Move]) -> list[Move]:
    """The moves without the candidates that go on record."""
    return [replace(one, candidates=()) for one in moves]


class Market(RuleBasedStateMachine):
    """Clients ask and leave, advisors come, accept, grab, decline, fall silent, lose licences; time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.firm = Firm()
        self.opened = 0

    @initialize(
        staff=st.lists(
            st.tuples(
                st.sampled_from([frozenset(), frozenset({"advise_margin"}), frozenset(NEEDS)]),
                st.integers(1, 3),
                st.sampled_from(BRANCHES),
                st.sampled_from([frozenset({"zh-CN"}), frozenset({"zh-CN", "en"})]),
                st.sampled_from([Environment.REAL, Environment.REAL, Environment.SIMULATED]),
            ),
            min_size=1, max_size=6,
        )
    )  # fmt: skip
    def hire(
        self, staff: list[tuple[frozenset[str], int, UUID, frozenset[str], Environment]]
    ) -> None:
        for unmet, capacity, branch, languages, environment in staff:
            advisor_id = self.firm.new_id()
            load = Load(advisor_id, 0, capacity, Status.ONLINE, START, False, 0, 0, None)
            self.firm.advisors[advisor_id] = Advisor(
                advisor_id,
                environment,
                languages,
                frozenset({"fees"}),
                branch,
                "",
                dict.fromkeys(unmet, LICENCE),
                load,
            )

    @rule(
        rush=st.lists(
            st.tuples(
                st.sampled_from(NEEDS),
                st.sampled_from(["zh-CN", "en"]),
                st.sampled_from([None, None, None, 0, 1, 2]),
                st.sampled_from(["anyone", "anyone", "anyone", "mine"]),
                st.sampled_from([Environment.REAL, Environment.REAL, Environment.SIMULATED]),
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    def ask(self, rush: list[tuple[str, str, int | None, str, Environment]]) -> None:
        """Several clients ask at once, some of them with an advisor of their own."""
        firm = self.firm
        for need, language, own, wait, environment in rush:
            ids = sorted(one.id for one in firm.advisors.values() if one.environment is environment)
            request_id = firm.new_id()
            firm.requests[request_id] = Request(
                id=request_id, client_id=firm.new_id(), conversation_id=firm.new_id(), environment=environment,
                topic="fees", language=language, capability=need, context={}, summary="",
                own_advisor_id=ids[own % len(ids)] if own is not None and ids else None, branch_id=BRANCHES[0],
                wait_for=wait, state=State.WAITING, stage=Stage.OWN, excluded=(), version=0, due_at=None,
                opened_at=firm.now, waiting_since=firm.now, client_seen_at=firm.now, touched_at=firm.now,
            )  # fmt: skip
            self.opened += 1
        self.dispatch(stale=False)

    @rule(seconds=st.sampled_from([0, 1, 5, 15, 21, 46, 95, 200, 700, 20_000]), awake=st.booleans())
    def wait(self, seconds: int, awake: bool) -> None:
        """Time passes; who is awake is heard of, and clients stay."""
        firm = self.firm
        firm.now += timedelta(seconds=seconds)
        for one in list(firm.advisors.values()):
            if awake:
                firm.load(one.id, seen_at=firm.now)
        for request in list(firm.requests.values()):
            if awake:
                firm.requests[request.id] = replace(request, client_seen_at=firm.now)

    @rule(pick=st.integers(0, 5), status=st.sampled_from(Status))
    def presence(self, pick: int, status: Status) -> None:
        ids = sorted(self.firm.advisors)
        self.firm.load(ids[pick % len(ids)], status=status, seen_at=self.firm.now, missed_offers=0)

    @rule(pick=st.integers(0, 5))
    def licence_lapses(self, pick: int) -> None:
        ids = sorted(self.firm.advisors)
        one = self.firm.advisors[ids[pick % len(ids)]]
        self.firm.advisors[one.id] = replace(one, unmet=dict.fromkeys(NEEDS, LICENCE))

    @precondition(lambda self: any(o.state is OfferState.LIVE for o in self.firm.offers.values()))
    @rule(pick=st.integers(0, 50), accept=st.booleans(), conflict=st.booleans())
    def answer_offer(self, pick: int, accept: bool, conflict: bool) -> None:
        firm = self.firm
        live = sorted(
            (o for o in firm.offers.values() if o.state is OfferState.LIVE), key=lambda o: o.id
        )
        offer = live[pick % len(live)]
        if offer.expires_at <= firm.now:
            return
        if accept:
            firm.claim(offer.request_id, offer.advisor_id, CLAIMABLE)
            return
        firm.offers[offer.id] = replace(offer, state=OfferState.DECLINED, ended_at=firm.now)
        request = firm.requests[offer.request_id]
        waits = request.state is State.OFFERED and not firm.live(request.id)
        firm.requests[request.id] = replace(
            request, excluded=(*request.excluded, offer.advisor_id), version=request.version + 1,
            back_at=request.back_at if conflict else {**request.back_at, offer.advisor_id: firm.now + PAUSE},
            state=State.WAITING if waits else request.state,
            stage=Stage(max(request.stage, Stage.OFFER)) if waits else request.stage,
        )  # fmt: skip

    @precondition(lambda self: any(r.state is State.POOLED for r in self.firm.requests.values()))
    @rule(pick=st.integers(0, 50))
    def everybody_grabs(self, pick: int) -> None:
        """All advisors grab the same pooled request, stale ones included: one wins at most (I1)."""
        firm = self.firm
        pooled = sorted(r.id for r in firm.requests.values() if r.state is State.POOLED)
        request_id = pooled[pick % len(pooled)]
        wins = [
            firm.claim(request_id, one, frozenset({State.POOLED})) for one in sorted(firm.advisors)
        ]
        assert sum(wins) <= 1

    @rule(pick=st.integers(0, 50))
    def first_word(self, pick: int) -> None:
        firm = self.firm
        accepted = sorted(r.id for r in firm.requests.values() if r.state is State.ACCEPTED)
        if accepted:
            one = firm.requests[accepted[pick % len(accepted)]]
            firm.requests[one.id] = replace(
                one, state=State.ANSWERED, touched_at=firm.now, version=one.version + 1
            )

    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        firm = self.firm
        waiting = sorted(r.id for r in firm.requests.values() if r.state in LIVE_STATES)
        if waiting:
            one = firm.requests[waiting[pick % len(waiting)]]
            firm.requests[one.id] = replace(one, state=State.CANCELLED, version=one.version + 1)
            for offer in firm.live(one.id):
                firm.offers[offer.id] = replace(
                    offer, state=OfferState.WITHDRAWN, ended_at=firm.now
                )

    @rule(stale=st.booleans())
    def dispatch(self, stale: bool) -> None:
        """The leader steps until nothing moves; a crash before acting (`stale`) loses nothing."""
        for environment in (Environment.REAL, Environment.SIMULATED):
            if stale:
                decide(self.firm.view(environment))  # decided, then the process died
            for _ in range(60):
                view = self.firm.view(environment)
                moves = decide(view)
                assert moves == decide(view), "I8: the same view, the same decision"
                assert unreasoned(decide(concerned(view))) == unreasoned(moves), (
                    "whom a round cannot concern is a reason on record and nothing else"
                )
                assert len({move.request.id for move in moves}) == len(moves), (
                    "I4: one move per request"
                )
                self.reservations_fit(moves)
                for move in moves:
                    self.judge(move)
                    assert self.firm.apply(move)
                    assert not self.firm.apply(move), (
                        "I7: a decision on an older version changes nothing"
                    )
                if not moves:
                    break
            else:
                pytest.fail("the ladder does not come to rest")
            self.rested(environment)

    def reservations_fit(self, moves: list[Move]) -> None:
        """I3: nobody is promised more than he can take, old and new offers together."""
        firm = self.firm
        promised = Counter(one.advisor.id for move in moves for one in move.offers)
        standing = Counter(
            o.advisor_id
            for o in firm.offers.values()
            if o.state is OfferState.LIVE and o.expires_at > firm.now
        )
        for advisor_id, count in promised.items():
            load = firm.advisors[advisor_id].load
            assert load is not None
            ended = sum(
                o.advisor_id == advisor_id
                for move in moves
                for o, _ in move.ended
                if o.expires_at > firm.now
            )
            assert load.used + standing[advisor_id] - ended + count <= load.capacity

    def judge(self, move: Move) -> None:
        """Nobody is offered what a constraint forbids; every advisor of the world was looked at (I5)."""
        firm = self.firm
        for one in move.offers:
            advisor = firm.advisors[one.advisor.id]
            assert refusal(move.request, advisor, firm.now, TERMS, POLICY) is None
            assert move.request.capability not in advisor.unmet, "LIC-04"
            assert one.expires_at > firm.now, "I3: every reservation has an expiry"
        if move.mode is not None:
            world = {
                one.id
                for one in firm.advisors.values()
                if one.environment is move.request.environment
            }
            assert {one.staff_id for one in move.candidates} == world

    def rested(self, environment: Environment) -> None:
        """I6: free capacity and an eligible waiting request mean an offer; branches do not matter."""
        firm = self.firm
        reserved = Counter(
            o.advisor_id
            for o in firm.offers.values()
            if o.state is OfferState.LIVE and o.expires_at > firm.now
        )
        for request in firm.requests.values():
            if (
                request.environment is not environment
                or request.state not in LIVE_STATES
                or firm.live(request.id)
            ):
                continue
            if request.stage is not Stage.NIGHT:
                long = firm.now - request.waiting_since >= timedelta(seconds=TERMS.strand_s)
                assert request.stranded_at or not long, "nobody is told"
                assert not long or states.is_stranded(request, firm.now)
            if request.wait_for == "mine" or request.state is State.HELD:
                continue
            asked = {
                o.advisor_id
                for o in firm.offers.values()
                if o.request_id == request.id
                and o.issued_at >= request.waiting_since
                and o.state not in (OfferState.TAKEN, OfferState.WITHDRAWN)
                and firm.now < (o.ended_at or o.expires_at) + PAUSE
            }
            for advisor in firm.advisors.values():
                if advisor.id in asked or advisor.load is None:
                    continue
                if refusal(request, advisor, firm.now, TERMS, POLICY) is None:
                    full = advisor.load.used + reserved[advisor.id] >= advisor.load.capacity
                    assert full, f"{request.state} waits although an advisor is free"

    @invariant()
    def one_live_offer_per_pair(self) -> None:
        """I2, and offers live only where the request can be claimed."""
        live = [o for o in self.firm.offers.values() if o.state is OfferState.LIVE]
        pairs = Counter((one.request_id, one.advisor_id) for one in live)
        assert all(count == 1 for count in pairs.values())
        standing = Counter(one.request_id for one in live if one.expires_at > self.firm.now)
        assert all(count <= TERMS.offer_count for count in standing.values())
        for offer in live:
            assert self.firm.requests[offer.request_id].state in CLAIMABLE

    @invariant()
    def nobody_over_capacity(self) -> None:
        """I3, and what is used is what is handled (I1: one advisor per request)."""
        held = Counter(r.advisor_id for r in self.firm.requests.values() if r.state in HANDLED)
        for one in self.firm.advisors.values():
            assert one.load is not None
            assert 0 <= one.load.used <= one.load.capacity
            assert one.load.used == held[one.id]

    @invariant()
    def nothing_is_lost(self) -> None:
        """I9: every request that was opened is waiting, asleep, handled or over."""
        kinds = Counter(
            "live" if r.state in LIVE_STATES
            else "handled" if r.state in HANDLED
            else "over" if r.state in OVER
            else "asleep"
            for r in self.firm.requests.values()
        )  # fmt: skip
        assert sum(kinds.values()) == self.opened
        for request in self.firm.requests.values():
            assert (request.advisor_id is not None) >= (request.state in HANDLED)

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        """Whoever waits may leave a message or stop, and nobody waits long unasked and untold."""
        for request in self.firm.requests.values():
            if request.state not in LIVE_STATES:
                continue
            found = states.choices(request, self.firm.now)
            assert {Choice.MESSAGE, Choice.CANCEL} <= set(found)

    @invariant()
    def worlds_never_meet(self) -> None:
        for offer in self.firm.offers.values():
            advisor = self.firm.advisors[offer.advisor_id]
            assert advisor.environment is self.firm.requests[offer.request_id].environment


Market.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestMarket = Market.TestCase


def test_reach_knows_who_sleeps_and_who_is_gone() -> None:
    load = Load(UUID(int=1), 0, 1, Status.ONLINE, START, True, 0, 0, None)
    moments = {0: "fresh", 45: "fresh", 46: "asleep", 30_000: "silent"}
    for seconds, expected in moments.items():
        assert reach(load, START + timedelta(seconds=seconds), TERMS, POLICY) == expected
    assert (
        reach(replace(load, pushable=False), START + timedelta(seconds=46), TERMS, POLICY)
        == "silent"
    )
    assert reach(replace(load, status=Status.BREAK), START, TERMS, POLICY) == "break"
    assert reach(None, START, TERMS, POLICY) == "never_seen"
