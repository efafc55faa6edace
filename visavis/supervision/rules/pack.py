"""The compiled policy pack: classes of words, patterns over them, and one automaton per language and view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from visavis.supervision.rules.hearing import Hearing
from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Direction, Policy, Verdict

SUSPICION = "@suspicion"

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

    def marked(self) -> "Word":
        """The word with the bits of its classes."""
        return replace(self, mask=sum(1 << number for number in self.classes))


@dataclass
class Track:
    """One language: its words, as written, as sounded or run together, and its patterns."""

    language: str
    chinese: bool = field(init=False)  # whether it is read in the dense view
    patterns: Sequence[Pattern] = ()
    shapes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the words by number, as they stand in the view
    automaton: Any = None
    hidden: list[Word] = field(default_factory=list)
    hidden_automaton: Any = None
    # For each hidden word: without one of these in it, a text of common characters does not sound like the word.
    triggers: list[frozenset[str]] = field(default_factory=list)
    reach: int = 0  # how many characters may be read in one hidden word
    lettered: bool = False  # no pattern is in a text without a Latin letter
    # The same words by number: their bits, who is exempt.
    masks: list[int] = field(default_factory=list)
    exempt: frozenset[int] = frozenset()
    glances: dict[frozenset[str], Any] = field(default_factory=dict)  # by the policies that bind

    def __post_init__(self) -> None:
        self.chinese = self.language == "zh-CN"

    def find_with(self, automaton: Any, texts: list[str]) -> None:
        """Find the words, all of which are known by now, with this automaton."""
        self.automaton, self.texts = automaton, texts
        self.masks = [word.mask for word in self.words]
        self.exempt = frozenset(n for n, word in enumerate(self.words) if word.exempt)

    def listen(self, hearing: Hearing, word: str, sound: str) -> None:
        """Note what in a text may sound like a hidden word."""
        self.reach = max(self.reach, hearing.reach(sound))
        self.triggers.append(hearing.triggers(word, sound))


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
    clean: dict[frozenset[str], set[str]] = field(default_factory=dict, init=False)
    seen: dict[frozenset[str], tuple[Sequence[tuple[Policy, Sequence[str]]], Sequence[Policy]]] = (
        field(default_factory=dict, init=False)
    )
    # For the policies that bind somebody: those that bind anybody who speaks in the same direction on any day.
    wide: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, init=False)
    live: dict[tuple[Direction, str | None, date | None], frozenset[str]] = field(
        default_factory=dict, init=False
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
            everybody = (one.id for one in self.policies.values() if direction in one.actions)
            self.wide.setdefault(known, frozenset(everybody))
        return known

    def sensors(
        self, live: frozenset[str]
    ) -> tuple[Sequence[tuple[Policy, Sequence[str]]], Sequence[Policy]]:
        """Of these policies, those with signals and their names; and those that act on a mere suspicion."""
        known = self.seen.get(live)
        if known is None:
            rows = [
                (self.policies[key], names) for key, names in self.signals.items() if key in live
            ]
            plain = [(policy, [one for one in names if one != SUSPICION]) for policy, names in rows]
            known = self.seen[live] = (
                [(policy, names) for policy, names in plain if names],
                [policy for policy, names in rows if SUSPICION in names],
            )
        return known

    @property
    def size(self) -> int:
        """How many words the automata hold."""
        return sum(len(track.words) + len(track.hidden) for track in self.tracks.values())
