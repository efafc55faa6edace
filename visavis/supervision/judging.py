"""The pack of this process, and judging with it; knows no database, so that the command line starts at once."""

import functools
import json
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

from visavis.supervision.rules import engine, ranking, schema
from visavis.supervision.rules.backtest import Past, backtest
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.folding import read_hanzi
from visavis.supervision.rules.pack import BrokenPack, Pack
from visavis.supervision.rules.ranking import written
from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Judged, Verdict

__all__ = [
    "DOCUMENTS",
    "BrokenPack",
    "Past",
    "effect",
    "learn",
    "pack",
    "pack_in",
    "weigh",
    "written",
]
DOCUMENTS = ("zh.json", "en.json")


@functools.cache
def pack() -> Pack:
    """The policy pack of this process, read and compiled once (about half a second)."""
    here = pathlib.Path(__file__).parent
    reader = Reader(read_hanzi((here / "tables/hanzi.txt").read_text(encoding="utf-8")))
    reader.ranker = ranking.read((here / "tables/ranker.json").read_bytes())
    return _read(here / "policies", reader)


def pack_in(folder: pathlib.Path) -> Pack:
    """A proposed pack. Raises `BrokenPack`, also where a policy fails a test of its own."""
    try:
        proposed = _read(folder, pack().reader)
    except (OSError, ValueError, KeyError) as error:
        raise BrokenPack(f"{folder}: {error}") from None
    for policy_id, text, expected in proposed.tests:
        direction = next(iter(proposed.policies[policy_id].actions))
        verdict = engine.judge(proposed, [Judged(text, direction)])[0]
        if (policy_id in {hit.id for hit in verdict.policies}) is not expected:
            raise BrokenPack(f"{policy_id}: fails its own test {text!r}")
    return proposed


def effect(folder: pathlib.Path, history: Sequence[Past], minutes: float) -> dict[str, Any]:
    """What the pack in `folder` would have done beside the one in force. Raises `BrokenPack`."""
    return backtest(pack(), pack_in(folder), history, minutes)


def learn(dispositions: Iterable[tuple[str, bool]], version: str) -> ranking.Ranker:
    """A ranker out of texts, read without their disguises, and what reviewers called them."""
    reader = pack().reader
    read = ((reader.read(text), breach) for text, breach in dispositions)
    views = ((one.plain if one.base.isascii() else one.dense, breach) for one, breach in read)
    return ranking.train(views, version)


def _read(folder: pathlib.Path, reader: Reader) -> Pack:
    texts = [(folder / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    documents = [json.loads(text) for text in texts]
    for name, document in zip(DOCUMENTS, documents, strict=True):
        try:
            schema.check(document)
        except BrokenPack as error:
            raise BrokenPack(f"{name}: {error}") from None
    return compile_pack(documents, reader)


def weigh(asks: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order, for whoever has no transaction: the command line and the measurements."""
    return engine.judge(pack(), asks)
