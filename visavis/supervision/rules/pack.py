"""The compiled policy pack: templates become words, words become one automaton per view.

A template is read left to right: `{name}` stands for every word of a class, `(a|b|)` for each
alternative, everything else for itself. Each word goes through the same folding as a text does, so
no disguise of a term can be missed by spelling.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs

from visavis.supervision.rules.views import SPOKEN, SQUEEZED, View
from visavis.supervision.types import Action, Direction, Policy

PIECE = re.compile(r"\{[^}]+\}|\([^()]*\)|\(|\)|[^{}()]+")
LANGUAGES = ("zh-CN", "en")


class BrokenPack(Exception):
    """A policy document cannot be compiled; the text names the policy and the reason."""


@dataclass(frozen=True)
class Near:
    """Two groups of words within `distance` characters of one another, in order or in any."""

    a: frozenset[str]
    b: frozenset[str]
    distance: int
    ordered: bool


@dataclass
class Scanner:
    """One view with its automaton: what each word means, and whether words need borders."""

    view: View
    borders: bool
    meanings: dict[str, list[str]] = field(default_factory=dict)
    near: list[tuple[str, Near]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    automaton: Any = None

    def add(self, word: str, meaning: str) -> None:
        """Let `word` mean a policy (`=id`), an atom of a proximity (`~word`) or an exemption
        (`!`).
        """
        folded = self.view.of(word).strip()
        if not folded:
            raise BrokenPack(f"{meaning}: {word!r} is empty in its view")
        meanings = self.meanings.setdefault(folded, [])
        if meaning not in meanings:
            meanings.append(meaning)

    def close(self) -> None:
        """Build the automaton; nothing can be added afterwards."""
        self.words = list(self.meanings)
        self.automaton = ahocorasick_rs.AhoCorasick(
            self.words, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )


@dataclass(frozen=True)
class Pack:
    """Everything the engine needs; made once per process, never changed."""

    version: str
    policies: Mapping[str, Policy]
    scanners: tuple[Scanner, ...]
    patterns: Mapping[str, tuple[str, ...]]
    tests: tuple[tuple[str, str, bool], ...]

    @property
    def size(self) -> int:
        """How many words the automata hold."""
        return sum(len(scanner.words) for scanner in self.scanners)


def compile_pack(documents: Sequence[Mapping[str, Any]]) -> Pack:
    """The pack of several documents; a later one may extend a policy of an earlier one. Raises
    `BrokenPack`.
    """
    policies: dict[str, Policy] = {}
    patterns: dict[str, tuple[str, ...]] = {}
    tests: list[tuple[str, str, bool]] = []
    scanners: list[Scanner] = []
    for document in documents:
        chinese = document["language"] == "zh-CN"
        scanner = Scanner(SQUEEZED if chinese else SPOKEN, borders=not chinese)
        for word in document.get("exempt", ()):
            scanner.add(word, "!")
        for raw in document["policies"]:
            policy_id = _policy(raw, policies)
            patterns[policy_id] = (*patterns.get(policy_id, ()), *raw.get("patterns", ()))
            for template in raw.get("phrases", ()):
                for word in expand(template, document["classes"]):
                    scanner.add(word, f"={policy_id}")
            for near in raw.get("near", ()):
                scanner.near.append((policy_id, _near(near, scanner)))
            for expected, key in ((True, "hit"), (False, "miss")):
                tests += [(policy_id, text, expected) for text in raw["tests"][key]]
        scanner.close()
        scanners.append(scanner)
    version = "+".join(document["version"] for document in documents)
    return Pack(version, policies, tuple(scanners), patterns, tuple(tests))


def expand(template: str, classes: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Every word that `template` stands for. Raises `BrokenPack` on an unknown class or a lone
    bracket.
    """
    return [" ".join(word.split()) for word in _product(template, classes)]


def _product(template: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    slots: list[list[str]] = []
    for piece in PIECE.findall(_flatten(template, classes)):
        if piece.startswith("{"):
            slots.append(_class(piece[1:-1], classes, template))
        elif piece.startswith("(") and piece.endswith(")"):
            slots.append(piece[1:-1].split("|"))
        elif piece in {"(", ")"}:
            raise BrokenPack(f"{template!r}: a lone bracket")
        else:
            slots.append([piece])
    return ["".join(parts) for parts in itertools.product(*slots)]


def _flatten(template: str, classes: Mapping[str, Sequence[str]]) -> str:
    """A class inside brackets becomes alternatives, so that brackets need not nest."""

    def inline(match: re.Match[str]) -> str:
        inner = re.sub(
            r"\{([^}]+)\}",
            lambda name: "|".join(_class(name[1], classes, template)),
            match[1],
        )
        return f"({inner})"

    return re.sub(r"\(((?:[^(){}]|\{[^}]+\})*)\)", inline, template)


def _class(name: str, classes: Mapping[str, Sequence[str]], template: str) -> list[str]:
    try:
        return list(classes[name])
    except KeyError:
        raise BrokenPack(f"{template!r}: no class {name!r}") from None


def _policy(raw: Mapping[str, Any], policies: dict[str, Policy]) -> str:
    if "extends" in raw:
        if raw["extends"] not in policies:
            raise BrokenPack(f"{raw['extends']}: extended before it is defined")
        return str(raw["extends"])
    if any(language not in raw["words"] for language in LANGUAGES):
        raise BrokenPack(f"{raw['id']}: words are missing in a language")
    policies[raw["id"]] = Policy(
        raw["id"],
        raw["version"],
        raw["category"],
        {Direction(key): Action(value) for key, value in raw["actions"].items()},
        raw["words"],
        frozenset(raw["guards"]),
    )
    return str(raw["id"])


def _near(raw: Mapping[str, Any], scanner: Scanner) -> Near:
    groups: list[frozenset[str]] = []
    for key in ("a", "b"):
        atoms: set[str] = set()
        for word in raw[key]:
            if word.startswith("@"):
                atoms.add(word)
            else:
                folded = scanner.view.of(word).strip()
                scanner.add(word, f"~{folded}")
                atoms.add(f"~{folded}")
        groups.append(frozenset(atoms))
    return Near(groups[0], groups[1], raw["n"], raw["order"] == "ab")
