"""Numbers that name a person, a card or a line, by their check digits; and how they are masked."""

import pytest

from visavis.supervision import judging
from visavis.supervision.rules import shapes
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.edits import unleeted
from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Action, Direction, Judged


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("11010519491231002x", "id"),
        ("110105194912310021", None),  # the check character is wrong
        ("990105194912310021", None),  # no such province
        ("11010518491231002x", None),  # born before 1900
        ("6222021234567890128", "card"),
        ("6222021234567890123", None),
        ("13912345678", "mobile"),
        ("+8613912345678", "mobile"),
        ("12345678", None),
        ("9175550143", "phone"),
        ("600519", None),
    ],
)
def test_a_number_is_what_its_digits_prove(number: str, kind: str | None) -> None:
    assert shapes.kind_of(number) == kind


def test_numbers_are_read_however_they_are_written() -> None:
    assert shapes.identifiers("打一三九一二三四五六七八") == [("mobile", 1, 12)]
    said = "call nine one seven double five five oh one four three"
    assert [kind for kind, _, _ in shapes.identifiers(said)] == ["phone"]


def test_a_mobile_before_a_stray_letter_is_found_as_well() -> None:
    assert [kind for kind, _, _ in shapes.identifiers("13912345678x")] == ["mobile"]


def test_identifiers_are_masked_but_for_their_last_four_digits() -> None:
    assert shapes.mask("打13912345678或139 1234 5678") == "打*******5678或*** **** 5678"
    assert shapes.mask("证件11010519491231002X") == "证件**************002X"
    assert shapes.mask("代码600519") == "代码600519"
    assert shapes.mask("资金账号：20311234567") == "资金账号：*******4567"
    assert shapes.mask("account no. 12345678 İ") == "account no. ****5678 İ"


def test_a_text_written_from_right_to_left_is_read_and_shown_in_place() -> None:
    reading = judging.pack().reader.read("好\u202e息保本保\u202c的")
    assert "保本保息" in reading.dense
    places = reading.dense_places
    assert [reading.text[place] for place in places] == list(reading.dense)


def test_places_lead_back_through_characters_put_together() -> None:
    reading = judging.pack().reader.read("亻呆本")
    assert reading.dense == "保本"
    assert reading.dense_places == [0, 2]


def test_pictures_and_flags_stand_for_letters() -> None:
    reader = judging.pack().reader
    assert reader.read("\U0001f1fb\U0001f1fd").base == "vx"
    assert reader.read("\U0001f185\U0001f187").base == "vx"
    assert "加" in reader.read("➕").base
    assert reader.read("1\ufe0f\u20e3").dense == "1"


def test_a_word_counts_only_where_it_stands_alone() -> None:
    for text in ("I can't trade your account for you", "a tele graman is no word"):
        judged = judging.weigh([Judged(text, Direction.STAFF_TO_CLIENT)])[0]
        assert judged.action is Action.PASS, text


def test_figures_stand_for_letters_inside_a_word() -> None:
    assert unleeted("t3legram") == ["telegram"]
    assert unleeted("r1sk") == ["rlsk", "risk"]
    assert unleeted("risk") == []


@pytest.mark.parametrize(
    ("classes", "pattern", "said"),
    [
        ({"a": "{a}"}, "{a}", "within itself"),
        ({}, "[@nothing]", "no shape"),
        ({}, "[*]", "empty"),
    ],
)
def test_a_pattern_that_means_nothing_is_no_pack(
    classes: dict[str, str], pattern: str, said: str
) -> None:
    words = {one: {"title": "t", "reason": "r"} for one in ("zh-CN", "en")}
    policy = {
        "id": "x", "version": 1, "category": "c", "author": "one", "approver": "two",
        "effective": "2026-11-01", "actions": {"broadcast": "hold"}, "guards": [], "words": words,
        "patterns": [pattern], "tests": {"hit": ["a"], "miss": ["b"]},
    }  # fmt: skip
    document = {"language": "en", "version": "1", "classes": classes, "policies": [policy]}
    with pytest.raises(BrokenPack, match=said):
        compile_pack([document], judging.pack().reader)
