"""What the engine skips it may skip: with and without its shortcuts every text gets the same verdict."""

import contextlib
import dataclasses
import functools
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.supervision import judging
from visavis.supervision.judging import pack, shipped
from visavis.supervision.rules import (
    engine,
    finding,
    folding,
    hearing,
    looking,
    ranking,
    shapes,
    signals,
    speech,
    views,
)
from visavis.supervision.rules.edits import DENSE
from visavis.supervision.rules.glance import Glance
from visavis.supervision.rules.pack import Pack
from visavis.supervision.rules.tracing import edit, trace
from visavis.supervision.types import Direction, Judged

# What disguises, cuts apart, and looks like figures.
MARKS = " .-/,'\x1f&。、;:!?\n\u200b\u202e\u00ad0123456789abcXYZ９①一三八*~😀💰，？＠@$%é讠正"
EVERYTHING = re.compile("")


def _texts() -> Iterator[str]:
    dice = random.Random(7)
    here = Path(__file__).parent
    known = [
        json.loads(line)["text"]
        for name in sorted(here.glob("*.jsonl"))
        for line in name.read_text(encoding="utf-8").splitlines()
    ]
    known += [text for _, text, _ in pack().tests]
    for text in dice.sample(known, 500):
        yield text
        marked = list(text)
        for _ in range(dice.randint(1, 8)):
            marked.insert(dice.randrange(len(marked) + 1), dice.choice(MARKS))
        yield "".join(marked)
        yield dice.choice(MARKS[:14]).join(text[:40])


@contextlib.contextmanager
def _patiently() -> Iterator[None]:
    """No view is taken for what it is, no pattern is passed over, and everything is spelled by its sound."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LOOSE", "HYPHENS", "APART", "RARE"):
            patch.setattr(views, name, EVERYTHING)
        for name in ("SEVERAL", "SIX", "WRITTEN"):
            patch.setattr(shapes, name, EVERYTHING)
        patch.setattr(signals, "HIDDEN", EVERYTHING)
        patch.setattr(views, "long_number", lambda view: True)
        patch.setattr(views.Reading, "_numbered", lambda reading: True)
        patch.setattr(folding.Evenness, "fold", lambda even, text: None)
        patch.setattr(hearing.Hearing, "silent", lambda self, text: False)
        patch.setattr(finding, "_murmurs", lambda track, reading: True)
        patch.setattr(looking.Look, "fits", lambda look, pattern: True)
        patch.setattr(looking.Look, "crosses", lambda look, pattern, border: True)
        patch.setattr(ranking.Ranker, "odds", _odds)
        patch.setattr(ranking.Ranker, "exceeds", lambda one, text, odds: one.odds(text) > odds)
        patch.setattr(judging, "pack", _unlettered)
        yield


@functools.cache
def _unlettered() -> Pack:
    """The same pack, whose English is looked for in texts without a letter as well."""
    tracks = {
        language: dataclasses.replace(track, lettered=False, glances={})
        for language, track in pack().tracks.items()
    }
    assert any(track.lettered for track in pack().tracks.values())
    return dataclasses.replace(shipped(), tracks=tracks)


def _odds(ranker: ranking.Ranker, text: str) -> float:
    weights = [round(1000 * ranker.weights.get(run, 0.0)) for run in ranking.runs(text)]
    return ranker.prior + sum(weights) / 1000


def test_the_shortcuts_change_no_verdict() -> None:
    texts = list(_texts())
    ways = [Direction.STAFF_TO_CLIENT, Direction.CLIENT_TO_STAFF]
    asks = [Judged(text, ways[number % 2]) for number, text in enumerate(texts)]
    asks += [
        Judged(text[len(text) // 2 :], ways[0], before=(earlier, text[: len(text) // 2]))
        for text, earlier in itertools.pairwise(texts[::3])
    ]
    quick = engine.judge(pack(), asks)
    assert sum(bool(one.policies) for one in quick) > 200
    with _patiently():
        judging.pack().clean.clear()
        assert judging.weigh(asks) == quick
        judging.pack().clean.clear()
        # Every pattern is tried, whatever words were found.
        every = {
            glance: glance.patterns
            for track in judging.pack().tracks.values()
            for glance in track.glances.values()
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Glance, "wanted", lambda one, *_: every[one])
            assert judging.weigh(asks[::9]) == quick[::9]


def _pieces() -> st.SearchStrategy[str]:
    """Words of the pack, words that sound like hidden ones, letters and marks, in any order."""
    own = pack()
    words = [text for track in own.tracks.values() for text in track.texts]
    chinese = own.tracks["zh-CN"]
    heard = sorted({one for pairs in chinese.triggers for one in pairs})
    spelled = [own.reader.sound(word.text) for word in chinese.hidden]
    return st.lists(
        st.sampled_from(words)
        | st.sampled_from(heard)
        | st.sampled_from(spelled)
        | st.sampled_from([word.text for word in chinese.hidden])
        | st.sampled_from(MARKS)
        | st.sampled_from(
            ["3万", "百分之八", "20%", "600519", "13800138000", "one two", "鑫", "和"]
        ),
        max_size=8,
    ).map("".join)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(_pieces(), min_size=5, max_size=9), st.sampled_from(Direction))
def test_the_shortcuts_change_nothing_for_words_of_the_pack_in_any_order(
    texts: list[str], direction: Direction
) -> None:
    asks = [Judged(text, direction) for text in texts]
    asks += [
        Judged(text, direction, before=(before,)) for before, text in itertools.pairwise(texts)
    ]
    quick = engine.judge(pack(), asks)
    with _patiently():
        assert judging.weigh(asks) == quick


def test_what_may_sound_like_a_word_is_seen_by_its_triggers() -> None:
    track, reader = pack().tracks["zh-CN"], pack().reader
    dice = random.Random(3)
    alike: dict[str, list[str]] = {}
    for char in map(chr, range(0x4E00, 0xA000)):
        if reader.hearing.silent(char):
            alike.setdefault(reader.sound(char), []).append(char)
    for word, triggers in zip(track.hidden, track.triggers, strict=True):
        syllables = [reader.sound(char) for char in word.text]
        for _ in range(20 if all(one in alike for one in syllables) else 0):
            text = "".join(dice.choice(alike[one]) for one in syllables)
            assert text == word.text or any(one in text for one in triggers), (word.text, text)


def test_a_word_of_a_class_that_may_also_be_a_shape_is_found() -> None:
    said = Judged("大盘周五前必破四千点，您现在满仓就对了", Direction.STAFF_TO_CLIENT)
    verdict = engine.judge(pack(), [said])[0]
    assert [hit.id for hit in verdict.policies] == ["certain-forecast", "tip-with-timing"]


def test_a_quicker_way_to_write_an_expression_means_the_same() -> None:
    text = "but butter,rebut so also but so 如有人 要是他 若 他 如果他"
    for quick, plain in (
        (speech.whole("but|so"), r"\b(?:but|so)\b"),
        (speech.each("若|如|如果|要是", "(?:有人|他)"), "(?:若|如|如果|要是)(?:有人|他)"),
    ):
        found = [[match.span() for match in re.finditer(one, text)] for one in (quick, plain)]
        assert found[0] == found[1] != []


def test_one_syllable_is_its_own_trigger() -> None:
    reader = pack().reader
    triggers = reader.hearing.triggers("微", reader.sound("微"))
    assert "威" in triggers
    assert "微" not in triggers


def test_a_view_that_no_edit_changes_leads_back_the_same_way() -> None:
    for text in _texts():
        reading = pack().reader.read(text)
        assert len(reading.dense_places) == len(reading.dense)
        if not reading.loose:
            assert edit(reading.base, DENSE) == reading.base
            whole = list(range(len(reading.base)))
            assert trace(reading.base, DENSE, whole) == whole


def test_what_was_clean_is_clean_again_and_what_was_not_is_not() -> None:
    said = Judged("好的，我查一下再回复您", Direction.STAFF_TO_CLIENT)
    assert engine.judge(pack(), [said, said]) == [pack().passed] * 2
    bad = dataclasses.replace(said, text="这款保本保收益，您放心")
    first, second = engine.judge(pack(), [bad, bad])
    assert first == second != pack().passed
    both = dataclasses.replace(said, text="信聊", before=("加我微",))
    assert engine.judge(pack(), [dataclasses.replace(both, before=()), both])[1].policies


def test_the_memory_of_what_was_clean_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "KEPT", 3)
    own = dataclasses.replace(pack())
    engine.judge(own, [Judged(f"好的{number}", Direction.CLIENT_TO_STAFF) for number in range(9)])
    assert 0 < sum(map(len, own.clean.values())) <= 3
