"""Decisions without I/O: who may say what, which words are searched, what a retry must repeat."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.conversations import rules
from visavis.conversations.types import (
    Conversation,
    Draft,
    Entry,
    Keep,
    Kind,
    Partner,
    State,
    Stream,
    Tail,
)
from visavis.kernel.auth import Actor, Environment, Role, assistant, system
from visavis.kernel.errors import Refusal

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CLIENT = Actor(uuid4(), frozenset({Role.CLIENT}))
VISITOR = Actor(CLIENT.person_id, frozenset({Role.VISITOR}))
STRANGER = Actor(uuid4(), frozenset({Role.CLIENT}))
HANDLER = Actor(uuid4(), frozenset({Role.ADVISOR}))
COLLEAGUE = Actor(uuid4(), frozenset({Role.CLIENT_MANAGER}))
SUPERVISOR = Actor(uuid4(), frozenset({Role.SUPERVISOR}))
ADMINISTRATOR = Actor(uuid4(), frozenset({Role.ADMINISTRATOR}))
MACHINE = assistant(Environment.REAL)
PLATFORM = system(Environment.REAL)
SHARED, INTERNAL = Stream.SHARED, Stream.INTERNAL


def talk(partner: Partner = Partner.PERSON, state: State = State.OPEN) -> Conversation:
    return Conversation(
        uuid4(), CLIENT.person_id, Environment.REAL, state, partner, HANDLER.person_id, "", "zh-CN", {},
        0, 0, AT, "", None, None, AT, None, None,
    )  # fmt: skip


def answer(actor: Actor, stream: Stream, kind: Kind, one: Conversation | None = None) -> str:
    one = one or talk()
    refusal = rules.place(Draft(actor, one.id, stream, kind, {}), one)
    return refusal.code if refusal else "yes"


# Written by hand from architecture §5 and §9: who may enter what, where.
PLACES = {
    (SHARED, Kind.MESSAGE): {CLIENT: "yes", HANDLER: "yes", PLATFORM: "yes"},
    (SHARED, Kind.EDIT): {CLIENT: "yes", HANDLER: "yes", PLATFORM: "yes"},
    (SHARED, Kind.RECALL): {CLIENT: "yes", HANDLER: "yes", PLATFORM: "yes"},
    (SHARED, Kind.SYSTEM): {PLATFORM: "yes"},
    (SHARED, Kind.NOTE): {PLATFORM: "yes"},
    (INTERNAL, Kind.MESSAGE): {PLATFORM: "yes"},
    (INTERNAL, Kind.NOTE): {HANDLER: "yes", PLATFORM: "yes"},
    (INTERNAL, Kind.TRANSFER): {HANDLER: "yes", PLATFORM: "yes"},
    (INTERNAL, Kind.SUMMARY): {HANDLER: "yes", MACHINE: "yes", PLATFORM: "yes"},
    (INTERNAL, Kind.VERDICT): {SUPERVISOR: "yes", PLATFORM: "yes"},
    (INTERNAL, Kind.SYSTEM): {PLATFORM: "yes"},
}
EVERYBODY = [
    CLIENT,
    VISITOR,
    STRANGER,
    HANDLER,
    COLLEAGUE,
    SUPERVISOR,
    ADMINISTRATOR,
    MACHINE,
    PLATFORM,
]


@pytest.mark.parametrize(("stream", "kind"), PLACES)
def test_everybody_has_his_place(stream: Stream, kind: Kind) -> None:
    expected = PLACES[stream, kind]
    allowed = {actor for actor in EVERYBODY if answer(actor, stream, kind) == "yes"}
    wanted = set(expected)
    if CLIENT in wanted:
        wanted.add(VISITOR)
    assert allowed == wanted


def test_the_assistant_speaks_while_it_is_the_partner() -> None:
    assert answer(MACHINE, SHARED, Kind.MESSAGE, talk(Partner.ASSISTANT)) == "yes"
    assert answer(MACHINE, SHARED, Kind.MESSAGE) == "not_handler"
    assert answer(MACHINE, INTERNAL, Kind.NOTE, talk(Partner.ASSISTANT)) == "not_handler"


def test_who_may_do_what_in_an_open_and_in_a_closed_conversation() -> None:
    nothing = {"send": False, "note": False, "transfer": False, "close": False}
    assert rules.may_do(CLIENT, talk()) == {**nothing, "send": True, "close": True}
    assert rules.may_do(HANDLER, talk()) == dict.fromkeys(nothing, True)
    assert rules.may_do(COLLEAGUE, talk()) == nothing
    closed = talk(state=State.CLOSED)
    assert rules.may_do(CLIENT, closed) == nothing
    assert rules.may_do(HANDLER, closed) == {**nothing, "note": True}
    assert (rules.why_silent(talk()), rules.why_silent(closed)) == (
        "not_handler",
        "conversation_closed",
    )


def test_who_may_put_whom_in_and_who_may_close() -> None:
    for actor, assigns, closes in (
        (CLIENT, False, True), (HANDLER, True, True), (COLLEAGUE, False, False), (STRANGER, False, False),
        (ADMINISTRATOR, True, False), (PLATFORM, True, True), (MACHINE, False, False),
    ):  # fmt: skip
        assert rules.may_assign(actor, HANDLER.person_id) is assigns, actor
        assert rules.may_close(actor, talk()) is closes, actor


def test_what_holds_and_what_blocks() -> None:
    kept = {action: rules.keep_of(action) for action in ("pass", "nudge", "hold", "block")}
    assert kept == {"pass": Keep.KEPT, "nudge": Keep.KEPT, "hold": Keep.HELD, "block": Keep.BLOCKED}


def test_a_client_waits_from_the_first_unanswered_word() -> None:
    tail, later = Tail.of(talk()), AT.replace(hour=3)
    tail.said(AT, "在吗", CLIENT.person_id, "client")
    tail.said(later, "在吗？", CLIENT.person_id, "client")
    assert tail.waiting_since == AT
    tail.said(later, "请看词条", MACHINE.person_id, "assistant")
    assert tail.waiting_since == AT
    tail.said(later, "在的" * 100, HANDLER.person_id, "staff")
    assert tail.waiting_since is None
    assert len(tail.last_text) == 120


@pytest.mark.parametrize(
    "cards", [7, "text", None, [7], [{"kind": "knowledge", "entry": "x"}], [{"kind": "page"}]]
)
def test_malformed_cards_name_no_knowledge(cards: object) -> None:
    draft = Draft(CLIENT, uuid4(), SHARED, Kind.MESSAGE, {"cards": cards})
    assert rules.knowledge_cards([draft]) == set()


@given(st.text(max_size=60))
def test_every_text_can_be_searched_for(text: str) -> None:
    narrow, wide, parts = rules.queries_of(text)
    assert bool(wide) == bool(parts)
    words = rules.words(text)
    assert words == sorted(set(words))
    assert "" not in words
    for query in (narrow, wide):
        assert query.count("'") % 2 == 0


def test_chinese_is_found_by_word_and_by_character() -> None:
    words = rules.words("维持担保比例低于130%会被平仓 Margin")
    assert {"担保", "平仓", "仓", "130", "margin"} <= set(words)
    narrow, wide, parts = rules.queries_of("担保 Marg_")
    assert narrow == "'marg_':* & '担保'"
    assert wide == "'marg_':* & '保' & '担'"
    assert parts == ["%担保%", "%marg\\_%"]


def test_a_retry_repeats_stream_kind_target_and_body() -> None:
    base = {"text": "a", "cards": [{"b": 1, "a": 2}]}
    one = Draft(CLIENT, uuid4(), SHARED, Kind.MESSAGE, base, uuid4())
    same = Draft(CLIENT, uuid4(), SHARED, Kind.MESSAGE, {"cards": [{"a": 2, "b": 1}], "text": "a"})
    others = [
        Draft(CLIENT, one.conversation_id, INTERNAL, Kind.MESSAGE, base),
        Draft(CLIENT, one.conversation_id, SHARED, Kind.EDIT, base),
        Draft(CLIENT, one.conversation_id, SHARED, Kind.MESSAGE, base, None, uuid4()),
        Draft(CLIENT, one.conversation_id, SHARED, Kind.MESSAGE, {**base, "text": "b"}),
    ]
    assert rules.fingerprint(one) == rules.fingerprint(same)
    assert len({rules.fingerprint(each) for each in (one, *others)}) == 5


def test_an_unknown_conversation_is_not_found() -> None:
    refusal = rules.place(Draft(CLIENT, uuid4(), SHARED, Kind.MESSAGE, {}), None)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_found"


def test_what_has_no_words_is_found_by_none() -> None:
    def entry(kind: Kind) -> Entry:
        return Entry(
            uuid4(), uuid4(), SHARED, 1, kind, CLIENT.person_id, AT, {}, Keep.KEPT, uuid4(), None, None, None
        )  # fmt: skip

    said, silent, system = entry(Kind.MESSAGE), entry(Kind.MESSAGE), entry(Kind.SYSTEM)
    found = rules.words_of([(said, "基金"), (silent, ""), (system, "基金")])
    assert list(found) == [(said.conversation_id, said.id)]
