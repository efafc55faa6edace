"""The pack of this process, and judging with it; knows no database, so that the command line starts at once."""

import functools
import json
import pathlib
from collections.abc import Sequence

from visavis.supervision.rules import engine
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.folding import read_hanzi
from visavis.supervision.rules.pack import Pack
from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Judged, Verdict

DOCUMENTS = ("zh.json", "en.json")


@functools.cache
def pack() -> Pack:
    """The policy pack of this process, read and compiled once (about half a second)."""
    here = pathlib.Path(__file__).parent
    reader = Reader(read_hanzi((here / "tables/hanzi.txt").read_text(encoding="utf-8")))
    texts = [(here / "policies" / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    return compile_pack([json.loads(text) for text in texts], reader)


def weigh(asks: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order, for whoever has no transaction: the command line and the measurements."""
    return engine.judge(pack(), asks)
