"""Rare turns of reading documents and texts, each by the smallest input that takes it."""

import json

import pytest

from tests.supervision.test_judge import broken
from visavis.supervision import api
from visavis.supervision.rules import building, engine, guards, layers
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.chinese import CHINESE
from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Direction, Judged


def test_a_stand_in_that_only_shows_when_taken_apart_is_read() -> None:
    folding = api.pack().reader.folding
    assert "a⁻b︱c".translate(folding) == "a-b-c"
    assert "⼞".translate(folding) == "口"


def test_a_quotation_turns_a_hit_away_only_where_the_hit_is_in_it() -> None:
    text = "“稳赚”这种说法不对，“保本”呢"
    inside, beside = text.index("保本"), text.index("呢")
    assert guards._quoted(CHINESE, text, inside, inside + 2)
    assert not guards._quoted(CHINESE, text, beside, beside + 1)


def test_a_class_within_a_word_stands_for_each_of_its_words() -> None:
    document = broken(patterns=["[pre{middle}post]"], actions={"staff_to_client": "hold"})
    pack = compile_pack([document | {"classes": {"middle": "one|(two/three)"}}], api.pack().reader)
    asks = [
        Judged(f"a pre{word}post b", Direction.STAFF_TO_CLIENT)
        for word in ("one", "two", "three", "four")
    ]
    found = [bool(verdict.policies) for verdict in engine.judge(pack, asks)]
    assert found == [True, True, True, False]


def test_a_document_of_too_many_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "WORDS_LIMIT", 2)
    with pytest.raises(BrokenPack, match="more than 2 words"):
        compile_pack([broken(patterns=["[one|two|three]"])], api.pack().reader)


def test_a_document_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(BrokenPack, match="longer than"):
        layers.read(" " * (layers.LONGEST + 1), "json")
    deep: object = "x"
    for _ in range(layers.DEEP + 2):
        deep = {"in": deep}
    with pytest.raises(BrokenPack, match="nested too deep"):
        layers.read(json.dumps(deep), "json")
