"""The house's own documents over the shipped ones: read from JSON or YAML, stamped with who stands behind them.

A document named like a shipped one (`zh`, `en`) takes its place; any other is added, and a policy of its own takes
the place of an earlier one of the same id, with all its extensions.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import yaml

from visavis.supervision.rules.pack import BrokenPack

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
FORMATS = ("json", "yaml")
LONGEST = 500_000
DEEP = 12


@dataclass(frozen=True)
class Layer:
    """One document of the house with its name and number, and the two people behind it; no source is a retirement."""

    name: str
    number: int
    format: str
    source: str
    author: str
    approver: str
    effective: date

    @property
    def key(self) -> str:
        """What tells this version from any other."""
        return f"{self.name}.{self.number}"


def read(source: str, form: str) -> dict[str, Any]:
    """The object in a document. Raises `BrokenPack` with the reason."""
    if len(source) > LONGEST:
        raise BrokenPack(f"longer than {LONGEST} characters")
    try:
        if form == "yaml":
            raw = _yaml(source.removeprefix("\ufeff"))
        else:
            raw = json.loads(source.removeprefix("\ufeff"))
    except (ValueError, msgspec.DecodeError, yaml.YAMLError, RecursionError) as error:
        raise BrokenPack(f"not {form.upper()}: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise BrokenPack("not an object")
    plain: dict[str, Any] = _plain(raw, DEEP)
    return plain


def stamped(layer: Layer) -> dict[str, Any]:
    """The document with its number, its people and its day in it, whatever it says of them itself."""
    raw = read(layer.source, layer.format)
    day = layer.effective.isoformat()
    rules = raw.get("policies")
    if isinstance(rules, list):
        raw["policies"] = [
            {**one, "version": layer.number, "author": layer.author, "approver": layer.approver, "effective": day}
            if isinstance(one, dict) and "extends" not in one else one
            for one in rules
        ]  # fmt: skip
    return {**raw, "version": layer.key, "effective": day}


def layered(
    shipped: Sequence[tuple[str, Mapping[str, Any]]],
    house: Sequence[tuple[str, Mapping[str, Any]]],
) -> list[Mapping[str, Any]]:
    """The documents of a pack in their order; of two policies of one id the later stands."""
    own = dict(house)
    documents = [dict(own.pop(name, document)) for name, document in shipped]
    for _, document in sorted(own.items()):
        mine = {one["id"] for one in document["policies"] if "id" in one}
        for earlier in documents:
            earlier["policies"] = [
                one
                for one in earlier["policies"]
                if one.get("id") not in mine and one.get("extends") not in mine
            ]
        documents.append(dict(document))
    return list(documents)


def _yaml(source: str) -> Any:
    """YAML without references: with these a few lines could stand for more than any memory holds."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, loader)):
        raise yaml.YAMLError("references (*name) are not read")
    return msgspec.yaml.decode(source)


def _plain(value: Any, depth: int) -> Any:
    """What JSON has too: days as text, keys as text."""
    if depth < 0:
        raise BrokenPack("nested too deep")
    if isinstance(value, dict):
        return {str(key): _plain(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value]
    return value.isoformat() if isinstance(value, date) else value
