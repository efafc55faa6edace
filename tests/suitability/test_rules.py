"""The pure rules of suitability: who may have what, how answers become a level, what a request must pass through."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

import visavis.suitability
from visavis.identity.types import Capability
from visavis.kernel.auth import Actor, Environment, Role, system
from visavis.kernel.errors import Refusal
from visavis.products.types import (
    NO_RECORD,
    Goal,
    ProductDetails,
    ProductKind,
    ProductRiskLevel,
    ProductVersion,
    VersionState,
)
from visavis.suitability.rules import (
    categories,
    lint,
    matching,
    procedure,
    replaying,
    rights,
    scoring,
)
from visavis.suitability.types import (
    AnsweredByClientAlone,
    Assessed,
    Bands,
    Category,
    ClientRequest,
    DocumentKind,
    Evidence,
    Matrix,
    Path,
    Professional,
    Questionnaire,
    Reason,
    RequestState,
    RiskToleranceLevel,
    Standing,
    Step,
    Terms,
    UnfitAnswers,
    UnfitDocument,
    WrongStep,
)

FOLDER = File(visavis.suitability.__file__).parent / "documents"
SHIPPED: dict[str, Any] = {one.stem: json.loads(one.read_text()) for one in FOLDER.glob("*.json")}
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLIENT = uuid4()


def shipped(kind: DocumentKind) -> Any:
    return lint.read(kind, SHIPPED[kind.value])


MATRIX: Matrix = shipped(DocumentKind.MATRIX)
TERMS: Terms = shipped(DocumentKind.TERMS)


def product(risk: int = 2, **more: Any) -> ProductVersion:
    details = ProductDetails(
        {"zh-CN": "甲"}, ProductKind.BOND, ProductRiskLevel(risk), 0, frozenset({Goal.INCOME}), 0, False, {},
        {"zh-CN": ("可能亏损",)}, NOW.date(),
    )  # fmt: skip
    return ProductVersion(
        uuid4(), "P1", 1, VersionState.APPROVED, replace(details, **more), uuid4(), uuid4(), "", NOW, NOW, NO_RECORD
    )  # fmt: skip


def client(level: int = 2, **more: Any) -> Standing:
    return Standing(CLIENT, Assessed.VALID, RiskToleranceLevel(level), **more)


def classes() -> dict[str, Standing]:
    ordinary = {f"C{number}": client(number) for number in range(1, 6)}
    return {
        "C1L": client(1, lowest=True),
        **ordinary,
        "P": client(1, category=Category.PROFESSIONAL),
    }


def test_suit_01_seven_classes_by_five_levels_allow_exactly_21_of_35() -> None:
    """SUIT-01: the exhaustive table; C1L 1, C1..C5 15, P 5."""
    found = {
        name: [
            risk
            for risk in range(1, 6)
            if matching.refuse(one, product(risk), MATRIX, Path.PUSH) is None
        ]
        for name, one in classes().items()
    }
    assert found == {
        "C1L": [1], "C1": [1], "C2": [1, 2], "C3": [1, 2, 3], "C4": [1, 2, 3, 4], "C5": [1, 2, 3, 4, 5],
        "P": [1, 2, 3, 4, 5],
    }  # fmt: skip
    assert sum(map(len, found.values())) == 21


@given(st.sampled_from(list(Path)), st.integers(2, 5), st.sampled_from(list(Category)))
def test_suit_05_the_lowest_class_meets_its_own_refusal_on_every_path(
    path: Path, risk: int, category: Category
) -> None:
    """SUIT-05: whatever else the client may look like, professional data included."""
    lowest = client(1, lowest=True, category=category)
    assert matching.refuse(lowest, product(1), MATRIX, path) is None
    assert matching.refuse(lowest, product(risk), MATRIX, path) is Reason.LOWEST
    assert "request" not in matching.next_steps(Reason.LOWEST, lowest)


@pytest.mark.parametrize(
    ("assessed", "reason"),
    [
        (Assessed.NEVER, Reason.NOT_ASSESSED),
        (Assessed.WITHDRAWN, Reason.NOT_ASSESSED),
        (Assessed.EXPIRED, Reason.EXPIRED),
        (Assessed.REFUSED_DATA, Reason.DATA_REFUSED),
    ],
)
def test_suit_06_without_an_assessment_that_counts_there_is_no_product(
    assessed: Assessed, reason: Reason
) -> None:
    """SUIT-06, SUIT-19: never, withdrawn, expired, data refused."""
    one = replace(client(5), assessed=assessed)
    assert {
        matching.refuse(one, product(risk), MATRIX, path) for risk in range(1, 6) for path in Path
    } == {reason}
    assert matching.next_steps(reason, one)[0] == "assess"
    assert matching.class_name(replace(one, level=None)) == "-"


def test_suit_09_a_push_must_fit_term_kind_goal_and_access() -> None:
    """SUIT-09: a client who needs his money within a year is not offered what is locked for three."""
    short = client(3, months=12)
    locked = product(2, term_months=36)
    assert matching.refuse(short, locked, MATRIX, Path.PUSH) is Reason.GOAL
    assert matching.params(short, locked)["what"] == "term"
    assert matching.refuse(short, locked, MATRIX, Path.LOOK) is None
    kinds = client(3, kinds=frozenset({ProductKind.MONEY}))
    assert matching.refuse(kinds, product(2), MATRIX, Path.PUSH) is Reason.GOAL
    goals = client(3, goals=frozenset({Goal.PRESERVE}))
    assert matching.unfit(goals, product(2)) == "goal"
    assert matching.next_steps(Reason.GOAL, goals) == ("ask_advisor", "reassess")
    private = product(2, professional_only=True)
    assert matching.refuse(client(5), private, MATRIX, Path.PUSH) is Reason.ACCESS
    assert matching.refuse(classes()["P"], private, MATRIX, Path.PUSH) is None
    assert matching.refuse(classes()["P"], locked, MATRIX, Path.PUSH) is None
    assert matching.refuse(client(5), None, MATRIX, Path.PUSH) is Reason.NOT_IN_FORCE
    assert matching.params(client(5), None) == {"level": "C5", "risk": "", "what": ""}
    assert "risk" not in replaying.inputs(client(5), None)


def test_suit_11_and_12_a_group_may_have_what_its_lowest_member_may() -> None:
    """SUIT-11, SUIT-12: whoever joins late and stands below does not see it; the others do."""
    card = product(3)
    group = [client(3), client(4)]
    assert not any(matching.audience(group, card, MATRIX).values())
    late = replace(client(1), client_id=uuid4())
    found = matching.audience([*group, late], card, MATRIX)
    assert found == {group[0]: None, group[1]: None, late: Reason.ABOVE}


@given(
    st.sampled_from(list(classes().values())),
    st.sampled_from(list(Assessed)),
    st.integers(1, 5),
    st.sampled_from(list(Path)),
    st.sampled_from([None, 6, 12, 600]),
    st.builds(replaying.Around, st.booleans(), st.booleans(), st.sampled_from([0, 1, 10**9])),
)
def test_suit_07_a_decision_replays_from_what_was_kept(
    one: Standing,
    assessed: Assessed,
    risk: int,
    path: Path,
    months: int | None,
    around: replaying.Around,
) -> None:
    """SUIT-07: inputs and version give the same decision again, after a way through JSON."""
    standing = replace(one, assessed=assessed, months=months, goals=frozenset({Goal.INCOME}))
    version = product(risk, term_months=12)
    decided = replaying.decide(standing, version, MATRIX, path, around)
    kept = json.loads(json.dumps(replaying.inputs(standing, version, around)))
    assert replaying.replayed(Standing(CLIENT), kept, version, MATRIX, path) is decided


# -- the questionnaire ------------------------------------------------------------------------------------------------
ASKED: Questionnaire = shipped(DocumentKind.QUESTIONNAIRE)
BANDS: Bands = shipped(DocumentKind.BANDS)


def picked(pick: Any) -> dict[str, list[str]]:
    return {q.id: [pick([o for o in q.options if not o.refused]).id] for q in ASKED.questions}


@given(st.randoms(use_true_random=False))
def test_suit_07_a_higher_score_never_gives_a_lower_level(dice: random.Random) -> None:
    """SUIT-07: every set of answers has a level inside the bands, and the lowest class is C1."""
    taken = scoring.assess(ASKED, BANDS, picked(dice.choice))
    assert taken.level is not None
    assert not taken.refused
    assert not taken.lowest or taken.level is RiskToleranceLevel.C1
    levels = [scoring.level_of(BANDS, score) for score in range(130)]
    assert levels == sorted(levels)
    assert set(levels) == set(RiskToleranceLevel)


def test_suit_19_an_answer_withheld_leaves_no_level() -> None:
    """SUIT-19: an empty income answer, and one that says so."""
    best = picked(lambda options: max(options, key=lambda one: one.score))
    for answer in ([], ["untold"]):
        taken = scoring.assess(ASKED, BANDS, best | {"income": answer})
        assert (taken.refused, taken.level) == (True, None)
    assert scoring.assess(ASKED, BANDS, best).level is RiskToleranceLevel.C5


@pytest.mark.parametrize(
    "answers",
    [
        {"nonsense": ["a"]},
        {"age": ["18to35", "36to50"]},
        {"age": ["no"]},
        {"goal": ["income", "income"]},
    ],
)
def test_answers_belong_to_their_questions(answers: dict[str, list[str]]) -> None:
    with pytest.raises(UnfitAnswers):
        scoring.chosen(ASKED.questions, answers)


def test_suit_14_answers_that_all_rise_are_noticed() -> None:
    """SUIT-14: the pattern of answering for a result."""
    low = picked(lambda options: options[0])
    high = picked(lambda options: max(options, key=lambda one: one.score))
    assert scoring.flipped(ASKED, low, high) >= 5
    assert scoring.flipped(ASKED, high, low) == 0
    assert scoring.flipped(ASKED, {}, high) == 0


def test_an_assessment_counts_whole_months() -> None:
    """SUIT-06: to the same day, or to the last one of a shorter month."""
    last = datetime(2026, 1, 31, tzinfo=UTC)
    assert scoring.months_after(last, 1).date().isoformat() == "2026-02-28"
    assert scoring.months_after(last, 24).date().isoformat() == "2028-01-31"


# -- the client's own request -----------------------------------------------------------------------------------------
HER = Actor(CLIENT, frozenset({Role.CLIENT}))
ACTORS = [
    HER,
    Actor(uuid4(), frozenset({Role.CLIENT})),
    system(),
    *(Actor(uuid4(), frozenset({r})) for r in Role),
]


@given(
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(list(Step)), st.sampled_from(ACTORS)), max_size=40),
)
def test_suit_03_no_path_reaches_permitted_with_a_step_left_out(
    mismatch: bool, special: bool, attempts: list[tuple[Step, Actor]]
) -> None:
    """SUIT-03: the first step and the confirmation are the client's own; nobody jumps."""
    done: list[Step] = []
    made: list[Actor] = []
    for step, actor in attempts:
        try:
            procedure.check(actor, CLIENT, mismatch, special, done, step)
        except Refusal:
            continue
        done.append(step)
        made.append(actor)
    assert tuple(done) == procedure.route(mismatch, special)[: len(done)]
    for step, actor in zip(done, made, strict=True):
        if step in procedure.CLIENTS_OWN:
            assert actor is HER


def test_suit_03_the_whole_way_can_be_walked_and_only_by_the_right_people() -> None:
    """SUIT-03: CLIENT_REQUESTED → TOLD → NOT_LOWEST → WARNING → CONFIRMED → PERMITTED."""
    supervisor = Actor(uuid4(), frozenset({Role.SUPERVISOR}))
    done: list[Step] = []
    for step in procedure.route(mismatch=True, special=True):
        right = (
            HER
            if step in procedure.CLIENTS_OWN
            else supervisor
            if step is Step.CALLED_BACK
            else system()
        )
        for other in {HER, supervisor, system()} - {right}:
            with pytest.raises(AnsweredByClientAlone):
                procedure.check(other, CLIENT, True, True, done, step)
        procedure.check(right, CLIENT, True, True, done, step)
        done.append(step)
    assert done[-1] is Step.PERMITTED
    with pytest.raises(WrongStep):
        procedure.check(system(), CLIENT, True, True, done, Step.PERMITTED)
    with pytest.raises(WrongStep):
        procedure.check(system(), CLIENT, True, True, [], Step.PERMITTED)


def asked_for(**more: Any) -> ClientRequest:
    steps = tuple((step, NOW) for step in procedure.route(True, bool(more.get("special")))[:-1])
    one = ClientRequest(
        uuid4(), CLIENT, Environment.REAL, uuid4(), 1, 50_000, True, False, RequestState.OPEN, steps, {}, "", NOW,
        None, None, NOW,
    )  # fmt: skip
    return replace(one, **more)


def test_suit_04_a_permission_covers_one_version_one_amount_band_and_one_day() -> None:
    """SUIT-04."""
    one = asked_for(state=RequestState.PERMITTED, expires_at=NOW + timedelta(hours=24))
    assert procedure.covers(one, 1, 50_000, NOW)
    assert not procedure.covers(one, 2, 1, NOW)
    assert not procedure.covers(one, 1, 50_001, NOW)
    assert procedure.covers(replace(one, amount_upto=None), 1, 10**9, NOW)
    assert not procedure.covers(one, 1, 1, NOW + timedelta(hours=24))
    assert not procedure.covers(replace(one, state=RequestState.OPEN), 1, 1, NOW)
    assert [procedure.amount_band(TERMS, amount) for amount in (0, 50_000, 50_001, 10**7)] == [
        50_000, 50_000, 200_000, None,
    ]  # fmt: skip
    assert procedure.continues(one, 1, 50_000, NOW)
    assert not procedure.continues(one, 1, 50_000, NOW + timedelta(hours=24))
    assert procedure.continues(replace(one, expires_at=None), 1, 50_000, NOW)


def test_suit_10_the_special_levels_cool_for_a_day() -> None:
    """SUIT-10: a second too early is too early."""
    one = asked_for(special=True)
    assert not procedure.ripe(one, TERMS, NOW + timedelta(hours=24, seconds=-1))
    assert procedure.ripe(one, TERMS, NOW + timedelta(hours=24))
    assert not procedure.ripe(replace(one, steps=one.steps[:-1]), TERMS, NOW + timedelta(days=9))
    assert not procedure.ripe(replace(one, confirmed_at=None), TERMS, NOW + timedelta(days=9))
    assert procedure.ripe(asked_for(), TERMS, NOW)


# -- professional investors -------------------------------------------------------------------------------------------
LAW: Professional = shipped(DocumentKind.PROFESSIONAL)


@pytest.mark.parametrize(
    ("evidence", "by_law", "applies"),
    [
        (Evidence(financial=4_990_000, years=1.9), "assets", None),
        (Evidence(financial=5_000_000, years=1.9), "experience", None),
        (Evidence(financial=5_000_000, years=2), None, None),
        (Evidence(income=500_000, relevant_job=True), None, None),
        (Evidence(financial=3_000_000, years=1), "assets", None),
        (Evidence(financial=2_999_999, income=299_999, years=9), "assets", "assets"),
        (Evidence(financial=3_000_000, years=0.9), "assets", "experience"),
        (Evidence(organisation=True, net=20_000_000, financial=10_000_000, years=2), None, None),
        (Evidence(organisation=True, net=20_000_000, financial=9_999_999, years=2), "assets", None),
        (
            Evidence(organisation=True, net=10_000_000, financial=5_000_000, relevant_job=True),
            "assets",
            "experience",
        ),
        (Evidence(licensed_institution=True), None, "assets"),
    ],
)
def test_suit_15_who_is_professional_and_who_may_apply(
    evidence: Evidence, by_law: str | None, applies: str | None
) -> None:
    """SUIT-15: 4.99 m & 1.9 y refused, 5.0 m & 2 y accepted, ordinary with 3.0 m & 1 y may apply."""
    assert categories.lacks(evidence, LAW) == by_law
    assert categories.lacks_to_apply(evidence, LAW) == applies


# -- documents --------------------------------------------------------------------------------------------------------
def changed(kind: str, **more: Any) -> dict[str, Any]:
    return {**SHIPPED[kind], **more}


ROWS = SHIPPED["matrix"]["allowed"]
FIRST = SHIPPED["questionnaire"]["questions"][0]
KNOWN = SHIPPED["high_risk"]["questions"][0]
BAD: list[tuple[str, dict[str, Any]]] = [
    ("incentive", {"weights": {"response": 70, "sales_r5": 30}}),
    ("incentive", {"weights": {"response": 100}, "by_risk": {"R1": 1, "R5": 2}}),
    ("incentive", {"weights": {"response": 99}}),
    ("incentive", {"weights": {"response": 100}, "by_risk": {"R6": 2}}),
    ("matrix", {"allowed": ROWS | {"C1L": [1, 2]}}),
    ("matrix", {"allowed": ROWS | {"C2": [1, 2, 3]}}),
    ("matrix", {"allowed": ROWS | {"P": [9]}}),
    ("matrix", {"allowed": {"C1": [1]}}),
    ("matrix", {"surprise": 1}),
    ("bands", {"bands": SHIPPED["bands"]["bands"][:4]}),
    ("bands", {"bands": [*SHIPPED["bands"]["bands"][:4], {"level": 5, "low": 90, "high": 110}]}),
    ("terms", changed("terms", cooling_hours=23)),
    ("terms", changed("terms", special=[4])),
    ("warning", changed("warning", text={"zh-CN": "有风险"})),
    ("high_risk", {"questions": []}),
    ("high_risk", {"questions": [KNOWN | {"options": KNOWN["options"][:1] * 2}]}),
    ("high_risk", {"questions": [KNOWN | {"text": {"zh-CN": "?"}}]}),
    ("high_risk", {"questions": [KNOWN | {"options": [o | {"right": True} for o in KNOWN["options"]]}]}),
    ("questionnaire", changed("questionnaire", questions=[FIRST | {"options": FIRST["options"][1:]}])),
    ("questionnaire", changed("questionnaire", valid_months=25)),
    ("questionnaire", changed("questionnaire", questions=[])),
    ("questionnaire", changed("questionnaire", questions=[
        FIRST | {"options": [FIRST["options"][0], FIRST["options"][1] | {"score": -1}]}])),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), BAD)
def test_suit_07_and_18_a_document_that_weakens_the_rules_is_rejected(
    kind: str, content: dict[str, Any]
) -> None:
    """SUIT-07, SUIT-18: pay that follows product risk among them."""
    with pytest.raises(UnfitDocument):
        lint.read(DocumentKind(kind), content)


def test_the_shipped_documents_are_fit() -> None:
    assert {kind.value for kind in DocumentKind} == set(SHIPPED)
    for kind in DocumentKind:
        assert shipped(kind)


# -- rights -----------------------------------------------------------------------------------------------------------
ADVISOR = frozenset({Capability.ADVISE, Capability.SERVE, Capability.RELAY, Capability.EDUCATE})
MANAGER = frozenset({Capability.SERVE, Capability.RELAY, Capability.EDUCATE})
AGENT = frozenset({Capability.RELAY, Capability.EDUCATE})


@pytest.mark.parametrize(
    ("role", "able", "bare", "advice"),
    [
        (Role.ADVISOR, ADVISOR, None, None),
        (Role.ADVISOR, frozenset(), "product_card_not_yours", "product_card_not_yours"),
        (Role.CLIENT_MANAGER, MANAGER, None, "advice_needs_registration"),
        (Role.BROKER_AGENT, AGENT, None, "advice_needs_registration"),
        (
            Role.PARTNER_STAFF,
            frozenset({Capability.REFER}),
            "product_card_not_yours",
            "product_card_not_yours",
        ),
        (Role.SUPERVISOR, frozenset(), "product_card_not_yours", "product_card_not_yours"),
        (Role.ASSISTANT, frozenset(), None, "advice_needs_registration"),
        (Role.SYSTEM, frozenset(), None, None),
        (Role.CLIENT, frozenset(), "product_card_not_yours", "product_card_not_yours"),
        (Role.VISITOR, frozenset(), "product_card_not_yours", "product_card_not_yours"),
    ],
)
def test_lic_01_lic_02_and_part_01_who_may_send_a_product_and_who_may_advise(
    role: Role, able: frozenset[Capability], bare: str | None, advice: str | None
) -> None:
    """LIC-01, LIC-02, PART-01: passing on is relay, a view is advice, partners and clients send none."""
    actor = Actor(uuid4(), frozenset({role}))
    codes = [
        refusal.code if refusal else None
        for refusal in (rights.may_send_card(actor, able, says) for says in (False, True))
    ]
    assert codes == [bare, advice]


def test_suit_14_nobody_answers_for_the_client_and_nobody_looks_over_his_shoulder() -> None:
    """SUIT-14: staff, assistants and sessions under co-browsing are refused."""
    rights.check_client_alone(HER, {})
    for session in ({"co_browsing": True}, {"assisted": "E30018"}):
        with pytest.raises(AnsweredByClientAlone):
            rights.check_client_alone(HER, session)
    for role in set(Role) - {Role.CLIENT}:
        with pytest.raises(AnsweredByClientAlone):
            rights.check_client_alone(Actor(CLIENT, frozenset({role})), {})


def test_suit_04_a_year_without_a_trading_day_ends_the_search() -> None:
    monday = datetime(2026, 11, 23, 2, tzinfo=UTC)
    closed = {monday.date() + timedelta(days=one): False for one in range(400)}
    ends = procedure.permitted_until(monday, 24, "Asia/Shanghai", closed)
    assert ends == monday + timedelta(days=procedure.LONGEST_BREAK)
