"""What the engine skips it may skip: with and without its shortcuts every text gets the same verdict."""

import dataclasses
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from visavis.supervision.judging import pack
from visavis.supervision.rules import engine, folding, ranking, sieve, signals, views
from visavis.supervision.rules.edits import DENSE
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


def test_the_shortcuts_change_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(_texts())
    ways = [Direction.STAFF_TO_CLIENT, Direction.CLIENT_TO_STAFF]
    asks = [Judged(text, ways[number % 2]) for number, text in enumerate(texts)]
    asks += [
        Judged(text[len(text) // 2 :], ways[0], before=(earlier, text[: len(text) // 2]))
        for text, earlier in itertools.pairwise(texts[::3])
    ]
    quick = engine.judge(pack(), asks)
    assert sum(bool(one.policies) for one in quick) > 200
    for name in ("LOOSE", "LISTED", "CUT", "HYPHENS", "APART"):
        monkeypatch.setattr(views, name, EVERYTHING)
    monkeypatch.setattr(signals, "HIDDEN", EVERYTHING)
    monkeypatch.setattr(views, "long_number", lambda view: True)
    monkeypatch.setattr(folding.Evenness, "fold", lambda even, text: None)
    monkeypatch.setattr(ranking, "codes", lambda text: None)
    monkeypatch.setattr(sieve, "feasible", lambda track, reading, wanted, raw, border: wanted)
    tracks = {
        language: dataclasses.replace(track, lettered=False)
        for language, track in pack().tracks.items()
    }
    assert any(track.lettered for track in pack().tracks.values())
    assert engine.judge(dataclasses.replace(pack(), tracks=tracks), asks) == quick


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
    assert len(own.clean) <= 3
