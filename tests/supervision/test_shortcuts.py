"""What the engine skips it may skip: with and without its shortcuts every text gets the same verdict."""

import dataclasses
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from visavis.supervision.judging import pack
from visavis.supervision.rules import engine, signals, views
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
    quick = engine.judge(pack(), asks)
    assert sum(bool(one.policies) for one in quick) > 200
    for place, name in ((views, "LOOSE"), (views, "CUT"), (signals, "HIDDEN")):
        monkeypatch.setattr(place, name, EVERYTHING)
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
