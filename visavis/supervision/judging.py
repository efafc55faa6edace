"""The pack of this process, and judging with it; knows no database, so that the command line starts at once.

The shipped pack is in force until somebody adopts another one over it (see `api/policies.py`).
"""

import functools
import json
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from visavis.supervision.rules import engine, layers, ranking, schema
from visavis.supervision.rules.backtest import Past, backtest
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.folding import read_hanzi
from visavis.supervision.rules.layers import Layer
from visavis.supervision.rules.pack import BrokenPack, Pack
from visavis.supervision.rules.ranking import Ranker, written
from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Judged, Verdict

__all__ = [
    "DOCUMENTS",
    "BrokenPack",
    "Past",
    "Ranker",
    "adopt",
    "composed",
    "effect",
    "learn",
    "likelihood",
    "pack",
    "pack_in",
    "shipped",
    "tried",
    "weigh",
    "weighed",
    "written",
]
DOCUMENTS = ("zh.json", "en.json")
HERE = pathlib.Path(__file__).parent

_adopted: Pack | None = None


def pack() -> Pack:
    """The policy pack in force in this process."""
    return _adopted or shipped()


def adopt(proposed: Pack | None) -> None:
    """Judge by this pack from now on in this process; None is the shipped one."""
    global _adopted
    _adopted = proposed


@functools.cache
def shipped() -> Pack:
    """The pack that comes with the program, read and compiled once (about half a second). Raises `BrokenPack`.

    A pack that fails a test of its own is refused here as anywhere: nothing is judged by it.
    """
    reader = Reader(read_hanzi((HERE / "tables/hanzi.txt").read_text(encoding="utf-8")))
    reader.ranker = ranking.read((HERE / "tables/ranker.json").read_bytes())
    return tried(compile_pack([one for _, one in _documents(HERE / "policies")], reader))


@functools.cache
def shipped_documents() -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The documents of the shipped pack by name, in order."""
    return _documents(HERE / "policies")


def pack_in(folder: pathlib.Path) -> Pack:
    """A proposed pack. Raises `BrokenPack`, also where a policy fails a test of its own."""
    try:
        documents = _documents(folder)
        return tried(compile_pack([one for _, one in documents], shipped().reader))
    except (OSError, ValueError, KeyError) as error:
        raise BrokenPack(f"{folder}: {error}") from None


def tried(proposed: Pack) -> Pack:
    """The same pack, where every policy finds what it says and leaves what it says. Raises `BrokenPack`."""
    for policy_id, text, expected in proposed.tests:
        policy = proposed.policies[policy_id]
        department = min(policy.departments, default=None)
        asked = Judged(text, next(iter(policy.actions)), department=department)
        verdict = engine.judge(proposed, [asked])[0]
        if (policy_id in {hit.id for hit in verdict.policies}) is not expected:
            missed = "does not find" if expected else "finds"
            raise BrokenPack(f"{policy_id}: fails its own test: {missed} {text!r}")
    return proposed


@functools.lru_cache(maxsize=3)
def composed(house: tuple[Layer, ...], branches: tuple[tuple[str, str], ...] = ()) -> Pack:
    """The shipped pack with documents of the house over it; departments may be named by the codes of branches.

    About a second of work, so the last ones are kept. Raises `BrokenPack`, also where a policy fails a test of its own.
    """
    documents = []
    for layer in house:
        raw = layers.stamped(layer)
        try:
            schema.check(raw)
            documents.append((layer.name, _bound(raw, dict(branches))))
        except BrokenPack as error:
            raise BrokenPack(f"{layer.name}: {error}") from None
    found = layers.layered(shipped_documents(), documents)
    try:
        return tried(compile_pack(found, shipped().reader))
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenPack(f"not a policy document ({error})") from None


def _bound(raw: dict[str, Any], branches: Mapping[str, str]) -> dict[str, Any]:
    """The document with the ids of its departments. Raises `BrokenPack` on one that does not exist."""
    for one in raw["policies"]:
        named = one.get("departments")
        if named:
            unknown = [key for key in named if key not in branches and key not in branches.values()]
            if unknown:
                raise BrokenPack(f"{one['id']}: no department {', '.join(unknown)}")
            one["departments"] = [branches.get(key, key) for key in named]
    return raw


def effect(folder: pathlib.Path, history: Sequence[Past], minutes: float) -> dict[str, Any]:
    """What the pack in `folder` would have done beside the one in force. Raises `BrokenPack`."""
    return backtest(pack(), pack_in(folder), history, minutes)


def learn(dispositions: Iterable[tuple[str, bool]], version: str) -> ranking.Ranker:
    """A ranker out of texts, read without their disguises, and what reviewers called them."""
    return ranking.train(((_view(text), breach) for text, breach in dispositions), version)


def likelihood(ranker: Ranker, text: str) -> float:
    """How likely a text is a breach by what reviewers decided before, 0 to 1."""
    return ranker.score(_view(text))


def weighed(ranker: Ranker, text: str) -> list[tuple[str, float]]:
    """The runs of a text, read without its disguises, that weigh most, with their log odds."""
    return ranker.explain(_view(text))


def _view(text: str) -> str:
    """A text as a ranker reads it."""
    one = shipped().reader.read(text)
    view: str = one.plain if one.base.isascii() else one.dense
    return view


def _documents(folder: pathlib.Path) -> list[tuple[str, Mapping[str, Any]]]:
    """The documents in a folder by name, each in its form; `zh.yaml` does as well as `zh.json`."""
    found = []
    for name in DOCUMENTS:
        path = folder / name
        if not path.exists():
            path = next(
                (
                    one
                    for one in (path.with_suffix(".yaml"), path.with_suffix(".yml"))
                    if one.exists()
                ),
                path,
            )
        found.append((path.stem, _document(path)))
    return found


def _document(path: pathlib.Path) -> Mapping[str, Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        raw = json.loads(text)
    else:
        raw = layers.read(text, "yaml")
    try:
        schema.check(raw)
    except BrokenPack as error:
        raise BrokenPack(f"{path.name}: {error}") from None
    return dict(raw)


def weigh(asks: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order, for whoever has no transaction: the command line and the measurements."""
    return engine.judge(pack(), asks)
