"""The compiled policy pack: classes of words, patterns over them, and one automaton per language and view."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Direction, Policy, Verdict

Raw = tuple[int, int, int]  # a word by its number, and where it begins and ends


class BrokenPack(Exception):
    """A policy document cannot be compiled; the text names the policy and the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A row of slots; `gaps[i]` is the widest gap before slot i + 1, and whether order is free."""

    policy: str
    slots: tuple[int, ...]
    gaps: tuple[tuple[int, bool], ...]
    need: int  # a bit for each class that must have been found
    shaped: int  # a bit for each class that may be a shape


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of an automaton means: its classes; how it may stand; whether it is only a look-alike."""

    classes: tuple[int, ...]
    exempt: bool = False
    open_end: bool = False
    weak: bool = False
    free: bool = False  # begins and ends with characters that need no border
    text: str = ""
    mask: int = 0  # a bit for each of its classes
    begins: tuple[Pattern, ...] = ()  # the patterns kept under one of its classes


@dataclass
class Track:
    """One language: its words, as written, as sounded or run together, and its patterns."""

    language: str
    patterns: dict[int, list[Pattern]] = field(default_factory=dict)
    shapes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    automaton: Any = None
    hidden: list[Word] = field(default_factory=list)
    hidden_automaton: Any = None
    members: dict[int, frozenset[int]] = field(default_factory=dict)  # the words of each class
    lettered: bool = False  # no pattern is in a text without a Latin letter
    # The same words by number, for the pass that every text goes through: their bits, their patterns, who is exempt.
    masks: list[int] = field(default_factory=list)
    begins: list[tuple[Pattern, ...]] = field(default_factory=list)
    exempt: frozenset[int] = frozenset()
    lawful: frozenset[int] = frozenset()  # exempt wherever they stand
    live: dict[frozenset[str], tuple[frozenset[int], list[tuple[Pattern, ...]]]] = field(
        default_factory=dict
    )

    def find_with(self, automaton: Any) -> None:
        """Find the words, all of which are known by now, with this automaton."""
        self.automaton = automaton
        self.masks = [word.mask for word in self.words]
        self.begins = [word.begins for word in self.words]
        self.exempt = frozenset(n for n, word in enumerate(self.words) if word.exempt)
        self.lawful = frozenset(n for n in self.exempt if self.words[n].free)
        members: dict[int, set[int]] = {}
        for number, word in enumerate(self.words):
            for one in word.classes:
                members.setdefault(one, set()).add(number)
        self.members = {one: frozenset(numbers) for one, numbers in members.items()}

    def bound(self, live: frozenset[str]) -> tuple[frozenset[int], list[tuple[Pattern, ...]]]:
        """Of these policies: the words that a pattern is kept under, and each word's patterns."""
        known = self.live.get(live)
        if known is None:
            begins = [tuple(one for one in row if one.policy in live) for row in self.begins]
            starters = frozenset(number for number, row in enumerate(begins) if row)
            known = self.live[live] = (starters, begins)
        return known

    @property
    def chinese(self) -> bool:
        """Whether it is read in the dense view."""
        return self.language == "zh-CN"


@dataclass(frozen=True)
class Pack:
    """Everything the engine needs; made once, never changed."""

    version: str
    policies: Mapping[str, Policy]
    tracks: Mapping[str, Track]
    signals: Mapping[str, tuple[str, ...]]
    tests: tuple[tuple[str, str, bool], ...]
    reader: Reader
    passed: Verdict
    # What was found clean lately, by the policies asked.
    clean: set[tuple[frozenset[str], str]] = field(default_factory=set, init=False)
    live: dict[tuple[Direction, str | None, date | None], frozenset[str]] = field(
        default_factory=dict
    )

    def binding(
        self, direction: Direction, department: str | None, day: date | None
    ) -> frozenset[str]:
        """The policies that bind a speaker of this department in this direction on this day."""
        key = (direction, department, day)
        known = self.live.get(key)
        if known is None:
            known = frozenset(
                policy.id
                for policy in self.policies.values()
                if direction in policy.actions
                and (not policy.departments or department in policy.departments)
                and (day is None or policy.effective <= day)
            )
            same = next((one for one in self.live.values() if one == known), known)
            self.live[key] = known = same
        return known

    @property
    def size(self) -> int:
        """How many words the automata hold."""
        return sum(len(track.words) + len(track.hidden) for track in self.tracks.values())
